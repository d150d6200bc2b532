"""The room of a build on this machine: folders that its cells see, and commands in them."""

import json
import math
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.building import answers, hostile_files, inside, requirements
from adapters.building.stages import BuildFails
from adapters.local.build_process import Watch
from adapters.local.build_tree import Mount
from adapters.local.build_usage import BuildLimits
from adapters.local.confinement import Confinement, cell_mounts, surroundings

_INSIDE = Mount(Path(inside.__file__), "/inside.py")
_PATH = "/usr/local/bin:/usr/bin:/bin"


class LocalRoom:
    """A Room.

    Args:
        place: an empty folder of its own, for as long as the build takes.
        taken: where the files go that are made.
    """

    def __init__(
        self,
        place: Path,
        taken: Path,
        confinement: Confinement,
        limits: BuildLimits,
        watch: Watch,
        index_url: str,
        hidden: tuple[Path, ...],
    ) -> None:
        self._place = place
        self._taken = taken
        self._confinement = confinement
        self._limits = limits
        self._watch = watch
        self._index_url = index_url
        self._hidden = hidden
        self._work = place / "build"
        self._site = place / "requirements"
        self._installed: tuple[str, ...] | None = None

    def prepare(self, source: Path) -> None:
        """Begin anew."""
        self._empty(self._work, "home", "tmp")
        self._site.mkdir(exist_ok=True)
        shutil.copyfile(source, self._work / inside.ARCHIVE)
        self._give(self._work / inside.ARCHIVE)

    def install(self, wanted: Sequence[str]) -> None:
        """Have these importable: pip fetches them, which runs nothing of theirs, in a cell with a network."""
        if self._installed == tuple(wanted):
            return
        self._empty(self._site, "tmp", "home")
        self._installed = tuple(wanted)
        if not wanted:
            return
        pip = requirements.pip_folder()
        # Where no tree puts it there, a link shows pip without what lies beside it.
        link = self._place / "pip"
        link.mkdir(exist_ok=True)
        if not (link / "pip").is_symlink():
            (link / "pip").symlink_to(pip)
        site = Mount(self._site, "/requirements", writable=True)
        target = self._confinement.place(site) + "/site"
        request = {
            "do": "pip",
            "folder": "/pip" if self._confinement.has_tree else str(link),
            "arguments": requirements.arguments(wanted, target),
        }
        environment = requirements.environment(self._index_url, os.environ)
        mounts = [site, Mount(link, "/link"), Mount(pip, "/pip/pip"), *_certificates(environment)]
        if self._enter(request, mounts, environment, network=True):
            raise BuildFails("The build requirements could not be fetched from the index: see the log.")

    def run(self, request: Mapping[str, object], failure: str) -> object:
        """Have the request answered in the folder of the build."""
        work = Mount(self._work, "/build", writable=True)
        site = Mount(self._site, "/requirements")
        packages = f"{self._confinement.place(site)}/site"
        environment = {"PYTHONPATH": packages, "PATH": f"{packages}/bin:{Path(sys.base_prefix) / 'bin'}:{_PATH}"}
        answers.forget(self._work)
        if self._enter(request, [work, site], environment, network=False):
            raise BuildFails(failure)
        return answers.said(self._work, failure)

    def take(self, filename: str) -> Path:
        """Copy the file out, if it is one."""
        taken = self._taken / filename
        try:
            hostile_files.copy(self._work, inside.DIST, filename, destination=taken, most_bytes=self._limits.disk_bytes)
        except (hostile_files.NoSuchFile, FileExistsError):
            raise BuildFails("The build backend names a file that it did not make.") from None
        return taken

    def _enter(
        self, request: Mapping[str, object], mounts: Sequence[Mount], more: Mapping[str, str], *, network: bool
    ) -> int:
        root = self._place / "root"
        root.mkdir(exist_ok=True)
        own = self._confinement.place(mounts[0])
        tmp = Mount(mounts[0].source / "tmp", "/tmp", writable=True)  # noqa: S108 - its own
        command = self._confinement.command(
            [self._confinement.place(_INSIDE), json.dumps(request)],
            [*mounts, tmp, _INSIDE, *cell_mounts()],
            self._rlimits(),
            root=root,
            hidden=self._hidden,
            network=network,
        )
        environment = {
            "HOME": f"{own}/home",
            "TMPDIR": self._confinement.place(tmp),
            "LANG": "C.UTF-8",
            "USER": "build",
            "LOGNAME": "build",
            "PATH": _PATH,
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
        }
        return self._watch.run(command, surroundings() | environment | dict(more), [mounts[0].source])

    def _rlimits(self) -> dict[str, int]:
        limits = self._limits
        return {
            "AS": limits.memory_bytes,
            "CORE": 0,
            "CPU": math.ceil(limits.seconds) * (os.cpu_count() or 1),
            "FSIZE": limits.disk_bytes,
            "NOFILE": limits.open_files,
            # It counts all of a user's where the kernel is older than 5.14, ours too.
            "NPROC": limits.processes + (0 if self._confinement.uid is not None else _threads()),
        }

    def _empty(self, folder: Path, *names: str) -> None:
        hostile_files.remove(folder)
        for made in (folder, *(folder / name for name in names)):
            made.mkdir()
            self._give(made)

    def _give(self, path: Path) -> None:
        if self._confinement.uid is not None:
            os.chown(path, self._confinement.uid, self._confinement.uid)


def _certificates(environment: Mapping[str, str]) -> list[Mount]:
    """Files that the operator named, wherever they are."""
    named = (environment.get(name) for name in ("PIP_CERT", "SSL_CERT_FILE"))
    return [Mount(Path(path).resolve(), path) for path in named if path and Path(path).is_absolute()]


def _threads() -> int:
    """How many processes and threads our user has."""
    count = 0
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if process.stat().st_uid == os.getuid():
                    count += len(os.listdir(process / "task"))  # noqa: PTH208 - only how many
            except OSError:
                continue
    return count
