"""What installers see: the Simple Repository API 1.4. JSON is the model, HTML is rendered from the same view."""

import json
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from attrs import frozen

from domain.artifacts import WHEEL_KIND
from domain.events import FilePublished
from domain.package import File, Package
from domain.views.times import timestamp

API_VERSION = "1.4"


@frozen
class SimpleFile:
    """A file as installers are told of it.

    Attributes:
        url: relative to the project's page, percent-encoded.
        yanked: None, or the reason (empty: none was given).
        metadata_sha256: digest of the core metadata served beside the file (PEP 658); None if there is none.
    """

    filename: str
    url: str
    sha256: str
    size: int
    uploaded: datetime
    requires_python: str | None = None
    yanked: str | None = None
    metadata_sha256: str | None = None


@frozen
class SimpleProject:
    """A project's page for installers.

    Attributes:
        serial: a number that grows with every change of the package: the version of its stream. No two states of a
            page are the same bytes, so that a writer who saw an earlier one never takes it for a later one.
        versions: those that have files, oldest first.
    """

    name: str
    serial: int
    status: str
    status_reason: str | None
    versions: tuple[str, ...]
    files: tuple[SimpleFile, ...]


def file_key(package_name: str, published: FilePublished) -> str:
    """Where the site has the file."""
    return f"packages/{package_name}/{published.version}/{published.filename}"


def metadata_key(package_name: str, published: FilePublished) -> str:
    """Where the site has the file's core metadata, if it is a wheel."""
    return f"{file_key(package_name, published)}.metadata"


def file_path(package_name: str, published: FilePublished) -> str:
    """The file's URL path without a slash in front, percent-encoded: object stores read a bare ``+`` as a space."""
    return quote(file_key(package_name, published), safe="/")


def simple_project(package: Package, serial: int) -> SimpleProject:
    """The page of one project; one in quarantine shows its status and no files (PEP 792)."""
    return SimpleProject(
        name=package.name,
        serial=serial,
        status=package.status.value,
        status_reason=package.status_reason or None,
        versions=package.versions,
        files=tuple(_simple_file(package.name, file) for file in package.offered),
    )


def simple_json(view: SimpleProject) -> bytes:
    """The page as ``application/vnd.pypi.simple.v1+json``. Nothing is null: uv refuses pages with null in them."""
    status = {"status": view.status} | ({"reason": view.status_reason} if view.status_reason else {})
    return compact(
        {
            "meta": {"api-version": API_VERSION, "_last-serial": view.serial},
            "name": view.name,
            "project-status": status,
            "versions": view.versions,
            "files": [_file_object(file) for file in view.files],
        }
    )


def simple_root_json(names: Iterable[str]) -> bytes:
    """The list of all projects as ``application/vnd.pypi.simple.v1+json``."""
    return compact({"meta": {"api-version": API_VERSION}, "projects": [{"name": name} for name in names]})


def compact(document: object) -> bytes:
    """JSON without needless bytes; equal documents give equal bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # Text of files that were decoded leniently may hold lone surrogates, which UTF-8 has no bytes for.
    return text.encode(errors="backslashreplace")


def _simple_file(package_name: str, file: File) -> SimpleFile:
    published = file.published
    return SimpleFile(
        filename=published.filename,
        url="../../" + file_path(package_name, published),
        sha256=published.sha256,
        size=published.size,
        uploaded=published.at,
        requires_python=published.requires_python or None,
        yanked=file.yanked,
        metadata_sha256=published.metadata_sha256 if published.kind == WHEEL_KIND else None,
    )


def _file_object(file: SimpleFile) -> dict[str, object]:
    metadata = {"sha256": file.metadata_sha256}
    return {
        "filename": file.filename,
        "url": file.url,
        "hashes": {"sha256": file.sha256},
        **({"requires-python": file.requires_python} if file.requires_python else {}),
        "size": file.size,
        "upload-time": timestamp(file.uploaded),
        "yanked": False if file.yanked is None else file.yanked or True,
        **({"core-metadata": metadata, "dist-info-metadata": metadata} if file.metadata_sha256 else {}),
    }
