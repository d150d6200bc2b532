"""`demo`: an index with sample packages, their history and their downloads, made in seconds and served."""

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from attrs import evolve

from adapters.local.durable import unwaited
from adapters.local.home import HomeUnusable
from domain.logins import CALLBACK_PATH
from entrypoints.http.server import CannotListen, listen, url_of
from entrypoints.local.serving import serve
from entrypoints.local.worker import worker_of
from infrastructure.demo.catalogue import samples
from infrastructure.demo.late_github import LateGitHub, late_github
from infrastructure.demo.people import PEOPLE
from infrastructure.demo.seeding import fill
from infrastructure.embedded import Embedded, opened
from infrastructure.settings import DEFAULT_HOST, DEFAULT_PORT, Settings

_MARK = "demo"
_ASKING_SECONDS = 5.0
_SETTINGS = Settings(
    site_name="Harbour index",
    header="A demo: the packages are samples, and their downloads are invented.",
)
_SHOWN = "saltmarsh"


def demo(home: Path, port: int | None) -> None:
    """Make the home unless it is there, and serve it until SIGTERM or SIGINT.

    Args:
        home: of nothing but a demo.
        port: to listen on; None for the usual one, or a free one if that is taken.
    """
    with _listening(port) as listener:
        is_new = is_free(home)
        with late_github(_last_port(home), f"{url_of(listener)}{CALLBACK_PATH}") as github:
            settings = _settings(home, github, url_of(listener))
            if is_new:
                _make(settings, url_of(listener))

            def ready(url: str) -> None:
                _say(url, home, github.url, is_new=is_new)
                github.start()

            serve(settings, listener, ready)


@contextmanager
def _listening(port: int | None) -> Iterator[socket.socket]:
    try:
        listener = listen(DEFAULT_HOST, DEFAULT_PORT if port is None else port)
    except CannotListen:
        if port is not None:
            raise
        listener = listen(DEFAULT_HOST, 0)
    with listener:
        yield listener


def _last_port(home: Path) -> int:
    """Where GitHub was for this demo: pages of repositories lead there."""
    try:
        return int((home / _MARK).read_text())
    except (OSError, ValueError):
        return 0


def _settings(home: Path, github: LateGitHub, url: str) -> Settings:
    """Nothing is to leave this machine."""
    return evolve(
        _SETTINGS,
        home=home,
        github_url=github.url,
        github_api_url=github.url,
        github_client_id=github.client_id,
        github_client_secret=github.client_secret,
        build=evolve(_SETTINGS.build, index_url=f"{url}/simple/"),
    )


def is_free(home: Path) -> bool:
    """Whether there is nothing yet.

    Raises:
        HomeUnusable: what is there is no demo.
    """
    if (home / _MARK).exists():
        return False
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise HomeUnusable(f"{home} is there already and no demo; give another folder with --home.")
    return True


def _make(settings: Settings, url: str) -> None:
    """Fill a folder beside it, which then takes its name: a demo is there as a whole or not at all."""
    home = settings.home.absolute()
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f"{home.name}-", dir=home.parent))
    except OSError as error:
        raise HomeUnusable(f"Cannot use {home} as home: {error.strerror}. Give another with --home.") from None
    try:
        _fill(evolve(settings, home=draft), url)
        (draft / _MARK).write_text(str(urlsplit(settings.github_url).port))
        draft.rename(home)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _fill(settings: Settings, url: str) -> None:
    with unwaited(), opened(settings, create=True, site_settings=settings.site(url)) as world:
        fill(world, samples(settings.github_url), datetime.now(UTC))
        write_pages(world)


def write_pages(world: Embedded) -> None:
    """Do everything that is due."""
    worker = worker_of(world)
    worker.relay()
    worker.ask(_ASKING_SECONDS)
    world.index.lists().ensure_start()
    for _ in worker.drain():
        pass
    world.home.record_edition(world.edition)


def _say(url: str, home: Path, github_url: str, *, is_new: bool) -> None:
    made = "made just now" if is_new else "made before; what you did with it is still there"
    lines = (
        f"Serving {url}",
        "",
        f"  open it         {url}/",
        f"  log in          {url}/login as {', '.join(PEOPLE)}, at a sample GitHub ({github_url})",
        f"  install from it pip install --index-url {url}/simple/ {_SHOWN}",
        f"  its folder      {home} ({made})",
        f"  remove it       rm -r {home}",
        "",
        "Ctrl-C stops it.",
    )
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
