"""What can be attacked: each surface tries one input at a time, and now and then looks whether all is well."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from tests.hostile import access_logs, archives, filenames, forms, requests
from tests.hostile.target import Target, target


def _nothing() -> None:
    pass


@frozen
class Surface:
    """Somewhere hostile input comes in.

    Attributes:
        check: tries the input that follows from these bytes and returns what became of it; raises if that must not be.
        look: raises if something is wrong after some inputs.
    """

    check: Callable[[bytes], str]
    look: Callable[[], None] = _nothing


InProcess = Callable[[bytes, Path], str]
Remote = Callable[[bytes, Target], str]

IN_PROCESS: dict[str, InProcess] = {
    "archives": archives.check,
    "filenames": filenames.check,
    "logs": access_logs.check,
}
"""Those that a coverage-guided fuzzer can watch."""
REMOTE: dict[str, Remote] = {"forms": forms.check, "requests": requests.check}
"""Those of a real server."""


@contextmanager
def opened(name: str) -> Iterator[Surface]:
    """The surface of this name; at the end nothing of it is left."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as place:
        folder = Path(place)
        if name in IN_PROCESS:
            yield Surface(lambda data: IN_PROCESS[name](data, folder))
            return
        with target(folder) as served:
            yield Surface(lambda data: REMOTE[name](data, served), served.check_well)
            served.check_well()
            served.check_clean()
            assert served.memory() < 1024
