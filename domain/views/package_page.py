"""A package's page for people."""

from collections.abc import Collection, Sequence

from attrs import frozen

from domain.dependencies import DependencyGroup, dependencies
from domain.metadata import Metadata
from domain.needs import Dependents
from domain.owners import Owner, owner_of
from domain.package import Package, Status
from domain.repository import RepositoryFacts
from domain.site_settings import SiteSettings
from domain.usage import Usage
from domain.views import described
from domain.views.about import About, Readme, about, readme_of
from domain.views.dependents import DependentsShown, dependents_shown
from domain.views.described import Repository
from domain.views.downloads import Downloads, downloads_of
from domain.views.install_lines import InstallLine, install_lines, install_notes, pinned
from domain.views.latest import latest_release
from domain.views.licence import differs
from domain.views.releases import Release, release_of
from domain.views.room import files_that_fit

_YANKED = "Every release is yanked: installers take one only because these lines ask for its exact version."
_NOBODY = Dependents()


@frozen
class PackagePage:
    """Everything a package's page shows.

    Attributes:
        name: canonical name.
        spelling: as its owner spells it.
        owner: who published it; None without a release to show.
        latest: the release to recommend; None without files.
        install: empty if there is nothing to install.
        install_notes: what to know before using those lines.
        downloads: None before the first.
        releases: newest first.
        with_files: the release to recommend, then the newest others, whose files the page shows; of the rest it has the
            names and digests, and links to the pages of these releases, so that a page has a size.
        repository_license: what the repository says, only if the release says something else (SPDX).
    """

    site: SiteSettings
    name: str
    spelling: str
    status: Status
    status_reason: str | None
    owner: Owner | None
    latest: Release | None
    about: About
    install: tuple[InstallLine, ...]
    install_notes: tuple[str, ...]
    downloads: Downloads | None
    releases: tuple[Release, ...]
    with_files: tuple[Release, ...]
    dependencies: tuple[DependencyGroup, ...]
    dependents: DependentsShown
    repository: Repository | None
    facts: RepositoryFacts | None
    repository_license: str | None
    readme: Readme | None

    @property
    def without_files(self) -> tuple[Release, ...]:
        """The releases whose files are named only, newest first."""
        shown = {release.label for release in self.with_files}
        return tuple(release for release in self.releases if release.label not in shown)


def package_page(
    package: Package,
    metadata: Metadata | None,
    settings: SiteSettings,
    usage: Usage,
    dependents: Dependents = _NOBODY,
    facts: RepositoryFacts | None = None,
    *,
    login: str = "",
    known: Collection[str] = (),
) -> PackagePage:
    """The page of a package.

    Args:
        package: its state.
        metadata: of the file that describes the latest release; None if there is no release to show.
        settings: what the operator decided about pages.
        usage: its figures.
        dependents: who needs it.
        facts: what was last heard about its repository; None if nothing.
        login: its owner's name as it was last seen; empty if that is not known.
        known: canonical names among its requirements that the index lists.
    """
    label = latest_release(package)
    releases = tuple(release_of(package, files, settings.github_url) for files in reversed(package.releases))
    latest = next((release for release in releases if release.label == label), None)
    # Whoever put the package into quarantine did not mean its words and links to stay on show.
    words = metadata if latest else None
    told = about(words) if words else About()
    repository = _repository(package, words, settings.github_url)
    heard = facts if repository else None
    licensed_as = heard.license if heard and latest else None
    downloads = downloads_of(usage, [(one.published.date(), one.label) for one in reversed(releases)])
    needed_by = dependents_shown(dependents, label)
    readme = readme_of(words, latest.sources_url) if words and latest else None
    groups = dependencies(words, known) if words else ()
    files = len(package.offered)
    most_files = files_that_fit(files, len(releases), downloads, len(needed_by.shown), readme.text if readme else "")
    return PackagePage(
        site=settings,
        name=package.name,
        spelling=package.spelling,
        status=package.status,
        status_reason=package.status_reason or None,
        owner=owner_of(package.owner, login) if latest else None,
        latest=latest,
        about=told,
        install=_install(package, latest, settings),
        install_notes=_notes(latest, groups, settings),
        downloads=downloads,
        releases=releases,
        with_files=_with_files(latest, releases, most_files),
        dependencies=groups,
        dependents=needed_by,
        repository=repository,
        facts=heard,
        repository_license=licensed_as if differs(told.license, licensed_as) else None,
        readme=readme,
    )


def _install(package: Package, latest: Release | None, settings: SiteSettings) -> tuple[InstallLine, ...]:
    if latest is None:
        return ()
    lines = install_lines(package.spelling, settings, None if latest.yanked is None else latest.label)
    pin = pinned(package.spelling, latest.label, [file.sha256 for file in latest.files], settings)
    return (*lines, pin) if pin else lines


def _notes(latest: Release | None, groups: Sequence[DependencyGroup], settings: SiteSettings) -> tuple[str, ...]:
    if latest is None:
        return ()
    needs_others = any(not one.here for group in groups for one in group.dependencies)
    notes = install_notes(settings, needs_others=needs_others)
    return notes if latest.yanked is None else (*notes, _YANKED)


def _with_files(latest: Release | None, releases: Sequence[Release], most_files: int) -> tuple[Release, ...]:
    if latest is None:
        return ()
    shown, files = [latest], len(latest.files)
    for release in releases:
        files += len(release.files) if release is not latest else 0
        if files > most_files:
            break
        if release is not latest:
            shown.append(release)
    return tuple(shown)


def _repository(package: Package, metadata: Metadata | None, github_url: str) -> Repository | None:
    if package.status is Status.QUARANTINED:
        return None
    return described.repository_of(package, metadata, github_url)
