"""Secrets that rest where only whoever has another secret can read them."""

from typing import Protocol


class Sealing(Protocol):
    """Authenticated encryption under a key that is derived from a secret of 256 random bits, which is not kept here."""

    def sealed(self, secret: str, text: str) -> str:
        """The text, readable with this secret only; another result each time."""

    def opened(self, secret: str, sealed: str) -> str | None:
        """The text; None if it was sealed with another secret, or changed since."""
