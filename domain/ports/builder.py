"""Building a project where nothing can be reached that matters."""

from pathlib import Path
from typing import Protocol

from attrs import frozen


@frozen
class Built:
    """The files that came out: an sdist, a wheel, or both. Nothing about them is believed yet."""

    filenames: tuple[str, ...]


@frozen
class NotBuilt:
    """There is nothing; `reason` is one sentence that says why to whoever published."""

    reason: str


Outcome = Built | NotBuilt


class Builder(Protocol):
    """Builds source archives, each under the name of its submission.

    What a build prints is kept as `LogPart.BUILD` of its log, also while it runs.
    """

    def start(self, submission: str, source: Path, version: str | None = None) -> None:
        """Have a gzipped tar with one folder at its top (as GitHub gives it) built: PEP 517, sdist, then a wheel of it.

        Returns when it is over, or before where another machine does it. Harmless if it runs there already. Within the
        bounds that the operator set there is an outcome, whatever the project does.

        Args:
            submission: its id.
            source: the archive.
            version: what the tag says, for projects that ask git for theirs; None if it says none.
        """

    def outcome(self, submission: str) -> Outcome | None:
        """What came of it; None as long as that is not known."""

    def fetch(self, submission: str, filename: str, destination: Path) -> bool:
        """Copy one of the files that came out; False if there is none of this name."""

    def forget(self, submission: str) -> None:
        """Remove what is kept of it; harmless if nothing is."""
