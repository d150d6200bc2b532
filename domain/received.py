"""A file that somebody sent."""

from pathlib import Path

from attrs import frozen

from domain.digests import Digests


@frozen
class ReceivedFile:
    """A file as it arrived, nothing about it believed yet. `path` may be taken away."""

    filename: str
    path: Path
    size: int
    digests: Digests
