"""The shape of the source tree."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("domain", "adapters", "infrastructure", "entrypoints")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module


def test_the_inside_imports_nothing_but_attrs_packaging_and_the_standard_library() -> None:
    allowed = {"domain", "attrs", "packaging", *sys.stdlib_module_names}
    roots = {name.partition(".")[0] for path in (ROOT / "domain").rglob("*.py") for name in imported(path)}
    assert roots <= allowed


def test_the_inside_does_no_input_or_output() -> None:
    forbidden = {"os", "socket", "sqlite3", "subprocess", "threading", "time", "random", "secrets", "logging"}
    roots = {name.partition(".")[0] for path in (ROOT / "domain").rglob("*.py") for name in imported(path)}
    assert roots.isdisjoint(forbidden)


def test_adapters_of_one_port_have_its_file_name_in_every_world() -> None:
    ports = {path.name for path in (ROOT / "domain" / "ports").glob("*.py")} - {"__init__.py"}
    common = {
        "archives.py",
        "clock.py",
        "identities.py",
        "identity_tokens.py",
        "pages.py",
        "replicas.py",
        "repositories.py",
        "sealing.py",
        "secrets.py",
        "sources.py",
        "workspace.py",
    }
    for world in ("memory", "local", "aws"):
        assert ports - common <= {path.name for path in (ROOT / "adapters" / world).glob("*.py")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250


def test_no_installed_distribution_owns_our_names() -> None:
    owners = metadata.packages_distributions()
    assert not [folder for folder in FOLDERS if folder in owners]


def test_the_readme_of_the_tests_names_everything_that_is_there() -> None:
    tests = ROOT / "tests"
    said = (tests / "README.md").read_text()
    found = {f"{path.name}/" for path in tests.iterdir() if path.is_dir() and path.name != "__pycache__"}
    found |= {path.name for path in tests.glob("*.py")}
    first_cells = (line.split("|")[1] for line in said.splitlines() if line.startswith("| `"))
    assert found == {name for cell in first_cells for name in re.findall("`([^`]+)`", cell)}
