"""`upload`: files of any size to an index, wherever it is."""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from entrypoints.local.sending import NotTaken, Outgoing, Sender, StillChecking, Unreachable, advised, client


def upload(url: str, token: str, paths: Sequence[Path]) -> int:
    """Publish the files one after the other; returns the exit status.

    Args:
        url: the index's base URL, without a slash at its end.
        token: an upload token of the index.
        paths: wheels and sdists.
    """
    console = Console(stderr=True)
    status = 0
    with client() as http:
        sender = Sender(url, http)
        for number, path in enumerate(paths, 1):
            try:
                is_new = _sent(sender, token, path, console)
            except (NotTaken, StillChecking) as refusal:
                sys.stderr.write(f"{path.name}: {advised(refusal, url)}\n")
                status = 1
            except OSError as fault:
                sys.stderr.write(f"{path.name}: It cannot be read: {fault.strerror or fault}.\n")
                status = 1
            except Unreachable as fault:
                left = len(paths) - number
                sys.stderr.write(f"{path.name}: {fault}{f' ({left} more not tried)' if left else ''}\n")
                return 1
            else:
                sys.stdout.write(f"{path.name}: {'published' if is_new else 'already there'}\n")
                sys.stdout.flush()
    return status


def outgoing(path: Path, filename: str) -> Outgoing:
    """The file, measured."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Outgoing(path, filename, file.tell(), digest.hexdigest())


def _sent(sender: Sender, token: str, path: Path, console: Console) -> bool:
    file = outgoing(path, path.name)
    with _progress(console) as progress:
        task = progress.add_task(path.name, total=file.size)
        return sender.send(file, token, partial(_watched, progress, task))


@contextmanager
def _watched(progress: Progress, task: TaskID, path: Path) -> Iterator[IO[bytes]]:
    """The file; reading it moves the bar."""
    with progress.open(path, "rb", task_id=task) as file:
        yield file


def _progress(console: Console) -> Progress:
    # Standard output may be a pipe: nothing of it is shown among the bars.
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        disable=not console.is_terminal,
    )
