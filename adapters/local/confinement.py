"""How far this machine lets a build be shut away: the best that works here is found by trying it."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path

from attrs import frozen

from adapters.building import cell
from adapters.local.build_tree import LINKER, NETWORK, SYSTEM, Mount, bubblewrap_options, entries_of, prefixes

_CELL = Path(cell.__file__).parent
_CELL_WITHIN = "/cell/adapters/building/cell"
_USERS = range(61_000, 65_000)
_PATIENCE = 30
_NICE = 10
_working: "set[Confinement]" = set()


class Kind(Enum):
    """Ways to confine, best first; the value is for people."""

    BUBBLEWRAP = "bubblewrap: no network, no other process, no file but its own and the system's"
    NAMESPACES = "namespaces (unshare): no network, no other process, no file but its own and the system's"
    FENCE = "Landlock and seccomp: no network, no file but its own and the system's; other processes can be seen"
    LIMITS = "limits only: time, memory, disk and processes are bounded, but files and the network can be reached"


class NothingConfines(Exception):
    """No build can run here, not even with limits."""

    def __init__(self) -> None:
        super().__init__(
            "builds cannot be shut away on this machine, so there are none: it takes Linux, best bubblewrap"
        )


@frozen
class Confinement:
    """One way to confine on this machine.

    Attributes:
        uid: the user that it is, where the index is root and may choose.
    """

    kind: Kind
    uid: int | None = None

    @property
    def description(self) -> str:
        """One line for the operator."""
        return self.kind.value if self.uid is None else f"{self.kind.value}; as a user of its own"

    @property
    def has_tree(self) -> bool:
        """Whether it sees what it sees at places of our choice."""
        return self.kind in {Kind.BUBBLEWRAP, Kind.NAMESPACES}

    def place(self, mount: Mount) -> str:
        """Where it is seen."""
        return mount.place if self.has_tree else str(mount.source)

    def command(
        self,
        run: Sequence[str],
        mounts: Sequence[Mount],
        limits: Mapping[str, int],
        *,
        root: Path,
        hidden: Sequence[Path] = (),
        network: bool = False,
    ) -> list[str]:
        """The command that runs another within.

        Args:
            run: Python's arguments, with places for paths.
            mounts: all that is seen beside the system; the first is the folder it is in.
            limits: by the names of `resource`, without RLIMIT_.
            root: an empty folder that may be used meanwhile.
            hidden: folders that are not to be seen even where they are part of the system.
            network: whether it may use it.
        """
        python = _python()
        within: dict[str, object] = {
            "run": [python, "-I", "-S", *run],
            "folder": self.place(mounts[0]),
            "limits": limits,
            "nice": _NICE,
            "lock": True,
            "die": True,
        } | ({} if self.uid is None else {"uid": self.uid})
        if not self.has_tree:
            return _enter(_CELL, within | self._fence(mounts, network=network) | {"keep": True})
        entries = entries_of(mounts, hidden, network=network)
        if self.kind is Kind.BUBBLEWRAP:
            command = [*self._bubblewrap(network=network), *bubblewrap_options(entries), "--"]
            return _enter(_CELL, {"run": [*command, *_enter(Path(_CELL_WITHIN), within)], "die": True})
        tree = {"tree": {"root": str(root), "entries": entries}}
        return _enter(_CELL, {"run": [*self._unshare(network=network), *_enter(_CELL, tree | within)], "die": True})

    def _bubblewrap(self, *, network: bool) -> list[str]:
        options = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "build"]
        user = ["--unshare-user"]
        if self.uid is not None:
            user = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        net = [] if network else ["--unshare-net"]
        return [_found("bwrap"), *user, *net, *options, "--die-with-parent", "--new-session"]

    def _unshare(self, *, network: bool) -> list[str]:
        user = ["--user", "--map-root-user"] if self.uid is None else []
        net = [] if network else ["--net"]
        return [_found("unshare"), *user, *net, "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--"]

    def _fence(self, mounts: Sequence[Mount], *, network: bool) -> dict[str, object]:
        if self.kind is Kind.LIMITS:
            return {}
        system = [*SYSTEM, *LINKER, "/dev/urandom", "/dev/random", "/dev/zero", *prefixes()]
        readable = [*system, *(NETWORK if network else ()), *(str(mount.source) for mount in mounts)]
        writable = ["/dev/null", *(str(mount.source) for mount in mounts if mount.writable)]
        return {"readable": readable, "writable": writable, "silent": not network}


def confinement() -> Confinement:
    """The best that works on this machine.

    Raises:
        NothingConfines: nothing does.
    """
    for candidate in _candidates():
        if _works(candidate):
            return candidate
    raise NothingConfines


def _candidates() -> tuple[Confinement, ...]:
    return tuple(Confinement(kind, uid) for kind in Kind for uid in _users())


def _users() -> tuple[int | None, ...]:
    """A user that nobody is, if we may become it."""
    if os.getuid() != 0:
        return (None,)
    taken = {user.pw_uid for user in pwd.getpwall()}
    return next(uid for uid in _USERS if uid not in taken), None


def _works(candidate: Confinement) -> bool:
    """Whether it was found to work; one that did not may have lacked no more than a process, so it is tried again."""
    if candidate not in _working and _tried(candidate):
        _working.add(candidate)
    return candidate in _working


def _tried(candidate: Confinement) -> bool:
    with tempfile.TemporaryDirectory(prefix="sls-pypi-") as name:
        work, root = Path(name, "work"), Path(name, "root")
        for folder in (work, root):
            folder.mkdir()
        Path(name).chmod(0o711)
        try:
            if candidate.uid is not None:
                os.chown(work, candidate.uid, candidate.uid)
            tried = ["-c", "import ssl, ctypes; open('works', 'x').close()"]
            command = candidate.command(tried, [Mount(work, "/build", writable=True), *cell_mounts()], {}, root=root)
            subprocess.run(command, capture_output=True, env=surroundings(), timeout=_PATIENCE, check=True)  # noqa: S603 - our own
        except (OSError, subprocess.SubprocessError):
            return False
        return (work / "works").is_file()


def surroundings() -> dict[str, str]:
    """What Python needs of our environment to start at all."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}


def cell_mounts() -> tuple[Mount, ...]:
    """What every command needs to see."""
    return (Mount(_CELL, _CELL_WITHIN),)


def _enter(cell: Path, order: Mapping[str, object]) -> list[str]:
    return [_python(), "-I", "-S", str(cell / "enter.py"), json.dumps(order)]


def _python() -> str:
    """The interpreter itself, not the environment that it runs in."""
    return os.path.realpath(sys.executable)


def _found(program: str) -> str:
    path = shutil.which(program, path="/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin")
    if path is None:
        raise FileNotFoundError(program)
    return path
