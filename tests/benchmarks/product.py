"""The product as it is measured: how it is installed, loaded and started."""

import hashlib
import shutil
import time
from pathlib import Path

from tests.benchmarks.peers import ROOT, Load, environment
from tests.benchmarks.processes import Server, Upload, output
from tests.benchmarks.web import Failure, basic

_OWNER = "bench"
_SOURCES = ("adapters", "domain", "entrypoints", "infrastructure")


class Product:
    """sls-pypi itself: a command, or this checkout with nothing but what it needs to run, as users have it."""

    def __init__(self, cache: Path, command: Path | None = None) -> None:
        self._home, self._given = cache / "sls-pypi", command
        self._command = str(command or self._home / "bin" / "sls-pypi")

    def version(self) -> str:
        """The version of the command, installed if need be; Failure if there is none."""
        if self._given is None:
            self._install()
        elif not shutil.which(self._command):
            raise Failure(f"{self._command} is not there: say where it is with --sls-pypi")
        return output([self._command, "--version"]).splitlines()[-1].replace(", version", "")

    @property
    def python(self) -> Path:
        """The interpreter with nothing but what it needs to run, once `version` was asked."""
        return self._home / "bin" / "python"

    def _install(self) -> None:
        """Development has other programs' libraries, of which some are imported wherever they are found."""
        locked = ROOT / "requirements" / "runtime.txt"
        done, wanted = self._home / "installed", hashlib.sha256(locked.read_bytes()).hexdigest()
        if not done.exists() or done.read_text() != wanted:
            environment(self._home, "-r", str(locked))
            done.write_text(wanted)
        # As pip does with whatever it installs, hence with the peers.
        output((str(self.python), "-m", "compileall", "-q", *(str(ROOT / folder) for folder in _SOURCES)))
        start = f"import sys; sys.path[0] = {str(ROOT)!r}; from entrypoints.local.__main__ import main; main()"
        script = Path(self._command)
        script.write_text(f'#!/bin/sh\nexec {self._home}/bin/python -c "{start}" "$@"\n')
        script.chmod(0o755)

    def load(self, load: Load) -> Server:
        """Import the wheels and make an upload token."""
        home = ("--home", str(load.home))
        began = time.perf_counter()
        output([self._command, "import", str(load.corpus.directory), "--as", _OWNER, *home])
        took = time.perf_counter() - began
        token = output([self._command, "token", "create", _OWNER, *home])
        # A public URL that stays, as anybody's does: with another one at each start all pages would be written anew.
        argv = (self._command, "serve", *home, "--port", "0", "--base-url", "http://127.0.0.1:8000")
        upload = Upload("/legacy/", basic("__token__", token))
        return Server("sls-pypi", argv, None, "/simple/", load.corpus.names, upload=upload, loaded=took)
