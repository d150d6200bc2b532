"""The files of sample packages, made in memory: the same bytes each time, and they can be installed."""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

from infrastructure.demo.catalogue import Release, Sample

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_FILE = 0o100644 << 16


def filenames(sample: Sample, release: Release) -> list[str]:
    """The release's files: its wheels, then its source distribution if it has one."""
    stem = f"{_module(sample)}-{release.version}"
    return [*(f"{stem}-{tag}.whl" for tag in sample.tags), *([f"{stem}.tar.gz"] if sample.sdist else [])]


def distributions(sample: Sample, release: Release) -> Iterator[tuple[str, bytes]]:
    """The filename and bytes of each of them."""
    tags = iter(sample.tags)
    for filename in filenames(sample, release):
        is_wheel = filename.endswith(".whl")
        yield filename, _wheel(sample, release, next(tags)) if is_wheel else _sdist(sample, release)


def _wheel(sample: Sample, release: Release, tag: str) -> bytes:
    info = f"{_module(sample)}-{release.version}.dist-info"
    members = {
        f"{_module(sample)}.py": _source(sample, release),
        f"{info}/METADATA": _metadata(sample, release),
        f"{info}/WHEEL": _wheel_file(tag),
    }
    if sample.scripts:
        lines = ["[console_scripts]", *(f"{name} = {target}" for name, target in sample.scripts.items())]
        members[f"{info}/entry_points.txt"] = _text(lines)
    members[f"{info}/RECORD"] = _record(members, f"{info}/RECORD")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in members.items():
            member = zipfile.ZipInfo(path, _FIRST_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = _FILE
            archive.writestr(member, content)
    return buffer.getvalue()


def _sdist(sample: Sample, release: Release) -> bytes:
    top = f"{_module(sample)}-{release.version}"
    project = [
        "[build-system]",
        'requires = ["flit_core>=3.11,<5"]',
        'build-backend = "flit_core.buildapi"',
        "[project]",
        f'name = "{sample.name}"',
        f'version = "{release.version}"',
        f'description = "{sample.summary}"',
    ]
    members = {
        f"{top}/PKG-INFO": _metadata(sample, release),
        f"{top}/pyproject.toml": _text(project),
        f"{top}/{_module(sample)}.py": _source(sample, release),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in members.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


def _metadata(sample: Sample, release: Release) -> bytes:
    fields = [
        ("Metadata-Version", "2.4"),
        ("Name", sample.name),
        ("Version", release.version),
        ("Summary", sample.summary),
        ("Author-email", f"{sample.owner} <{sample.owner}@harbour.example>"),
        ("License-Expression", sample.license),
        ("Keywords", ",".join(sample.keywords)),
        *(("Classifier", line) for line in sample.classifiers),
        ("Requires-Python", sample.requires_python),
        *(("Requires-Dist", line) for line in sample.requires),
        *_extras(sample),
        *(("Project-URL", f"{label}, {url}") for label, url in sample.urls.items()),
        ("Description-Content-Type", sample.readme_type if sample.readme else ""),
    ]
    return _text([*(f"{name}: {value}" for name, value in fields if value), ""]) + sample.readme.encode()


def _extras(sample: Sample) -> Iterator[tuple[str, str]]:
    for extra, requirements in sample.extras.items():
        yield "Provides-Extra", extra
        for requirement in requirements:
            what, _, marker = (part.strip() for part in requirement.partition(";"))
            condition = f"({marker}) and extra == '{extra}'" if marker else f"extra == '{extra}'"
            yield "Requires-Dist", f"{what}; {condition}"


def _wheel_file(tag: str) -> bytes:
    python, abi, platforms = tag.split("-")
    tags = [f"Tag: {python}-{abi}-{platform}" for platform in platforms.split(".")]
    is_pure = str(platforms == "any").lower()
    return _text(["Wheel-Version: 1.0", "Generator: sls-pypi demo", f"Root-Is-Purelib: {is_pure}", *tags])


def _record(members: Mapping[str, bytes], record: str) -> bytes:
    lines = []
    for path, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}")
    return _text([*lines, f"{record},,"])


def _source(sample: Sample, release: Release) -> bytes:
    return f'{sample.code.lstrip()}\n__version__ = "{release.version}"\n'.encode()


def _module(sample: Sample) -> str:
    return sample.name.replace("-", "_")


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
