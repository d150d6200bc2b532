"""Repositories of sample projects, as they are at the sample GitHub."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

_BACKEND = "in_tree_backend.py"
_BROKEN = b'''"""The build backend of a project that cannot be built."""


def build_wheel(*_):
    raise FileNotFoundError("charts/north-mole.csv is missing: `make charts` draws it, and was not run")


build_sdist = build_wheel
'''


@frozen
class Project:
    """A module, and what is said about it."""

    name: str
    version: str
    summary: str
    code: str
    url: str
    readme: str = ""
    license: str = "MIT"
    requires: Sequence[str] = ()
    extras: Mapping[str, Sequence[str]] = field(factory=dict)
    scripts: Mapping[str, str] = field(factory=dict)

    def files(self, *, is_broken: bool = False) -> dict[str, bytes]:
        """Everything that is needed to build it, unless it is to fail."""
        backend = _BROKEN if is_broken else Path(__file__).with_name(_BACKEND).read_bytes()
        return {
            "README.md": (self.readme or f"# {self.name}\n\n{self.summary}.\n").encode(),
            "pyproject.toml": self._pyproject().encode(),
            f"{self.name.replace('-', '_')}.py": self.code.lstrip().encode(),
            f"tools/{_BACKEND}": backend,
        }

    def _pyproject(self) -> str:
        # A string of JSON is one of TOML.
        text = json.dumps
        extras = {extra: list(lines) for extra, lines in self.extras.items()}
        lines = (
            "[build-system]",
            "requires = []",
            'build-backend = "in_tree_backend"',
            'backend-path = ["tools"]',
            "[project]",
            f"name = {text(self.name)}",
            f"version = {text(self.version)}",
            f"description = {text(self.summary)}",
            'readme = "README.md"',
            f"license = {text(self.license)}",
            'requires-python = ">=3.9"',
            f"dependencies = {text(list(self.requires))}",
            "[project.urls]",
            f"Repository = {text(self.url)}",
            "[project.optional-dependencies]",
            *(f"{extra} = {text(requirements)}" for extra, requirements in extras.items()),
            "[project.scripts]",
            *(f"{name} = {text(target)}" for name, target in self.scripts.items()),
        )
        return "".join(f"{line}\n" for line in lines)
