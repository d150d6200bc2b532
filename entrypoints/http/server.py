"""Our server: uvicorn on a socket of our own, started and stopped as one command."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from uvicorn import Server

from entrypoints.http.access import Note, nothing
from entrypoints.http.asgi import ASGIApp
from entrypoints.http.limits import Limits
from entrypoints.http.protocol import Immediate, ServerConfig
from entrypoints.http.stalls import Unstalled

BACKLOG = 2048
MOST_CONNECTIONS = 8192
GRACE = 4  # seconds for requests in work when the server stops

_DATE_SECONDS = 1.0
_HOSTS = "--host 127.0.0.1 serves this machine, --host :: everybody."
_LAST_PORT = 65535
_FILES_A_CONNECTION = 2  # its socket, and the file it is sent
_FILES_BESIDE = 128
_FEWEST_CONNECTIONS = 64
_FEWEST_FILES = _FEWEST_CONNECTIONS * _FILES_A_CONNECTION + _FILES_BESIDE


class CannotListen(Exception):
    """Nobody could be answered there; the text says what to do."""


class NoSuchAddress(CannotListen):
    """The host is not ours, whatever the port."""


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. An IPv6 wildcard takes IPv4 peers too.

    Raises:
        CannotListen: another program has the port, or the host is not ours.
    """
    if not 0 <= port <= _LAST_PORT:
        raise CannotListen(f"{port} is no port: they go from 0 (a free one) to {_LAST_PORT}.")
    bare = host.removeprefix("[").removesuffix("]")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            bare or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise NoSuchAddress(f"{host} is no address of this machine ({_words(error)}). {_HOSTS}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(bare != "::"))
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise NoSuchAddress(f"{host} is no address of this machine. {_HOSTS}") from error
        raise CannotListen(_advice(host, port, error)) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Where a browser on this machine reaches the socket."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - said, not listened on
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(
    app: ASGIApp,
    listener: socket.socket,
    on_ready: Callable[[str], None],
    *,
    immediate: Immediate | None = None,
    note: Note = nothing,
    limits: Limits | None = None,
    grace: int = GRACE,
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in work and return. The socket is closed.

    Args:
        app: answers every request that `immediate` does not.
        listener: from `listen`.
        on_ready: called with the URL once peers are accepted.
        immediate: answers that are there without waiting; they do not go through the app.
        note: takes what is known of each answer.
        limits: what a connection may cost.
        grace: seconds after which requests in work are given up.

    Raises:
        CannotListen: too few files may be open.
    """
    limits = limits or Limits()
    config = ServerConfig(
        Unstalled(app, limits.body),
        limits,
        immediate,
        note,
        ws="none",
        lifespan="off",  # apps are made before and unmade after; asking them would make the functions load at once
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        limit_concurrency=_affordable_connections(),
        timeout_keep_alive=3600,  # the protocol's own limits are shorter
        timeout_graceful_shutdown=grace,
    )
    url = url_of(listener)
    _Server(config, lambda: on_ready(url)).run(sockets=[listener])


class _Server(Server):
    """uvicorn's server, which says when it is ready, and for which a signal to stop is no failure."""

    def __init__(self, config: ServerConfig, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept peers."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if not self.should_exit:
            self._on_ready()

    async def main_loop(self) -> None:
        """Keep the date of answers until it is time to stop. uvicorn's own looks ten times a second whether it is."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), _DATE_SECONDS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Stop; asked again, stop at once. uvicorn would raise the signal again afterwards."""
        self.force_exit = self.should_exit
        self.should_exit = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopped.set)


def _affordable_connections() -> int:
    """As many as there may be open files for, after asking for more of those.

    Raises:
        CannotListen: peers would be many enough to leave nothing for whoever answers them.
    """
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS * _FILES_A_CONNECTION + 256
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    if soft < _FEWEST_FILES:
        raise CannotListen(
            f"This process may open {soft} files, which is too few for a server. Let it open {_FEWEST_FILES} or more: "
            "`ulimit -n`, or LimitNOFILE= in its unit of systemd."
        )
    return max(_FEWEST_CONNECTIONS, min(soft, wanted) // _FILES_A_CONNECTION - _FILES_BESIDE)


def _advice(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {port} of {host} is in use. Stop the program that has it, or take another one: "
                "--port 0 picks a free port."
            )
        case errno.EACCES:
            return f"Port {port} of {host} is not for ordinary users. Take one above 1023, such as --port 8000."
        case _:
            return f"Port {port} of {host} cannot be listened on: {_words(error)}."


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
