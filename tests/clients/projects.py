"""A tiny project that takes packages from one index, with each project tool."""

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.clients.clients import installed, succeed
from tests.clients.index import Index
from tests.clients.tools import Tools

PYPROJECT = """
[project]
name = "tiny"
version = "1.0"
requires-python = ">=3.11"
dependencies = []
"""


def make_tiny(root: Path, *more: str) -> Path:
    """A project that has no dependency yet."""
    root.mkdir()
    (root / "pyproject.toml").write_text("\n".join([PYPROJECT, *more]))
    return root


def poetry_adds(tools: Tools, root: Path, index: Index, requirement: str, env: Mapping[str, str]) -> dict[str, str]:
    """`poetry add` with the index as the only source: what is installed then."""
    poetry = tools.path("poetry")
    make_tiny(root, "[tool.poetry]", "package-mode = false")
    succeed(poetry, "source", "add", "own", index.simple, env=env, cwd=root)
    succeed(poetry, "env", "use", sys.executable, env=env, cwd=root)
    succeed(poetry, "add", "--no-interaction", requirement, env=env, cwd=root)
    return installed(root / ".venv")


def pdm_adds(tools: Tools, root: Path, index: Index, requirement: str, env: Mapping[str, str]) -> dict[str, str]:
    """`pdm add` with the index as the only source: what is installed then."""
    pdm = tools.path("pdm")
    make_tiny(root, "[[tool.pdm.source]]", 'name = "pypi"', f'url = "{index.simple}"', "verify_ssl = false")
    succeed(pdm, "use", sys.executable, env=env, cwd=root)
    succeed(pdm, "add", "--no-self", requirement, env=env, cwd=root)
    return installed(root / ".venv")
