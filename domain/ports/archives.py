"""Opening what was uploaded."""

from pathlib import Path
from typing import Protocol

from domain.artifacts import Artifact
from domain.contents import Contents
from domain.policy import Bounds


class Archives(Protocol):
    """Looks into archives without unpacking them to disk, in bounded memory."""

    def inspect(self, path: Path, artifact: Artifact, bounds: Bounds) -> Contents:
        """What the archive holds.

        Raises:
            InvalidDistribution: it is damaged, or two readers could see different things in it.
            TooMuchInside: it holds more than the bounds allow.
        """
