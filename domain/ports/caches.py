"""Copies of the site that somebody keeps nearer to its readers."""

from typing import Protocol


class Caches(Protocol):
    """What stands between the site and its readers, if anything does.

    Pages ask the site each time, but files may be kept for ever: where one is removed, its copies have to go as well.
    """

    def forget(self, prefix: str, occasion: str) -> None:
        """Have the copies dropped of all objects whose keys start with `prefix`; once this returns it will happen.

        Args:
            prefix: the beginning of keys.
            occasion: why; said again for the same prefix it is harmless, and costs nothing.
        """
