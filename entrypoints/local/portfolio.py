"""`packages`: what somebody has submitted to an index, and what they could."""

import json
import sys
from collections.abc import Mapping
from typing import Any

import click
from packaging.version import InvalidVersion, Version
from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrypoints.local.calling import Index
from entrypoints.local.sending import NotTaken, Unreachable, client, one_line
from entrypoints.local.submitting import advised


def packages(url: str, token: str, *, as_json: bool) -> int:
    """Show them; returns the exit status.

    Args:
        url: the index's base URL, without a slash at its end.
        token: an upload token of the index.
        as_json: whether to print what the index says as it is.
    """
    with client() as http:
        try:
            told = Index(url, http, token).get("/api/packages")
        except (NotTaken, Unreachable) as fault:
            raise click.ClickException(advised(fault, url)) from None
    if as_json:
        sys.stdout.write(f"{json.dumps(told, indent=2)}\n")
    else:
        show(told, url, Console(highlight=False))
    return 0


def show(told: Mapping[str, Any], url: str, console: Console) -> None:
    """Show two tables. Whatever is in them, it is text."""
    submitted, eligible = _entries(told, "submitted"), _entries(told, "eligible")
    if submitted:
        console.print(_submitted(submitted))
    else:
        console.print(Text(f"No packages of yours are on {url}."))
    console.print()
    if eligible:
        as_of = told.get("eligible_as_of")
        known = f", as it was at {one_line(str(as_of))}: GitHub does not answer" if as_of else ""
        console.print(Text(f"Repositories that can be published with `sls-pypi publish OWNER/NAME`{known}:"))
        console.print(_eligible(eligible))
    else:
        console.print(Text("No other repositories of yours can be published."))


def _submitted(entries: list[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("package", overflow="fold")
    table.add_column("version", no_wrap=True)
    table.add_column("downloads", justify="right")
    table.add_column("30 days", justify="right")
    table.add_column("last submission", overflow="fold")
    for entry in entries:
        downloads = entry.get("downloads")
        figures = downloads if isinstance(downloads, dict) else {}
        table.add_row(
            _text(entry.get("name")),
            _text(_newest(entry.get("versions"))),
            _count(figures.get("total")),
            _count(figures.get("last_30_days")),
            _submission(entry.get("submission")),
        )
    return table


def _eligible(entries: list[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("repository", overflow="fold")
    table.add_column("pushed", no_wrap=True)
    table.add_column("description", no_wrap=True, overflow="ellipsis")
    for entry in entries:
        pushed = str(entry.get("pushed_at") or "")[:10]
        table.add_row(_text(entry.get("repository")), _text(pushed), _text(entry.get("description")))
    return table


def _submission(told: object) -> Text:
    """How the last attempt went, with its reason if it failed."""
    if not isinstance(told, dict):
        return _text(None)
    parts = [one_line(str(told[key])) for key in ("status", "ref") if told.get(key)]
    if told.get("error"):
        parts[-1:] = [f"{parts[-1]}: {one_line(str(told['error']))}"] if parts else []
    return Text(" ".join(parts))


def _newest(versions: object) -> str | None:
    known = [str(version) for version in versions] if isinstance(versions, list) else []
    try:
        return max(known, key=Version, default=None)
    except InvalidVersion:
        return known[-1]


def _entries(told: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries = told.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _count(value: object) -> Text:
    return Text(f"{value:,}" if isinstance(value, int) else "")


def _text(value: object) -> Text:
    return Text("" if value is None else one_line(str(value)))
