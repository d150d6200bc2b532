"""`serve`: the whole index in one process."""

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress

from adapters.local.home import Home, HomeUnusable
from adapters.local.leftovers import sweep
from adapters.local.log_writer import LogWriter
from domain.loopback import is_loopback
from domain.messages import FetchFacts, Page
from domain.routing import NOT_FOUND_PAGE
from domain.site_settings import SiteSettings
from domain.usecases.ever_had import ever_had
from entrypoints.http.asgi import ASGIApp
from entrypoints.http.reading import Reading
from entrypoints.http.server import listen, run, url_of
from entrypoints.local.faults import Faults
from entrypoints.local.late import Late
from entrypoints.local.night import Night
from entrypoints.local.worker import relay, worker_of
from infrastructure.embedded import Embedded, opened
from infrastructure.setting_urls import check_another_index
from infrastructure.settings import Settings

_UPLOADS_AT_ONCE = 4
_CALLS_AT_ONCE = 8  # more than may wait for GitHub at the same time
_LONGEST_TURN_SECONDS = 0.001
_ADAPT_AGAIN_SECONDS = 60.0
_BEGIN_AGAIN_SECONDS = 1.0
_LAST_WORK_SECONDS = 3.0
_LAST_SECONDS = 8.0
"""For all that is done beside answering. What is not done then is done after the next start, as after a crash."""


