"""The pages of single releases.

A release's page depends on its own files only, so publishing one rewrites no other.
"""

from collections.abc import Sequence

from domain.events import Event
from domain.package import Package
from domain.ports.objects import Objects
from domain.usage import Usage
from domain.usecases.keys import release_key
from domain.usecases.rendering import Rendering, labels_of
from domain.usecases.settling import Part, Seen, Settling


class ReleasePages:
    """Parts of what is written of a package: the page of one release, or those of all."""

    def __init__(self, settling: Settling, objects: Objects, rendering: Rendering) -> None:
        self._settling = settling
        self._objects = objects
        self._rendering = rendering

    def of_one(self, name: str, label: str) -> Part:
        """The page of one release."""

        def write(package: Package, _: Sequence[Event], __: Usage, seen: Seen) -> None:
            self._settling.replace(self._rendering.releases(package, [label]), seen.pages)

        return Part([release_key(name, label)], write)

    def of_all(self, name: str) -> Part:
        """The pages of all releases, those that are gone among them."""

        def write(package: Package, _: Sequence[Event], __: Usage, seen: Seen) -> None:
            self._settling.replace(self._rendering.releases(package, labels_of(package)), seen.pages)

        pages = f"project/{name}/"
        return Part(
            (), write, more=lambda: (key for key in self._objects.keys(pages) if "/" in key.removeprefix(pages))
        )
