"""The data of a benchmark: small valid wheels, the same bytes in every run."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

MANY = "bench-many"
_TAG = "py3-none-any"
_README = (
    "A project of the benchmark.\n\n## Use\n\n```python\nimport this\n```\n\nIt does *nothing*, which it does well.\n"
)


class Wheel(NamedTuple):
    name: str
    version: str
    content: bytes

    @property
    def filename(self) -> str:
        """Its name as a file."""
        return filename(self.name, self.version)

    def form(self) -> Mapping[str, str]:
        """The fields that go with it in an upload, like twine's."""
        return {
            ":action": "file_upload",
            "protocol_version": "1",
            "metadata_version": "2.1",
            "name": self.name,
            "version": self.version,
            "summary": summary(self.name),
            "requires_python": ">=3.9",
            "filetype": "bdist_wheel",
            "pyversion": "py3",
            "sha256_digest": hashlib.sha256(self.content).hexdigest(),
            "md5_digest": hashlib.md5(self.content, usedforsecurity=False).hexdigest(),
        }


class Corpus(NamedTuple):
    """A directory of wheels: one for each name, and many of one more project."""

    directory: Path
    names: tuple[str, ...]
    many: tuple[Wheel, ...]

    def wheel(self, name: str) -> Wheel:
        """The wheel of one name."""
        return Wheel(name, "1.0", (self.directory / filename(name)).read_bytes())


def filename(name: str, version: str = "1.0") -> str:
    """The wheel of a project at a version, as a file name."""
    return f"{name.replace('-', '_')}-{version}-{_TAG}.whl"


def wheel(name: str, version: str = "1.0", requires: Sequence[str] = ()) -> Wheel:
    """A wheel with one module, written without data descriptors and with no date in it."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    members = {
        f"{module}/__init__.py": f'"""{summary(name)}"""\n\n__version__ = "{version}"\n',
        f"{info}/METADATA": metadata(name, version, requires),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: benchmark (1)\nRoot-Is-Purelib: true\nTag: {_TAG}\n",
    }
    record = "".join(f"{path},{_digest(text)},{len(text.encode())}\n" for path, text in members.items())
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in members.items():
            entry = zipfile.ZipInfo(path)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return Wheel(name, version, target.getvalue())


def lay_out(directory: Path, projects: int, files: int) -> Corpus:
    """Write the wheels of so many projects, and so many wheels of one more."""
    directory.mkdir(parents=True)
    names = tuple(f"bench-{number:05}" for number in range(1, projects + 1))
    for index, name in enumerate(names):
        made = wheel(name, requires=[names[index // 10]] if index else [])
        (directory / made.filename).write_bytes(made.content)
    many = tuple(wheel(MANY, f"{1 + number // 10}.{number % 10}") for number in range(files))
    for made in many:
        (directory / made.filename).write_bytes(made.content)
    return Corpus(directory, names, many)


def summary(name: str) -> str:
    """One line about a project."""
    return f"Project {name} of the benchmark"


def metadata(name: str, version: str, requires: Sequence[str]) -> str:
    """The core metadata of a wheel."""
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", f"Summary: {summary(name)}"]
    head += ["Author-email: Bench <bench@example.org>", "License: Apache-2.0", "Requires-Python: >=3.9"]
    head += [f"Requires-Dist: {requirement}" for requirement in requires]
    head += ["Description-Content-Type: text/markdown"]
    return "\n".join(head) + f"\n\n# {name}\n\n{_README}"


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
