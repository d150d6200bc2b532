"""What a build answers (`adapters.building.inside`), which its project's own code may have written instead."""

import json
from contextlib import suppress
from pathlib import Path

from adapters.building import hostile_files, inside
from adapters.building.stages import BuildFails

_MOST_BYTES = 1024 * 1024
_LONGEST_REASON = 300


def forget(folder: Path) -> None:
    """Remove the answer of an earlier stage; what is no file stays, and is no answer."""
    with suppress(IsADirectoryError, FileNotFoundError):
        (folder / inside.ANSWER).unlink()


def said(folder: Path, failure: str) -> object:
    """What the answer says.

    Raises:
        BuildFails: why the build was refused, or `failure` where there is no answer.
    """
    try:
        answer = json.loads(hostile_files.read(folder, inside.ANSWER, most_bytes=_MOST_BYTES))
    except (hostile_files.NoSuchFile, ValueError, RecursionError):
        raise BuildFails(failure) from None
    match answer:
        case {"refused": str(reason)}:
            raise BuildFails(one_line(reason) or failure)
        case {"said": found}:
            return found
        case _:
            raise BuildFails(failure)


def one_line(text: str) -> str:
    """As a sentence that anybody may have written."""
    words = " ".join(text.split())
    return "".join(sign for sign in words if sign.isprintable())[:_LONGEST_REASON]
