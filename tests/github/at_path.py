"""Faults of the double at one path."""

from collections.abc import Callable
from urllib.parse import urlsplit

from infrastructure.github_double.double import Answer


def only(path: str, answer: Answer) -> Callable[[str], Answer | None]:
    """This answer at this path, and the truth elsewhere."""
    return lambda asked: answer if urlsplit(asked).path == path else None
