"""The build backend of sample projects (PEP 517): each has a copy of it, so that nothing is fetched for a build."""

import base64
import hashlib
import io
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def get_requires_for_build_wheel(_: object = None) -> list[str]:
    """Nothing."""
    return []


def get_requires_for_build_sdist(_: object = None) -> list[str]:
    """Nothing."""
    return []


def build_wheel(wheel_directory: str, _settings: object = None, _metadata_directory: object = None) -> str:
    """One module and what is known about it."""
    project = _project()
    stem = f"{_module(project)}-{project['version']}"
    print(f"building {project['name']} {project['version']}")  # noqa: T201 - for the log of the build
    module = f"{_module(project)}.py"
    members = {
        module: Path(module).read_bytes(),
        f"{stem}.dist-info/METADATA": _metadata(project),
        f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: sample\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if scripts := project.get("scripts"):
        lines = ["[console_scripts]", *(f"{name} = {target}" for name, target in scripts.items())]
        members[f"{stem}.dist-info/entry_points.txt"] = "".join(f"{line}\n" for line in lines).encode()
    record = f"{stem}.dist-info/RECORD"
    members[record] = "".join([*(_line(path, content) for path, content in members.items()), f"{record},,\n"]).encode()
    filename = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory, filename), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in members.items():
            entry = zipfile.ZipInfo(path, _FIRST_DAY)
            entry.external_attr = 0o100644 << 16
            wheel.writestr(entry, content)
    return filename


def build_sdist(sdist_directory: str, _settings: object = None) -> str:
    """Every file that the repository has."""
    project = _project()
    top = f"{_module(project)}-{project['version']}"
    filename = f"{top}.tar.gz"
    members = {path.as_posix(): path.read_bytes() for path in sorted(Path().rglob("*.*")) if path.is_file()}
    with tarfile.open(Path(sdist_directory, filename), "w:gz", format=tarfile.PAX_FORMAT) as sdist:
        for path, content in {**members, "PKG-INFO": _metadata(project)}.items():
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size = len(content)
            sdist.addfile(member, io.BytesIO(content))
    return filename


def _project() -> Mapping[str, Any]:
    project: Mapping[str, Any] = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def _module(project: Mapping[str, Any]) -> str:
    return str(project["name"]).replace("-", "_")


def _metadata(project: Mapping[str, Any]) -> bytes:
    fields = (
        ("Metadata-Version", "2.4"),
        ("Name", project["name"]),
        ("Version", project["version"]),
        ("Summary", project["description"]),
        ("License-Expression", project["license"]),
        ("Requires-Python", project["requires-python"]),
        *(("Requires-Dist", line) for line in project.get("dependencies", [])),
        *_extras(project),
        *(("Project-URL", f"{label}, {url}") for label, url in project["urls"].items()),
        ("Description-Content-Type", "text/markdown"),
    )
    readme = Path("README.md").read_text(encoding="utf-8")
    return "".join(f"{name}: {value}\n" for name, value in fields).encode() + f"\n{readme}".encode()


def _extras(project: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for extra, requirements in project.get("optional-dependencies", {}).items():
        yield "Provides-Extra", extra
        for requirement in requirements:
            what, _, marker = (part.strip() for part in requirement.partition(";"))
            condition = f"({marker}) and extra == '{extra}'" if marker else f"extra == '{extra}'"
            yield "Requires-Dist", f"{what}; {condition}"


def _line(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{path},sha256={digest},{len(content)}\n"
