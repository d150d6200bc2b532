"""`packages`: what somebody has submitted to an index, and what they could."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click
from packaging.version import InvalidVersion, Version
from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrypoints.local.calling import IndexClient
from entrypoints.local.sending import NotTaken, Unreachable, advised, client, one_line

_WIDTH_OF_A_PIPE = 200
_ROOM_FOR_DESCRIPTIONS = 20
_DAY = len("2026-11-26")
_GAP = "  "


def packages(url: str, token: str, *, as_json: bool) -> int:
    """Show them; returns the exit status.

    Args:
        url: the index's base URL, without a slash at its end.
        token: an upload token of the index.
        as_json: whether to print what the index says as it is.
    """
    with client() as http:
        index = IndexClient(url, http, token)
        try:
            told = index.get("/api/packages")
        except (NotTaken, Unreachable) as fault:
            raise click.ClickException(advised(fault, url)) from None
        publishes = as_json or bool(_entries(told, "eligible")) or not index.is_asked_as_local()
    if as_json:
        sys.stdout.write(f"{json.dumps(told, indent=2)}\n")
    else:
        console = Console(highlight=False, soft_wrap=True)
        # Whoever reads a pipe has as much room as they like.
        console.width = console.width if console.is_terminal else _WIDTH_OF_A_PIPE
        show(told, url, console, publishes=publishes)
    return 0


def show(told: Mapping[str, Any], url: str, console: Console, *, publishes: bool = True) -> None:
    """Show tables. Whatever is in them, it is text.

    Args:
        told: what the index says.
        url: its base URL.
        console: where to.
        publishes: whether the account may have repositories to publish.
    """
    submitted, submissions, eligible = (_entries(told, key) for key in ("submitted", "submissions", "eligible"))
    console.print(_submitted(submitted) if submitted else Text(f"You have no packages on {url} yet."))
    if submissions:
        console.print(Text("\nLatest submissions (UTC)"))
        for line in _submissions(submissions):
            console.print(line)
    if publishes:
        console.print(Text(f"\n{_about_eligible(told, url, some=bool(eligible))}"))
    if eligible:
        for line in _eligible(eligible, console.width):
            console.print(line)


def _about_eligible(told: Mapping[str, Any], url: str, *, some: bool) -> str:
    if some:
        as_of = told.get("eligible_as_of")
        known = f" (as of {_minute(as_of)} UTC; {url}/my/ knows more)" if as_of else ""
        return f"Repositories for `sls-pypi publish OWNER/NAME`{known}"
    return f"`sls-pypi publish OWNER/NAME` publishes a public repository of your own; {url}/my/ lists them."


def _submitted(entries: list[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("package", overflow="fold")
    table.add_column("version", no_wrap=True)
    table.add_column("downloads", justify="right")
    table.add_column("30 days", justify="right")
    table.add_column("last submission")
    for entry in entries:
        downloads = entry.get("downloads")
        figures = downloads if isinstance(downloads, dict) else {}
        table.add_row(
            _text(entry.get("name")),
            _text(_newest(entry.get("versions"))),
            _count(figures.get("total")),
            _count(figures.get("last_30_days")),
            _words(entry.get("submission"), "status", "ref"),
        )
    return table


def _submissions(entries: list[Mapping[str, Any]]) -> Iterator[Text]:
    """A line each, and below it why it failed."""
    for entry in entries:
        status = one_line(str(entry.get("status")))
        yield Text(_GAP).join([_minute(entry.get("at")), Text(f"{status:<9}"), _words(entry, "repository", "ref")])
        if entry.get("error"):
            yield Text(f"{_GAP * 2}{one_line(str(entry['error']))}")


def _eligible(entries: list[Mapping[str, Any]], width: int) -> Iterator[Text]:
    """A line each, of which the description gets what room there is."""
    names = [_text(entry.get("repository")) for entry in entries]
    longest = max(name.cell_len for name in names)
    left = width - longest - _DAY - 2 * len(_GAP)
    for entry, name in zip(entries, names, strict=True):
        name.pad_right(longest - name.cell_len)
        pushed = _text(str(entry.get("pushed_at") or "")[:_DAY])
        pushed.pad_right(_DAY - pushed.cell_len)
        description = _text(entry.get("description"))
        description.truncate(left, overflow="ellipsis")
        yield Text(_GAP).join([name, pushed, description] if left >= _ROOM_FOR_DESCRIPTIONS else [name, pushed])


def _newest(versions: object) -> str | None:
    known = [str(version) for version in versions] if isinstance(versions, list) else []
    try:
        return max(known, key=Version, default=None)
    except InvalidVersion:
        return known[-1]


def _entries(told: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries = told.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _minute(at: object) -> Text:
    """A time without its seconds."""
    return Text(one_line(str(at or ""))[:16].replace("T", " "))


def _words(entry: object, *keys: str) -> Text:
    """What is said under these keys, as far as something is."""
    told = entry if isinstance(entry, dict) else {}
    return Text(" ".join(one_line(str(told[key])) for key in keys if told.get(key)))


def _count(value: object) -> Text:
    return Text(f"{value:,}" if isinstance(value, int) else "")


def _text(value: object) -> Text:
    return Text("" if value is None else one_line(str(value)))
