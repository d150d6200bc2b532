"""`import`: many existing files at once."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

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


@frozen
class Tally:
    """What became of the files."""

    published: int = 0
    known: int = 0
    refused: int = 0


def import_folder(place: Place, folder: Path, login: str) -> int:
    """Publish every wheel and sdist below the folder; returns the exit status."""
    console = Console(stderr=True)
    with opened(place, create=True) as world:
        caller = Caller(world.index.tokens().register_local(login), login)
        files = sorted(path for path in folder.rglob("*") if path.name.endswith(_SUFFIXES) and path.is_file())
        with _progress(console) as progress:
            tally = _import(world, caller, files, progress, console)
            _write_pages(world, progress)
    done = f"{tally.published} published, {tally.known} were there already, {tally.refused} refused"
    sys.stdout.write(f"{done}\n")
    return 1 if tally.refused else 0


def _import(world: World, caller: Caller, files: list[Path], progress: Progress, console: Console) -> Tally:
    publishing = world.index.publishing()
    tally = Tally()
    for path in progress.track(files, description="Files"):
        with _copied(path, world.folder) as received:
            try:
                new = publishing.add(caller, received)
            except Refused as refusal:
                console.print(f"{path.name}: {refusal}", highlight=False, markup=False, soft_wrap=True)
                tally = evolve(tally, refused=tally.refused + 1)
                continue
        tally = evolve(tally, published=tally.published + 1) if new else evolve(tally, known=tally.known + 1)
    return tally


@contextmanager
def _copied(path: Path, folder: Path) -> Iterator[ReceivedFile]:
    """A copy to give away: the folder that is imported stays as it is."""
    digester = Digester()
    with NamedTemporaryFile(dir=folder, prefix="import-", delete=False) as copy:
        try:
            with path.open("rb") as source:
                while piece := source.read(_PIECE):
                    digester.update(piece)
                    copy.write(piece)
            copy.flush()
            yield ReceivedFile(path.name, Path(copy.name), copy.tell(), digester.digests())
        finally:
            Path(copy.name).unlink(missing_ok=True)


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
        TextColumn("{task.description:<6}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )
