"""Valid wheels and source distributions, built byte for byte the same every time."""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping

from packaging.utils import canonicalize_name
from packaging.version import Version

EPOCH = (1980, 1, 1, 0, 0, 0)


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


def wheel_members(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    metadata: bytes | None = None,
    metadata_version: str = "2.1",
    metadata_extra: str | Iterable[str] = (),
    description: str = "",
    tag: str = "py3-none-any",
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
    files: Mapping[str, bytes] | None = None,
    metadata: bytes | None = None,
    metadata_version: str = "2.1",
    metadata_extra: str | Iterable[str] = (),
    description: str = "",
    tag: str = "py3-none-any",
    build: str = "",
    wheel_version: str = "1.0",
    entry_points: str | None = None,
    record: bytes | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> tuple[str, bytes]:
    """A valid wheel: its filename and its bytes.

    Args:
        name: any spelling; METADATA keeps it, the filename escapes it.
        version: any PEP 440 spelling; METADATA keeps it, the filename normalises it.
        files: members beside the dist-info directory (full archive paths); None makes one module. A member below the
            dist-info directory, such as a licence, is given with its full path as well.
        metadata: the whole METADATA instead of one made from the next three.
        metadata_version: what METADATA declares.
        metadata_extra: further header lines, as a list or as text with newlines.
        description: body of METADATA.
        tag: compressed tag set of the filename; WHEEL lists it expanded.
        build: build tag, such as ``1``.
        wheel_version: what WHEEL declares.
        entry_points: content of entry_points.txt.
        record: RECORD instead of the true one.
        compression: of every member.
    """
    members = wheel_members(
        name,
        version,
        files=files,
        metadata=metadata,
        metadata_version=metadata_version,
        metadata_extra=metadata_extra,
        description=description,
        tag=tag,
        build=build,
        wheel_version=wheel_version,
        entry_points=entry_points,
    )
    stem = f"{escaped(name)}-{normalised(version)}"
    path = f"{stem}.dist-info/RECORD"
    members[path] = make_record(members, path) if record is None else record
    filename = "-".join([stem, *([build] if build else []), tag]) + ".whl"
    return filename, make_zip(members, compression=compression)


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
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    metadata: bytes | None = None,
    metadata_version: str = "2.2",
    metadata_extra: str | Iterable[str] = (),
    description: str = "",
    top: str | None = None,
    extension: str = ".tar.gz",
) -> tuple[str, bytes]:
    """A valid source distribution (PEP 625): its filename and its bytes.

    Args:
        name: any spelling; PKG-INFO keeps it, the filename escapes it.
        version: any PEP 440 spelling; PKG-INFO keeps it, the filename normalises it.
        files: members relative to the top directory, beside PKG-INFO; None makes a pyproject.toml and one module.
        metadata: the whole PKG-INFO instead of one made from the next three.
        metadata_version: what PKG-INFO declares.
        metadata_extra: further header lines, as a list or as text with newlines.
        description: body of PKG-INFO.
        top: another top directory, which is also the filename's stem (old spellings).
        extension: ``.tar.gz``, or ``.zip`` as bulk imports know it.
    """
    members = sdist_members(
        name,
        version,
        files=files,
        metadata=metadata,
        metadata_version=metadata_version,
        metadata_extra=metadata_extra,
        description=description,
        top=top,
    )
    stem = top or f"{escaped(name)}-{normalised(version)}"
    content = make_zip(members) if extension == ".zip" else make_tar_gz(members)
    return stem + extension, content
