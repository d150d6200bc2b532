"""The functions' package as pip fetches it for Lambda's processors, and imported by Lambda's Python."""

import importlib.util
import platform
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from infrastructure.bundle import build
from tests.emulator.environment import NoInterpreterError, interpreter

pytestmark = [pytest.mark.end_to_end, pytest.mark.enable_socket]

ELF_MACHINES = {"x86_64": 62, "arm64": 183}
# What Lambda's runtime brings, and nothing else.
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")


@pytest.mark.parametrize("architecture", sorted(ELF_MACHINES))
def test_compiled_dependencies_are_those_of_the_processor(architecture: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(build(architecture, tmp_path).path) as archive:
        libraries = [archive.read(name) for name in archive.namelist() if name.endswith(".so")]
    assert libraries
    assert {int.from_bytes(library[18:20], "little") for library in libraries} == {ELF_MACHINES[architecture]}


def runtime(folder: Path) -> Path:
    """Copies of the runtime's own packages."""
    folder.mkdir()
    for name in RUNTIME:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        source = Path(found.origin)
        if source.name == "__init__.py":
            shutil.copytree(source.parent, folder / name)
        else:
            shutil.copy(source, folder)
    return folder


def test_every_function_can_be_imported_with_nothing_but_this_and_boto3(tmp_path: Path) -> None:
    try:
        python = interpreter()
    except NoInterpreterError as error:
        pytest.skip(str(error))
    made = build("arm64" if platform.machine().lower() in ("aarch64", "arm64") else "x86_64", tmp_path)
    task, brought = tmp_path / "task", runtime(tmp_path / "runtime")
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(task)
    handlers = [path for path in (task / "entrypoints" / "aws").glob("*.py") if "def handler(" in path.read_text()]
    assert len(handlers) >= 5
    for path in handlers:
        program = f"import sys; sys.path[:0] = {[str(task), str(brought)]!r}; import entrypoints.aws.{path.stem}"
        done = subprocess.run(
            [python, "-I", "-c", program],
            capture_output=True,
            text=True,
            check=False,
            env={"AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "test"},
        )
        assert done.returncode == 0, done.stderr
