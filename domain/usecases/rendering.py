"""What the site must hold for a package, as a function of its state, its metadata blobs and the settings."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from domain.artifacts import WHEEL_KIND
from domain.events import Event
from domain.listing import Entry, Listing, listing_of
from domain.metadata import Metadata, parse
from domain.needs import Dependents, Need, needs_of
from domain.package import File, Package
from domain.ports.blobs import Blobs, blob_key
from domain.ports.pages import Pages
from domain.repository import RepositoryFacts
from domain.site_settings import SiteSettings
from domain.usage import Usage, day_of
from domain.usecases.keys import (
    badge_key,
    feed_key,
    installer_keys,
    project_key,
    release_key,
    stats_key,
    text_key,
)
from domain.views.badges import badges
from domain.views.described import Repository, repository_of
from domain.views.feeds import package_feed
from domain.views.latest import describing_file, latest_release, newest_release, standing_of
from domain.views.legacy_json import legacy_json
from domain.views.package_page import package_page
from domain.views.package_text import package_text
from domain.views.release_page import release_page
from domain.views.simple import file_key, metadata_key, simple_json, simple_project
from domain.views.stats import stats_json

_METADATA_KEPT = 64
_LARGEST_KEPT = 128 * 1024


@frozen
class Offer:
    """The blob that a site key shows, and the digest of its bytes."""

    blob: str
    sha256: str


@frozen
class Around:
    """What pages say about a package that its own events do not.

    Attributes:
        known: canonical names of what it needs that the index lists.
        login: what its owner is called.
        facts: None if nothing is known of its repository.
    """

    dependents: Dependents
    known: frozenset[str]
    login: str
    facts: RepositoryFacts | None


class Rendering:
    """Site keys and their bytes. Equal inputs give equal bytes at any time, so that `verify` can replay them."""

    def __init__(self, blobs: Blobs, pages: Pages, settings: SiteSettings) -> None:
        self._blobs = blobs
        self._pages = pages
        self._settings = settings
        # A blob never changes, and each change of a package needs its metadata for several pages.
        # What was asked for last is at the end. Threads share it: each call changes it as a whole, and none relies on
        # what another left.
        self._kept: OrderedDict[tuple[str, str], Metadata] = OrderedDict()

    def files(self, package: Package) -> Mapping[str, Offer]:
        """What each file's key shows; core metadata beside wheels."""
        offers: dict[str, Offer] = {}
        for file in package.offered:
            published = file.published
            blob = _blob_of(package, file)
            offers[file_key(package.name, published)] = Offer(blob, published.sha256)
            if published.kind == WHEEL_KIND:
                offers[metadata_key(package.name, published)] = Offer(f"{blob}.metadata", published.metadata_sha256)
        return offers

    def kept(self, package: Package) -> Iterable[Offer]:
        """The blobs of all files, also while they are offered to nobody, with the core metadata of each."""
        for file in package.files.values():
            blob = _blob_of(package, file)
            yield Offer(blob, file.published.sha256)
            yield Offer(f"{blob}.metadata", file.published.metadata_sha256)

    def for_installers(self, package: Package, serial: int) -> Mapping[str, bytes]:
        """The project's pages for installers; none if it was withdrawn."""
        if not package.has_pages:
            return {}
        view = simple_project(package, serial)
        html = self._pages.simple_project(view)
        legacy = legacy_json(package, self._metadata(package), self._settings, serial)
        return dict(zip(installer_keys(package.name), (simple_json(view), html, html, legacy), strict=True))

    def for_people(self, package: Package, usage: Usage, around: Around) -> Mapping[str, bytes]:
        """The project's page, its twins, badges and figures; none if it was withdrawn."""
        if not package.has_pages:
            return {}
        metadata = self._metadata(package)
        view = package_page(
            package,
            metadata,
            self._settings,
            _settled(package, usage),
            around.dependents,
            around.facts,
            login=around.login,
            known=around.known,
        )
        pictures = {badge_key(package.name, kind): body for kind, body in badges(view).items()}
        return {
            project_key(package.name): self._pages.package(view),
            text_key(package.name): package_text(view),
            feed_key(package.name): package_feed(view),
            **pictures,
            **self.stats(package, usage),
        }

    def releases(self, package: Package, labels: Iterable[str]) -> Mapping[str, bytes]:
        """The pages of those of the releases that installers may see."""
        offered = labels_of(package)
        return {release_key(package.name, label): self._release(package, label) for label in labels if label in offered}

    def stats(self, package: Package, usage: Usage) -> Mapping[str, bytes]:
        """The project's figures; none if it was withdrawn."""
        if not package.has_pages:
            return {}
        return {stats_key(package.name): stats_json(package.name, _settled(package, usage))}

    def entry(self, package: Package, events: Sequence[Event]) -> Entry:
        """The package's row for pages over all packages."""
        metadata = self._metadata(package)
        times = [file.published.at for file in package.files.values()]
        repository = repository_of(package, metadata, self._settings.github_url)
        return Entry(
            name=package.name,
            stream_version=len(events),
            listed=package.is_in_lists,
            spelling=package.spelling,
            owner=package.owner,
            latest=latest_release(package),
            summary=(metadata.summary if metadata else None) or "",
            updated=max(times, default=None),
            changed=max((event.at for event in events), default=None),
            newest=newest_release(package),
            standing=standing_of(package),
            repository=repository.full_name if repository else None,
        )

    def listing(self, entry: Entry, package: Package, usage: Usage) -> Listing | None:
        """What lists and search results say about the package; None if it is in none."""
        return listing_of(entry, _settled(package, usage).last_30_days)

    def needs(self, package: Package) -> tuple[Need, ...]:
        """What the package's latest release requires; nothing if it was withdrawn."""
        metadata = self._metadata(package) if package.has_pages else None
        return needs_of(package.name, package.spelling, metadata) if metadata else ()

    def repository(self, package: Package) -> Repository | None:
        """Where its source is, if that is known."""
        return repository_of(package, self._metadata(package), self._settings.github_url)

    def _release(self, package: Package, label: str) -> bytes:
        metadata = self._metadata(package, label)
        if metadata is None:
            raise LookupError(label)
        view = release_page(package, label, metadata, self._settings)
        return self._pages.release(view)

    def _metadata(self, package: Package, release: str | None = None) -> Metadata | None:
        """Of the latest release, or of another."""
        release = release or latest_release(package)
        file = describing_file(package, release) if release else None
        if file is None:
            return None
        return self._parsed(f"{_blob_of(package, file)}.metadata", file.published.metadata_sha256)

    def _parsed(self, blob: str, sha256: str) -> Metadata:
        kept = self._kept.pop((blob, sha256), None)
        if kept is not None:
            self._kept[blob, sha256] = kept
            return kept
        body = self._blobs.read(blob)
        if hashlib.sha256(body).hexdigest() != sha256:
            raise LookupError(blob)  # nothing is made of damaged bytes
        metadata = parse(body, strict=False)
        # What is parsed takes many times the room of its bytes.
        if len(body) <= _LARGEST_KEPT:
            self._kept[blob, sha256] = metadata
            while len(self._kept) > _METADATA_KEPT:
                self._kept.popitem(last=False)
        return metadata


def labels_of(package: Package) -> tuple[str, ...]:
    """The releases that installers may see, oldest first."""
    return tuple(files[0].published.version for files in package.releases)


def _settled(package: Package, usage: Usage) -> Usage:
    """What depends on the calendar for some time only, lest all pages are written again every night."""
    return usage.settled(day_of(package.last_published) if package.last_published else "")


def _blob_of(package: Package, file: File) -> str:
    return blob_key(package.name, file.published.sha256, file.published.filename)
