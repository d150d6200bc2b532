"""`doctor`: what is configured, what is missing, what to do."""

import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from adapters.github.rest import unreached
from adapters.github.standing import Standing
from adapters.local.confinement import Kind, NothingConfines, confinement
from adapters.local.database import PATIENCE_SECONDS
from adapters.local.home import Home, HomeUnusable
from adapters.local.upgrade import bring_up_to_date
from domain.loopback import is_loopback
from entrypoints.local.findings import Finding, Mark, report, told_settings
from entrypoints.local.place import Place
from entrypoints.local.words import plural, undone, unusable
from infrastructure.embedded import opened
from infrastructure.settings import Settings
from infrastructure.version import USER_AGENT

_LITTLE_SPACE = 1024**3
_GITHUB_SECONDS = 3.0
_OLDEST_SQLITE = (3, 35, 0)


def doctor(place: Place) -> int:
    """Look at this machine and its home, or at a stack; returns the exit status."""
    if place.stack is not None:
        from entrypoints.local.stack_doctor import findings  # noqa: PLC0415 - of no use for a home

        return report(findings(place.stack, place.region))
    settings = place.settings
    return report([*_machine(), *_usable(settings), *_choices(settings), _builds(), _github(settings)])


def _machine() -> Iterator[Finding]:
    yield Finding(Mark.OK, f"Python {platform.python_version()} on {platform.system()}")
    if sqlite3.sqlite_version_info >= _OLDEST_SQLITE:
        yield Finding(Mark.OK, f"SQLite {sqlite3.sqlite_version}")
    else:
        yield Finding(Mark.FAIL, f"SQLite {sqlite3.sqlite_version} is too old: use a Python with SQLite 3.35 or newer")


def _usable(settings: Settings) -> Iterator[Finding]:
    """What is found in the home, as far as it can be opened."""
    try:
        yield from _home(settings)
    except HomeUnusable as error:
        yield Finding(Mark.FAIL, str(error))
    except sqlite3.Error as error:
        yield Finding(Mark.FAIL, unusable(error))
    except OSError as error:
        yield Finding(Mark.FAIL, undone(error))


def _home(settings: Settings) -> Iterator[Finding]:
    path = settings.home.absolute()
    home = Home(path)
    if not home.database.is_file() and not home.has_lost_its_events():
        where = _nearest(path)
        if os.access(where, os.W_OK):
            yield Finding(Mark.NOTE, f"No index in {path} yet: `sls-pypi serve` starts one")
        else:
            yield Finding(Mark.FAIL, f"{where} cannot be written: give another home with --home or SLS_PYPI_HOME")
        return
    if not os.access(path, os.W_OK):
        yield Finding(Mark.FAIL, f"{path} cannot be written by this user")
        return
    try:
        bring_up_to_date(home, PATIENCE_SECONDS)
    except HomeUnusable as older:
        yield Finding(Mark.FAIL, str(older))
        return
    with opened(settings, create=False) as world:
        packages = sum(1 for _ in world.index.verification().names())
        bus = world.ports.bus()
        waiting, dead = bus.pages_waiting(), bus.dead()
        with home.alone("worker") as ours:
            serving = not ours
        yield Finding(Mark.OK, f"Home {path}: {plural(packages, 'package')}")
        yield Finding(Mark.OK, "A server runs on it") if serving else Finding(Mark.NOTE, "No server runs on it")
        yield from (
            Finding(
                Mark.FAIL, f"{home.database.name}: {line}: stop the server and restore the whole home from a backup"
            )
            for line in world.ports.database().damage(quickly=True)
        )
        if waiting and not serving:
            yield Finding(Mark.NOTE, f"{plural(waiting, 'page')} due: `sls-pypi serve` writes what is due")
        if dead:
            yield Finding(
                Mark.FAIL, f"{plural(len(dead), 'page')} could not be written: see the log, then `sls-pypi rebuild`"
            )
    strangers = list(home.of_others())
    if strangers:
        yield Finding(
            Mark.FAIL,
            f"{strangers[0]} belongs to another user than {path} ({plural(len(strangers), 'such path')}): "
            "give all of it to one user (chown -R), and run the server and all commands as that one",
        )
    free = shutil.disk_usage(path).free
    if free < _LITTLE_SPACE:
        yield Finding(Mark.FAIL, f"Only {free // 2**20} MiB are free in {path}: uploads will soon fail")
    # A backup has none, and `serve` makes it.
    if home.secrets.is_dir() and home.secrets.stat().st_mode & 0o077:
        yield Finding(Mark.FAIL, f"{home.secrets} is open to others: chmod 700 it")


def _choices(settings: Settings) -> Iterator[Finding]:
    bare = settings.host.strip("[]")
    host = f"[{bare}]" if ":" in bare else bare
    base = settings.base_url or f"http://{host}:{settings.port}"
    yield Finding(Mark.OK, f"Base URL {base} (SLS_PYPI_BASE_URL, serve --base-url)")
    if base.startswith("http://") and not is_loopback(bare):
        yield Finding(Mark.NOTE, "Plain http for other machines: put TLS in front, as tokens travel with uploads")
    kept = f"{settings.log_days} days after they arrived" if settings.log_days else "for ever, addresses included"
    yield Finding(Mark.OK, f"Access logs and logs of builds are kept {kept} (SLS_PYPI_LOG_DAYS, 0 for ever)")
    yield from told_settings(settings, base, "serve --upstream https://pypi.org/simple/")


def _builds() -> Finding:
    """How what strangers wrote is shut away while it is built."""
    try:
        found = confinement()
    except NothingConfines as nothing:
        return Finding(Mark.NOTE, f"No builds from repositories: {nothing}")
    if found.kind is Kind.LIMITS:
        return Finding(Mark.FAIL, f"Builds are confined by {found.description}: install bubblewrap")
    return Finding(Mark.OK, f"Builds are confined by {found.description}")


def _github(settings: Settings) -> Finding:
    """An index does without, so that this is no fault."""
    url = settings.github_api_url
    standing = Standing(settings.github_app.authorization)
    if why := unreached(url, USER_AGENT, _GITHUB_SECONDS, standing):
        return Finding(
            Mark.NOTE,
            f"No answer from {url} ({why}): until there is one, pages tell nothing new of repositories"
            " (SLS_PYPI_GITHUB_API_URL)",
        )
    if settings.github_app.is_complete and not standing.is_app:
        return Finding(
            Mark.NOTE,
            f"{url} does not take SLS_PYPI_GITHUB_CLIENT_ID and _SECRET: where nobody has logged in,"
            " it is asked as nobody, 60 times an hour at most",
        )
    return Finding(Mark.OK, f"GitHub answers at {url} (SLS_PYPI_GITHUB_API_URL)")


def _nearest(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path
