"""Which Pythons a release is for, in few words."""

import re
from collections.abc import Iterable
from itertools import groupby

_MINOR = re.compile(r"Python :: 3\.(\d{1,2})")
_LANGUAGE = "Programming Language"


def pythons(requires_python: str | None, classifiers: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """What installers go by, else what the package says of itself; empty if it says nothing.

    Args:
        requires_python: the metadata's specifier.
        classifiers: by their first part.
    """
    if requires_python:
        return requires_python
    said = dict(classifiers).get(_LANGUAGE, ())
    return _spans(sorted({int(found[1]) for value in said if (found := _MINOR.fullmatch(value))}))


def _spans(minors: list[int]) -> str:
    """Like ``3.9 - 3.12, 3.14``."""
    spans: list[list[int]] = [
        [minor for _, minor in group] for _, group in groupby(enumerate(minors), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(f"3.{span[0]}" if len(span) == 1 else f"3.{span[0]} - 3.{span[-1]}" for span in spans)
