"""The page of one release for people.

It says nothing that depends on other releases, on downloads or on other packages, so that it is written again only if
something happens to the release or to the package as a whole.
"""

from attrs import frozen

from domain.dependencies import DependencyGroup, dependencies
from domain.metadata import Metadata
from domain.owners import Owner, owner_of
from domain.package import Package, Status
from domain.site_settings import SiteSettings
from domain.views.about import About, Readme, about, readme_of
from domain.views.install_lines import InstallLine, install_lines, install_notes, pinned
from domain.views.latest import files_of
from domain.views.releases import Release, release_of

_YANKED = "This release is yanked: installers take it only because these lines ask for its exact version."


@frozen
class ReleasePage:
    """Everything a release's page shows.

    Attributes:
        name: canonical name of the package.
        spelling: as its owner spells it.
        owner: who published it, without a name that may change.
        install: lines that take this version and no other.
        install_notes: what to know before using those lines.
    """

    site: SiteSettings
    name: str
    spelling: str
    status: Status
    status_reason: str | None
    owner: Owner
    release: Release
    about: About
    install: tuple[InstallLine, ...]
    install_notes: tuple[str, ...]
    dependencies: tuple[DependencyGroup, ...]
    readme: Readme | None


def release_page(package: Package, label: str, metadata: Metadata, settings: SiteSettings) -> ReleasePage:
    """The page of a release.

    Args:
        package: its state.
        label: of a release that has files on offer, so not while the package is in quarantine.
        metadata: of the file that describes the release.
        settings: what the operator decided about pages.
    """
    release = release_of(package, files_of(package, label), settings.github_url)
    lines = install_lines(package.spelling, settings, release.label)
    pin = pinned(package.spelling, release.label, [file.sha256 for file in release.files], settings)
    notes = install_notes(settings, needs_others=None if metadata.requires_dist else False)
    return ReleasePage(
        site=settings,
        name=package.name,
        spelling=package.spelling,
        status=package.status,
        status_reason=package.status_reason or None,
        owner=owner_of(package.owner),
        release=release,
        about=about(metadata),
        install=(*lines, pin) if pin else lines,
        install_notes=notes if release.yanked is None else (*notes, _YANKED),
        dependencies=dependencies(metadata),
        readme=readme_of(metadata, release.sources_url),
    )
