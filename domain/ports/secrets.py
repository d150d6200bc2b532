"""Randomness that nobody can guess."""

from typing import Protocol


class Secrets(Protocol):
    """Makes secrets and identifiers."""

    def secret(self) -> str:
        """256 random bits, URL-safe."""

    def identifier(self) -> str:
        """A short unique identifier, lower-case, URL-safe."""
