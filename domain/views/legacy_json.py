"""``/pypi/<name>/json``: the reference's older JSON API, which tools still read."""

from datetime import UTC, datetime
from urllib.parse import quote

from packaging.version import Version

from domain.artifacts import WHEEL_KIND
from domain.metadata import Metadata
from domain.package import File, Package
from domain.site_settings import SiteSettings
from domain.views.latest import files_of, latest_release
from domain.views.simple import compact, file_path
from domain.views.times import timestamp

_NOTHING = Metadata(metadata_version="1.0", name="", version=Version("0"), spelt_version="")
_NO_DOWNLOADS = {"last_day": -1, "last_month": -1, "last_week": -1}


def legacy_json(package: Package, metadata: Metadata | None, settings: SiteSettings, serial: int) -> bytes:
    """The document of one project.

    Args:
        package: its state.
        metadata: of the file that describes the latest release; None if there is no release to show.
        settings: where the index is.
        serial: a number that grows with every change of the package: the version of its stream.
    """
    latest = latest_release(package)
    files = files_of(package, latest) if latest else ()
    releases: dict[str, list[dict[str, object]]] = {}
    for file in package.offered:
        releases.setdefault(file.published.version, []).append(_file_object(package.name, file, settings))
    return compact(
        {
            "info": _info(package, metadata if latest else None, settings, latest, files),
            "last_serial": serial,
            "releases": releases,
            "urls": [_file_object(package.name, file, settings) for file in files],
            "vulnerabilities": [],
        }
    )


def _info(
    package: Package, metadata: Metadata | None, settings: SiteSettings, latest: str | None, files: tuple[File, ...]
) -> dict[str, object]:
    page = f"{settings.base_url}/project/{package.name}/"
    yanked = bool(files) and all(file.yanked is not None for file in files)
    reasons = [file.yanked for file in files if file.yanked]
    return {
        **_described(metadata or _NOTHING),
        "bugtrack_url": None,
        "docs_url": None,
        "downloads": _NO_DOWNLOADS,
        "name": package.spelling,
        "package_url": page,
        "project_url": page,
        "release_url": f"{page}{quote(latest, safe='')}/" if latest else page,
        "version": latest,
        "yanked": yanked,
        "yanked_reason": reasons[0] if yanked and reasons else None,
    }


def _described(metadata: Metadata) -> dict[str, object]:
    """What the core metadata says. The reference gives some absent texts as empty strings, others as null."""
    return {
        "author": metadata.author or "",
        "author_email": metadata.author_email or "",
        "classifiers": metadata.classifiers,
        "description": metadata.description or "",
        "description_content_type": metadata.description_content_type or None,
        "download_url": metadata.download_url or "",
        "dynamic": metadata.dynamic or None,
        "home_page": metadata.home_page or "",
        "keywords": ",".join(metadata.keywords),
        "license": metadata.license or None,
        "license_expression": metadata.license_expression or None,
        "license_files": metadata.license_files or None,
        "maintainer": metadata.maintainer or "",
        "maintainer_email": metadata.maintainer_email or "",
        "platform": ",".join(metadata.platforms),
        "project_urls": dict(metadata.project_urls) or None,
        "provides_extra": metadata.provides_extra or None,
        "requires_dist": metadata.requires_dist or None,
        "requires_python": metadata.requires_python or None,
        "summary": metadata.summary or "",
    }


def _file_object(package_name: str, file: File, settings: SiteSettings) -> dict[str, object]:
    published = file.published
    return {
        "comment_text": "",
        "digests": {"blake2b_256": published.blake2b_256, "md5": published.md5, "sha256": published.sha256},
        "downloads": -1,
        "filename": published.filename,
        "has_sig": False,
        "md5_digest": published.md5,
        "packagetype": published.kind,
        "python_version": _python_version(published.filename) if published.kind == WHEEL_KIND else "source",
        "requires_python": published.requires_python or None,
        "size": published.size,
        "upload_time": _seconds(published.at),
        "upload_time_iso_8601": timestamp(published.at),
        "url": f"{settings.base_url}/{file_path(package_name, published)}",
        "yanked": file.yanked is not None,
        "yanked_reason": file.yanked or None,
    }


def _python_version(wheel: str) -> str:
    """The Python tag, third from the end of a wheel's filename (PEP 427)."""
    return wheel.removesuffix(".whl").split("-")[-3]


def _seconds(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
