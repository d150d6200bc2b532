"""Randomness that nobody can guess."""

import re
from typing import Protocol

_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


class Secrets(Protocol):
    """Makes secrets and identifiers."""

    def secret(self) -> str:
        """256 random bits, URL-safe."""

    def identifier(self) -> str:
        """A short unique identifier, lower-case, URL-safe."""


def is_identifier(text: str) -> bool:
    """Whether this may have been made by `Secrets.identifier`."""
    return _IDENTIFIER.fullmatch(text) is not None
