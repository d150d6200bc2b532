"""Valid wheels and source distributions, built byte for byte the same every time."""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from typing import TypedDict, Unpack

from packaging.utils import canonicalize_name
from packaging.version import Version

EPOCH = (1980, 1, 1, 0, 0, 0)
TAG = "py3-none-any"


def escaped(name: str) -> str:
    """The name as filenames spell it today (PEP 427, PEP 625)."""
    return canonicalize_name(name).replace("-", "_")


def normalised(version: str) -> str:
    """The version as filenames spell it today."""
    return str(Version(version))


def make_metadata(
    name: str,
    version: str,
    *,
    metadata_version: str = "2.1",
    metadata_extra: str | Iterable[str] = (),
    description: str = "",
) -> bytes:
    """METADATA or PKG-INFO. `metadata_extra` holds more header lines, such as ``Summary: A thing.``."""
    extra = metadata_extra.splitlines() if isinstance(metadata_extra, str) else list(metadata_extra)
    lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}", f"Version: {version}", *extra, "", description]
    return "\n".join(lines).encode()


def expanded(tag: str) -> list[str]:
    """``py2.py3-none-any`` as the lines that belong into WHEEL (PEP 425)."""
    pythons, abis, platforms = (part.split(".") for part in tag.split("-"))
    return [f"{python}-{abi}-{platform}" for python in pythons for abi in abis for platform in platforms]


def make_wheel_file(tag: str = "py3-none-any", *, build: str = "", wheel_version: str = "1.0") -> bytes:
    """The WHEEL file."""
    lines = [
        f"Wheel-Version: {wheel_version}",
        "Generator: sls-pypi tests",
        f"Root-Is-Purelib: {str(tag.endswith('-any')).lower()}",
        *([f"Build: {build}"] if build else []),
        *(f"Tag: {line}" for line in expanded(tag)),
    ]
    return ("\n".join(lines) + "\n").encode()


def make_record(files: Mapping[str, bytes], record: str) -> bytes:
    """RECORD over these members, itself included."""
    lines = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        quoted = f'"{path}"' if "," in path else path
        lines.append(f"{quoted},sha256={digest},{len(content)}")
    return ("\n".join([*lines, f"{record},,"]) + "\n").encode()


def make_zip(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A plain ZIP: seekable, so without data descriptors."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for path, content in files.items():
            info = zipfile.ZipInfo(path, EPOCH)
            info.compress_type = compression
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def make_tar_gz(files: Mapping[str, bytes]) -> bytes:
    """A plain .tar.gz with regular members only."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


class Members(TypedDict, total=False):
    """What a distribution is made of.

    Attributes:
        files: members beside the dist-info directory of a wheel (full archive paths; one below that directory, as a
            licence, is given with its full path as well), or beside PKG-INFO in the top directory of a source
            distribution; None makes one module.
        metadata: the whole METADATA or PKG-INFO instead of one made from the next three.
        metadata_version: what it declares.
        metadata_extra: further header lines, as a list or as text with newlines.
        description: its body.
    """

    files: Mapping[str, bytes] | None
    metadata: bytes | None
    metadata_version: str
    metadata_extra: str | Iterable[str]
    description: str


class WheelMembers(Members, total=False):
    """What a wheel is made of.

    Attributes:
        tag: compressed tag set of the filename; WHEEL lists it expanded.
        build: build tag, such as ``1``.
        wheel_version: what WHEEL declares.
        entry_points: content of entry_points.txt.
    """

    tag: str
    build: str
    wheel_version: str
    entry_points: str | None


def wheel_members(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    metadata: bytes | None = None,
    metadata_version: str = "2.1",
    metadata_extra: str | Iterable[str] = (),
    description: str = "",
    tag: str = TAG,
    build: str = "",
    wheel_version: str = "1.0",
    entry_points: str | None = None,
) -> dict[str, bytes]:
    """Every member of a valid wheel but RECORD, in order."""
    dist_info = f"{escaped(name)}-{normalised(version)}.dist-info"
    payload = {f"{escaped(name)}/__init__.py": f'__version__ = "{version}"\n'.encode()} if files is None else files
    members = dict(payload)
    members[f"{dist_info}/METADATA"] = metadata or make_metadata(
        name,
        version,
        metadata_version=metadata_version,
        metadata_extra=metadata_extra,
        description=description,
    )
    members[f"{dist_info}/WHEEL"] = make_wheel_file(tag, build=build, wheel_version=wheel_version)
    if entry_points is not None:
        members[f"{dist_info}/entry_points.txt"] = entry_points.encode()
    return members


def make_wheel(
    name: str,
    version: str,
    *,
    record: bytes | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
    **members: Unpack[WheelMembers],
) -> tuple[str, bytes]:
    """A valid wheel: its filename and its bytes.

    Args:
        name: any spelling; METADATA keeps it, the filename escapes it.
        version: any PEP 440 spelling; METADATA keeps it, the filename normalises it.
        record: RECORD instead of the true one.
        compression: of every member.
        members: what else is not as usual.
    """
    made = wheel_members(name, version, **members)
    stem = f"{escaped(name)}-{normalised(version)}"
    path = f"{stem}.dist-info/RECORD"
    made[path] = make_record(made, path) if record is None else record
    parts = [stem, members.get("build", ""), members.get("tag", TAG)]
    return f"{'-'.join(filter(None, parts))}.whl", make_zip(made, compression=compression)


def sdist_members(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    metadata: bytes | None = None,
    metadata_version: str = "2.2",
    metadata_extra: str | Iterable[str] = (),
    description: str = "",
    top: str | None = None,
) -> dict[str, bytes]:
    """Every member of a valid source distribution, in order."""
    top = top or f"{escaped(name)}-{normalised(version)}"
    default = {
        "pyproject.toml": f'[project]\nname = "{name}"\nversion = "{version}"\n'.encode(),
        f"src/{escaped(name)}.py": f'__version__ = "{version}"\n'.encode(),
    }
    pkg_info = metadata or make_metadata(
        name,
        version,
        metadata_version=metadata_version,
        metadata_extra=metadata_extra,
        description=description,
    )
    payload = default if files is None else files
    return {f"{top}/{path}": content for path, content in {"PKG-INFO": pkg_info, **payload}.items()}


def make_sdist(
    name: str, version: str, *, top: str | None = None, extension: str = ".tar.gz", **members: Unpack[Members]
) -> tuple[str, bytes]:
    """A valid source distribution (PEP 625): its filename and its bytes.

    Args:
        name: any spelling; PKG-INFO keeps it, the filename escapes it.
        version: any PEP 440 spelling; PKG-INFO keeps it, the filename normalises it.
        top: another top directory, which is also the filename's stem (old spellings).
        extension: ``.tar.gz``, or ``.zip`` as bulk imports know it.
        members: what else is not as usual.
    """
    made = sdist_members(name, version, top=top, **members)
    stem = top or f"{escaped(name)}-{normalised(version)}"
    content = make_zip(made) if extension == ".zip" else make_tar_gz(made)
    return stem + extension, content