def serve(settings: Settings, listener: socket.socket | None = None, say: Callable[[str], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        settings: what the operator decided.
        listener: from `listen`; by default on the host and port of the settings.
        say: is told the URL once all that was ever confirmed is listed; by default prints `Serving <url>`.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    # Threads that judge uploads give way to readers sooner than Python's default of 5 ms.
    sys.setswitchinterval(_LONGEST_TURN_SECONDS)
    listener = listener or listen(settings.host, settings.port)
    with (
        listener,
        _the_only_server_of(Home(settings.home.absolute())),
        opened(settings, create=True, site_settings=_shown(settings, listener)) as world,
        _pool(_UPLOADS_AT_ONCE, "upload") as uploads,
        _pool(_CALLS_AT_ONCE, "api") as calls,
    ):
        sweep(world.home)
        world.ports.bus().revive()
        if not _is_settled(world):
            worker_of(world).recover()
            with suppress(OSError):  # a full disk is no reason not to answer, and `_adapt` tries again
                _is_to_adapt(world)
        only_here = is_loopback(listener.getsockname()[0])
        functions = Late(lambda: _functions(world, uploads, calls, only_here=only_here))
        reading = Reading(world.home.site, settings.upstream, ever_had(world.ports.event_store()), functions)

        with _background(world) as begin, LogWriter(world.home.logs).running() as log:

            def ready(url: str) -> None:
                (say or _print)(url)
                begin()
                threading.Thread(target=functions.build, name="warm", daemon=True).start()

            run(reading, listener, ready, immediate=reading.immediate, note=log.note)


def _shown(settings: Settings, listener: socket.socket) -> SiteSettings:
    shown = settings.site(url_of(listener))
    check_another_index(settings.upstream, shown.base_url)
    return shown


def _print(url: str) -> None:
    sys.stdout.write(f"Serving {url}\n")
    sys.stdout.flush()


def _functions(world: Embedded, uploads: Executor, calls: Executor, *, only_here: bool) -> ASGIApp:
    from entrypoints.http.app import application  # noqa: PLC0415 - Starlette is not needed for reading
    from entrypoints.http.functions import functions_of  # noqa: PLC0415

    bus = world.ports.bus()
    functions = functions_of(
        world.index,
        world.settings,
        world.edition.settings,
        pages=world.ports.pages,
        store=world.ports.event_store(),
        folder=world.home.tmp,
        lag=lambda: bus.behind() + bus.pages_waiting(),
        only_here=only_here,
    )
    return application(functions, uploads, calls)


@contextmanager
def _pool(threads: int, name: str) -> Iterator[Executor]:
    """Whoever asked had time to get an answer, so at the end nobody waits for what still runs: see `ending`."""
    pool = ThreadPoolExecutor(threads, name)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _the_only_server_of(home: Home) -> Iterator[None]:
    """Before the database is opened: a newer software would bring it up to date under the feet of an older one."""
    home.prepare()
    with home.alone("serve") as ours:
        if not ours:
            raise HomeUnusable(f"Another `sls-pypi serve` runs on {home.path}. Stop it, or give another home.")
        yield


def _is_settled(world: Embedded) -> bool:
    """Whether an earlier run left all that installers see as this one would write it; otherwise it may have crashed.

    Readers then need not wait for what makes pages.
    """
    bus = world.ports.bus()
    relay(bus)
    if world.home.shown_edition() != world.edition or not world.ports.objects().etag(NOT_FOUND_PAGE):
        return False
    return not bus.stale(Page.SIMPLE)


@contextmanager
def _background(world: Embedded) -> Iterator[Callable[[], None]]:
    """Pages for people, lists, and pages that show old settings are worked on meanwhile, and finished at the end.

    Each night downloads are counted. Yields what begins all this, for when readers are answered.
    """
    stop = threading.Event()
    night = Night(world.home, lambda: world.index.history().complete_through(), stop)
    threads = [
        threading.Thread(target=_work, args=(world, stop), name="worker", daemon=True),
        threading.Thread(target=_adapt, args=(world, stop), name="settings", daemon=True),
        threading.Thread(target=night.run, name="night", daemon=True),
    ]

    def begin() -> None:
        for thread in threads:
            thread.start()

    try:
        yield begin
    finally:
        stop.set()
        world.ports.bus().changes.tell()
        deadline = time.monotonic() + _LAST_SECONDS
        for thread in threads:
            if thread.ident is not None:  # it was begun
                thread.join(max(0.0, deadline - time.monotonic()))


def _work(world: Embedded, stop: threading.Event) -> None:
    home, worker = world.home, worker_of(world)
    faults = Faults(_BEGIN_AGAIN_SECONDS)
    # An import that runs on this home may be at it; when it ends, it is our turn.
    while not stop.is_set():
        try:
            with home.alone("worker") as ours:
                if ours:
                    worker.run(stop)
                    worker.finish(_LAST_WORK_SECONDS)
        except Exception:  # noqa: BLE001 - whatever it is, the thread goes on
            stop.wait(faults.another("the worker begins again after a fault"))
        else:
            faults.none()
            stop.wait(_BEGIN_AGAIN_SECONDS)


def _adapt(world: Embedded, stop: threading.Event) -> None:
    """Write all pages again that an older software wrote, or one with other settings, until that is done."""
    while not stop.is_set():
        try:
            _adapt_once(world, stop)
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread goes on
            logging.error("pages of other settings stay as they were for now: %r", error)  # noqa: TRY400
            stop.wait(_ADAPT_AGAIN_SECONDS)
        else:
            return


def _adapt_once(world: Embedded, stop: threading.Event) -> None:
    """Gently: at half speed."""
    if not _is_to_adapt(world):
        world.index.lists().ensure_start()  # what a settled start left for later
        return
    rebuilding = world.index.rebuilding()
    for name in world.index.verification().names():
        started = time.monotonic()
        try:
            rebuilding.renew(name)
            world.ports.bus().publish([FetchFacts(name)])
        except Exception as error:  # noqa: BLE001 - whatever ails one package, the others are adapted
            logging.error("the pages of %s stay as they were, see `verify`: %r", name, error)  # noqa: TRY400
        if stop.wait(time.monotonic() - started):
            return
    rebuilding.renew_lists()
    world.index.lists().forget_old_assets()
    world.ports.objects().flush()
    world.home.record_edition(world.edition)


def _is_to_adapt(world: Embedded) -> bool:
    """Whether any page may be of another edition. Whoever opens the home from now on writes pages of ours."""
    home, wanted = world.home, world.edition
    shown = home.shown_edition()
    # Without a word about its pages a home is new, or it was restored without them.
    is_new = shown is None and not any(True for _ in world.index.verification().names())
    adapting = shown != wanted and not is_new
    home.record_edition(wanted, adapting=adapting)
    return adapting
