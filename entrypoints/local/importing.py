"""`import`: many existing files at once."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

import click
from attrs import evolve, frozen
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.caller import Caller
from domain.digests import Digester
from domain.received import ReceivedFile
from domain.refusals import Refused
from entrypoints.local.place import Place, opened
from entrypoints.local.world import World

# What once were distributions is looked at as well: it is refused by name rather than passed over.
_SUFFIXES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg")
_PIECE = 1024 * 1024


class _Unreadable(Exception):
    """A file or a folder cannot be read; the text says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"It cannot be read: {error.strerror or error}.")


@frozen
class Tally:
    """What became of the files."""

    published: int = 0
    known: int = 0
    refused: int = 0


def import_folder(place: Place, folder: Path, login: str) -> int:
    """Publish every wheel and sdist below the folder; returns the exit status."""
    console = Console(stderr=True)
    files, closed = _below(folder)
    if not files and not closed:
        raise click.ClickException(f"There is no wheel or sdist below {folder}.")
    for error in closed:
        _refuse(console, str(error.filename), _Unreadable(error))
    with opened(place, create=True) as world:
        caller = Caller(world.index.tokens().register_local(login), login)
        with _progress(console) as progress:
            tally = _import(world, caller, folder, files, progress, console)
            _write_pages(world, progress)
    tally = evolve(tally, refused=tally.refused + len(closed))
    done = f"{tally.published} published, {tally.known} were there already, {tally.refused} refused"
    sys.stdout.write(f"{done}\n")
    return 1 if tally.refused else 0


def _below(folder: Path) -> tuple[Sequence[Path], Sequence[OSError]]:
    """Files that look like distributions, and what folders that cannot be read say."""
    closed: list[OSError] = []
    found = [
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=closed.append)
        for name in names
        if name.endswith(_SUFFIXES)
    ]
    return sorted(path for path in found if _may_be_a_file(path)), closed


def _may_be_a_file(path: Path) -> bool:
    """Whether it is one, or nobody can tell before it is opened; pipes and the like are not."""
    try:
        return path.is_file() or not path.exists()
    except OSError:
        return True


def _refuse(console: Console, name: str, reason: Exception) -> None:
    console.print(f"{name}: {reason}", highlight=False, markup=False, soft_wrap=True)


def _import(
    world: World, caller: Caller, folder: Path, files: Sequence[Path], progress: Progress, console: Console
) -> Tally:
    publishing = world.index.publishing()
    tally = Tally()
    for path in progress.track(files, description="Files"):
        try:
            with _copied(path, world.folder) as received:
                new = publishing.add(caller, received)
        except (Refused, _Unreadable) as refusal:
            _refuse(console, str(path.relative_to(folder)), refusal)
            tally = evolve(tally, refused=tally.refused + 1)
            continue
        tally = evolve(tally, published=tally.published + 1) if new else evolve(tally, known=tally.known + 1)
    return tally


@contextmanager
def _copied(path: Path, folder: Path) -> Iterator[ReceivedFile]:
    """A copy to give away: the folder that is imported stays as it is.

    Raises:
        _Unreadable: there is nothing to copy.
    """
    handle, name = mkstemp(dir=folder, prefix="import-")
    os.close(handle)
    copy = Path(name)
    try:
        digester = _written(copy, _pieces(path))
        yield ReceivedFile(path.name, copy, copy.stat().st_size, digester.digests())
    finally:
        copy.unlink(missing_ok=True)


def _written(copy: Path, pieces: Iterable[bytes]) -> Digester:
    digester = Digester()
    try:
        with copy.open("wb") as file:
            for piece in pieces:
                digester.update(piece)
                file.write(piece)
    except OSError as error:
        error.filename = error.filename or os.fspath(copy)  # no name tells which disk is full
        raise
    return digester


def _pieces(path: Path) -> Iterator[bytes]:
    # What goes wrong with the copy is no fault of the file, and no other file would do better.
    try:
        with path.open("rb") as source:
            while piece := source.read(_PIECE):
                yield piece
    except OSError as error:
        raise _Unreadable(error) from None


def _write_pages(world: World, progress: Progress) -> None:
    """Work off what is due, unless somebody does it anyway."""
    most = 0
    task = None
    for waiting in world.work():
        most = max(most, waiting)
        task = progress.add_task("Pages", total=None) if task is None else task
        progress.update(task, total=most, completed=most - waiting)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<6}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
