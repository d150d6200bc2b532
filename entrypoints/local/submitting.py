"""`publish`: a release of a repository, built by an index, watched until it is there or is not."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from itertools import chain, repeat
from typing import Any

import click

from entrypoints.local.calling import IndexClient
from entrypoints.local.sending import NotTaken, Unreachable, advised, client, one_line

_PAUSES = (1.0,) * 30
_LATER_PAUSE = 3.0
_FAULTS_IN_A_ROW = 5
_REMEMBERED = 2000
_SHOWN_OF_A_COMMIT = 12


def publish(url: str, token: str, repository: str, ref: str | None, *, wait: bool) -> int:
    """Publish what is at the ref of the repository; returns the exit status.

    Args:
        url: the index's base URL, without a slash at its end.
        token: an upload token of the index.
        repository: ``owner/name``.
        ref: a tag, branch or commit; None for what the index finds best.
        wait: whether to stay until it is over.
    """
    with client() as http:
        return submit(IndexClient(url, http, token), repository, ref, wait=wait)


def submit(
    index: IndexClient, repository: str, ref: str | None, *, wait: bool, pause: Callable[[float], None] = time.sleep
) -> int:
    """As `publish`; `pause` waits for so many seconds."""
    asked = {"repository": repository} | ({} if ref is None else {"ref": ref})
    try:
        path = index.created("/api/packages", asked)
    except (NotTaken, Unreachable) as fault:
        text = advised(fault, index.url)
        if isinstance(fault, NotTaken) and fault.status == HTTPStatus.FORBIDDEN and index.is_asked_as_local():
            text += (
                f" Log in with `sls-pypi login --url {index.url}` if it offers that,"
                " or send files with `sls-pypi upload`."
            )
        raise click.ClickException(text) from None
    if not wait:
        _say(f"{index.url}{one_line(path)}")
        return 0
    try:
        return _followed(index, path, repository, pause)
    except KeyboardInterrupt:
        raise click.ClickException(
            f"you no longer watch, and {index.url} goes on: see {index.url}/my/ or run `sls-pypi packages`"
        ) from None


def _followed(index: IndexClient, path: str, repository: str, pause: Callable[[float], None]) -> int:
    status, log = "", _Log()
    for told in _states(index, path, pause):
        if told["status"] != status:
            status = told["status"]
            log.end()
            if line := _announced(told, repository):
                _say(line)
        log.show(told["log"])
    log.end()
    if status == "published":
        version = one_line(str(told.get("version")))
        name = one_line(str(told.get("name")))
        _say(
            f"{name} {version} is published: {index.url}/project/{name}/",
            f"  pip install --index-url {index.url}/simple/ {name}=={version}",
        )
        return 0
    error = one_line(str(told.get("error") or "The index does not say why."))
    click.echo(f"sls-pypi: {repository} is not published: {error}", err=True)
    return 1


def _states(index: IndexClient, path: str, pause: Callable[[float], None]) -> Iterator[dict[str, Any]]:
    """What becomes of the submission, up to its end. Faults on the way there are passed over if they pass."""
    faults = 0
    for seconds in chain(_PAUSES, repeat(_LATER_PAUSE)):
        try:
            told = index.get(path)
        except (NotTaken, Unreachable) as fault:
            faults += 1
            lasts = isinstance(fault, NotTaken) and fault.status < HTTPStatus.INTERNAL_SERVER_ERROR
            if lasts or faults == _FAULTS_IN_A_ROW:
                raise click.ClickException(
                    f"{advised(fault, index.url)} Your submission may go on: see {index.url}/my/"
                ) from None
        else:
            faults = 0
            if not (isinstance(told.get("status"), str) and isinstance(told.get("log"), str)):
                raise click.ClickException(f"{index.url} gives an answer that this sls-pypi does not know.")
            yield told
            if told["status"] in {"published", "failed"}:
                return
        pause(seconds)


def _announced(told: Mapping[str, Any], repository: str) -> str | None:
    match told["status"]:
        case "queued":
            return f"{repository} waits for its turn. Ctrl-C stops watching, not the index."
        case "building":
            ref, commit = one_line(str(told.get("ref") or "")), one_line(str(told.get("commit") or ""))
            return f"Building {repository} {ref} at {commit[:_SHOWN_OF_A_COMMIT]}"
        case _:
            return None


class _Log:
    """Prints what a log has more than the last time. Somebody else wrote it: a terminal obeys nothing of it."""

    def __init__(self) -> None:
        self._shown = ""
        self._ends_a_line = True

    def show(self, log: str) -> None:
        """Print what is new."""
        more = _more(self._shown, log)
        self._shown = log
        if more:
            text = "".join(char if char.isprintable() or char in "\n\t" else " " for char in _lines(more))
            sys.stdout.write(text)
            sys.stdout.flush()
            self._ends_a_line = text.endswith("\n")

    def end(self) -> None:
        """Finish the line."""
        if not self._ends_a_line:
            sys.stdout.write("\n")
            self._ends_a_line = True


def _more(shown: str, log: str) -> str:
    """What the log says after what was shown of it. The middle of a long one is left out at last."""
    if log.startswith(shown):
        return log[len(shown) :]
    last = shown[-_REMEMBERED:]
    at = log.rfind(last)
    return f"\n[...]\n{log[-_REMEMBERED:]}" if at < 0 else log[at + len(last) :]


def _lines(text: str) -> str:
    """Progress bars are lines of their own."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
