"""A package's page for people."""

from datetime import datetime

from attrs import frozen
from packaging.version import Version

from domain.artifacts import WHEEL_KIND
from domain.metadata import Metadata
from domain.package import File, Package, Status
from domain.site_settings import SiteSettings
from domain.usage import Usage
from domain.views import described
from domain.views.described import DependencyGroup, Link, Repository
from domain.views.downloads import Downloads, downloads_of
from domain.views.install_lines import InstallLine, install_lines, install_notes, pinned
from domain.views.latest import latest_release, releases_of
from domain.views.simple import file_path


@frozen
class PageFile:
    """One file. `kind` is ``wheel`` or ``source``, `yanked` None or the reason (empty: none was given)."""

    filename: str
    url: str
    kind: str
    size: int
    uploaded: datetime
    sha256: str
    requires_python: str | None
    yanked: str | None


@frozen
class Release:
    """One version with its files.

    Attributes:
        published: when its first file was.
        yanked: None unless all of its files are; then the reason (empty: none was given).
    """

    label: str
    published: datetime
    prerelease: bool
    yanked: str | None
    files: tuple[PageFile, ...]


@frozen
class Readme:
    """The description as it was uploaded: hostile until rendered."""

    text: str
    content_type: str | None


@frozen
class PackagePage:
    """Everything a package's page shows.

    Attributes:
        name: canonical name.
        spelling: as its owner spells it.
        latest: the release to recommend; None without files.
        install: empty if there is nothing to install.
        install_notes: what to know before using those lines.
        downloads: None before the first.
        releases: newest first.
    """

    site: SiteSettings
    name: str
    spelling: str
    status: Status
    status_reason: str | None
    latest: Release | None
    summary: str
    install: tuple[InstallLine, ...]
    install_notes: tuple[str, ...]
    downloads: Downloads | None
    releases: tuple[Release, ...]
    requires_python: str | None
    license: str | None
    authors: tuple[str, ...]
    maintainers: tuple[str, ...]
    keywords: tuple[str, ...]
    links: tuple[Link, ...]
    repository: Repository | None
    dependencies: tuple[DependencyGroup, ...]
    classifiers: tuple[tuple[str, tuple[str, ...]], ...]
    readme: Readme | None


def package_page(
    package: Package,
    metadata: Metadata | None,
    settings: SiteSettings,
    usage: Usage,
    *,
    github_url: str = described.GITHUB,
) -> PackagePage:
    """The page of a package.

    Args:
        package: its state.
        metadata: of the file that describes the latest release; None if there is no release to show.
        settings: what the operator decided about pages.
        usage: its figures.
        github_url: where repositories live.
    """
    label = latest_release(package)
    releases = tuple(_release(package, files) for files in reversed(releases_of(package)))
    latest = next((release for release in releases if release.label == label), None)
    # Whoever put the package into quarantine did not mean its words and links to stay on show.
    words = metadata if latest else None
    summary = (words and words.summary) or ""
    return PackagePage(
        site=settings,
        name=package.name,
        spelling=package.spelling,
        status=package.status,
        status_reason=package.status_reason or None,
        latest=latest,
        summary=summary,
        install=_install(package, latest, settings),
        install_notes=install_notes(settings, yanked=latest.yanked is not None) if latest else (),
        downloads=downloads_of(usage),
        releases=releases,
        requires_python=(words and words.requires_python) or None,
        license=described.license_name(words) if words else None,
        authors=described.people(words.author, words.author_email) if words else (),
        maintainers=described.people(words.maintainer, words.maintainer_email) if words else (),
        keywords=words.keywords if words else (),
        links=described.links(words) if words else (),
        repository=_repository(package, words, github_url),
        dependencies=described.dependencies(words) if words else (),
        classifiers=described.classifiers(words) if words else (),
        readme=_readme(words),
    )


def _install(package: Package, latest: Release | None, settings: SiteSettings) -> tuple[InstallLine, ...]:
    if latest is None:
        return ()
    lines = install_lines(package.spelling, settings)
    pin = pinned(package.spelling, latest.label, [file.sha256 for file in latest.files], settings)
    return (*lines, pin) if pin else lines


def _repository(package: Package, metadata: Metadata | None, github_url: str) -> Repository | None:
    if package.status is Status.QUARANTINED:
        return None
    return described.repository_of(package, metadata, github_url)


def _readme(metadata: Metadata | None) -> Readme | None:
    if metadata is None or not metadata.description or not metadata.description.strip():
        return None
    return Readme(metadata.description, metadata.description_content_type)


def _release(package: Package, files: tuple[File, ...]) -> Release:
    label = files[0].published.version
    return Release(
        label=label,
        published=min(file.published.at for file in files),
        prerelease=Version(label).is_prerelease,
        yanked=_yanked(files),
        files=tuple(_page_file(package.name, file) for file in files),
    )


def _yanked(files: tuple[File, ...]) -> str | None:
    reasons = [file.yanked for file in files if file.yanked is not None]
    if len(reasons) < len(files):
        return None
    return next(filter(None, reasons), "")


def _page_file(package_name: str, file: File) -> PageFile:
    published = file.published
    return PageFile(
        filename=published.filename,
        url="/" + file_path(package_name, published),
        kind="wheel" if published.kind == WHEEL_KIND else "source",
        size=published.size,
        uploaded=published.at,
        sha256=published.sha256,
        requires_python=published.requires_python or None,
        yanked=file.yanked,
    )
