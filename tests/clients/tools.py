"""The clients themselves, each in a virtual environment that is made once and kept."""

import os
import shutil
import sys
from pathlib import Path

from attrs import frozen

from tests.clients.clients import python_of, succeed

REQUIREMENTS = {
    "pip": ("pip>=26.1",),
    "pip-23.2.1": ("pip==23.2.1",),
    "uv": ("uv>=0.9",),
    "twine": ("twine>=6",),
    "poetry": ("poetry>=2",),
    "pdm": ("pdm>=2.26", "hishel<2"),
    "hatch": ("hatch>=1.14",),
    "flit": ("flit>=3.12",),
}


@frozen
class Tools:
    """Where the clients are.

    Attributes:
        directory: holds one virtual environment for each.
    """

    directory: Path

    def environment(self, tool: str) -> Path:
        """The tool's virtual environment, made now if it is not there or wants other requirements."""
        venv = self.directory / tool
        stamp = venv / "requirements.txt"
        requirements = REQUIREMENTS[tool]
        wanted = "\n".join(requirements)
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(venv, ignore_errors=True)
            succeed(sys.executable, "-m", "venv", venv, env=os.environ)
            install = [python_of(venv), "-m", "pip", "install", "--quiet", *requirements]
            succeed(*install, env=os.environ, timeout=600)
            stamp.write_text(wanted)
        return venv

    def path(self, tool: str, command: str | None = None) -> Path:
        """A command of the tool, by default the one of its name."""
        return self.environment(tool) / "bin" / (command or tool.partition("-")[0])
