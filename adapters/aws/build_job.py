"""What the function that builds is told of one build, and what it answers. It may do nothing but what is in here."""

from collections.abc import Mapping

from attrs import field, frozen

MOST_FILES = 2
"""An sdist and a wheel."""
MOST_OUTCOME_BYTES = 16 * 1024
MOST_LOG_BYTES = 2**20
MOST_SOURCE_BYTES = 512 * 2**20


@frozen
class BuildBounds:
    """What a build may use.

    Attributes:
        seconds, memory_bytes, disk_bytes: bounds of the build; memory is that of one process.
        file_bytes: the largest file that may come out.
    """

    seconds: int
    memory_bytes: int
    disk_bytes: int
    file_bytes: int


@frozen
class Form:
    """Where one object may be put until the form expires: S3 looks at its key and its size."""

    url: str = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)


@frozen
class Job:
    """One build.

    Attributes:
        source: URL of the archive.
        files: for what comes out, in the order of `BuildOutcome.filenames`.
        log, outcome: for what was printed, and for a `BuildOutcome`.
        bounds: what the build may use.
        version: what the tag says, if it says one.
        index_url: where the requirements of the build are taken from. It may hold a password, and what cannot be built
            is put aside as it was told, so nobody but whoever waits for the build says it.
    """

    source: str = field(repr=False)
    files: tuple[Form, ...]
    log: Form
    outcome: Form
    bounds: BuildBounds
    version: str | None = None
    index_url: str = field(default="", repr=False)


@frozen
class BuildOutcome:
    """The files that were put, in the order of the forms, or why there are none."""

    filenames: tuple[str, ...] = ()
    reason: str | None = None
