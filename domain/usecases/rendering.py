"""What the site must hold for a package, as a function of its state, its metadata blobs and the settings."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from attrs import frozen

from domain.artifacts import WHEEL_KIND
from domain.events import Event
from domain.metadata import Metadata, parse
from domain.package import File, Package, Status
from domain.ports.blobs import Blobs, blob_key
from domain.ports.catalogue import Entry
from domain.ports.pages import Pages
from domain.ports.usage_table import UsageRow
from domain.site_settings import SiteSettings
from domain.usage import Usage, day_of
from domain.views.described import Repository, repository_of
from domain.views.home import home_page
from domain.views.latest import describing_file, latest_release
from domain.views.legacy_json import legacy_json
from domain.views.package_page import package_page
from domain.views.simple import file_key, metadata_key, simple_json, simple_project, simple_root_json
from domain.views.stats import stats_json

_METADATA_KEPT = 64
HOME_KEY = "index.html"
MY_KEY = "my/index.html"
ROOT_KEYS = ("simple/index.v1_json", "simple/index.v1_html", "simple/index.html")


def installer_keys(name: str) -> tuple[str, ...]:
    """The pages of one project for installers, in the order in which they are written."""
    return (
        f"simple/{name}/index.v1_json",
        f"simple/{name}/index.v1_html",
        f"simple/{name}/index.html",
        f"pypi/{name}/json",
    )


def project_key(name: str) -> str:
    """The page of one project for people."""
    return f"project/{name}/index.html"


def stats_key(name: str) -> str:
    """The figures of one project."""
    return f"stats/{name}.json"


@frozen
class Offer:
    """The blob that a site key shows, and the digest of its bytes."""

    blob: str
    sha256: str


class Rendering:
    """Site keys and their bytes. Equal inputs give equal bytes at any time, so that `verify` can replay them."""

    def __init__(self, blobs: Blobs, pages: Pages, settings: SiteSettings) -> None:
        self._blobs = blobs
        self._pages = pages
        self._settings = settings
        # A blob never changes, and each change of a package needs its metadata for several pages.
        self._parsed = lru_cache(_METADATA_KEPT)(self._read_and_parse)

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

    def for_installers(self, package: Package, serial: int) -> Mapping[str, bytes]:
        """The project's pages for installers; none if it is not listed."""
        if not package.listed:
            return {}
        view = simple_project(package)
        html = self._pages.simple_project(view)
        legacy = legacy_json(package, self._metadata(package), self._settings, serial)
        return dict(zip(installer_keys(package.name), (simple_json(view), html, html, legacy), strict=True))

    def for_people(self, package: Package, usage: Usage) -> Mapping[str, bytes]:
        """The project's page and its figures; none if it is not listed."""
        if not package.listed:
            return {}
        view = package_page(package, self._metadata(package), self._settings, _settled(package, usage))
        return {project_key(package.name): self._pages.package(view), **self.stats(package, usage)}

    def stats(self, package: Package, usage: Usage) -> Mapping[str, bytes]:
        """The project's figures; none if it is not listed."""
        return {stats_key(package.name): stats_json(package.name, _settled(package, usage))} if package.listed else {}

    def entry(self, package: Package, events: Sequence[Event]) -> Entry:
        """The package's row for pages over all packages; quarantined projects are in none (PEP 792)."""
        metadata = self._metadata(package)
        times = [file.published.at for file in package.files.values()]
        return Entry(
            name=package.name,
            stream_version=len(events),
            listed=package.listed and package.status is not Status.QUARANTINED,
            spelling=package.spelling,
            owner=package.owner,
            latest=latest_release(package),
            summary=(metadata.summary if metadata else None) or "",
            updated=max(times, default=None),
            changed=max((event.at for event in events), default=None),
        )

    def repository(self, package: Package) -> Repository | None:
        """The repository that the package's page shows; none in quarantine."""
        if package.status is Status.QUARANTINED:
            return None
        return repository_of(package, self._metadata(package), self._settings.github_url)

    def root(self, entries: Iterable[Entry]) -> Mapping[str, bytes]:
        """The list of all projects for installers."""
        listed = [entry.name for entry in entries if entry.listed]
        html = self._pages.simple_root(listed)
        return dict(zip(ROOT_KEYS, (simple_root_json(listed), html, html), strict=True))

    def home(self, entries: Iterable[Entry], usage: Iterable[UsageRow]) -> Mapping[str, bytes]:
        """The list of all projects for people."""
        return {HOME_KEY: self._pages.home(home_page(entries, self._settings, usage))}

    def fixed(self) -> Mapping[str, bytes]:
        """What every site has, whatever its packages: style sheet, icons, and the page for submitters."""
        return {**self._pages.assets(), MY_KEY: self._pages.submitters(self._settings)}

    def _metadata(self, package: Package) -> Metadata | None:
        release = latest_release(package)
        file = describing_file(package, release) if release else None
        if file is None:
            return None
        return self._parsed(f"{_blob_of(package, file)}.metadata")

    def _read_and_parse(self, blob: str) -> Metadata:
        return parse(self._blobs.read(blob), strict=False)


def _settled(package: Package, usage: Usage) -> Usage:
    """What depends on the calendar for some time only, lest all pages are written again every night."""
    return usage.settled(max((day_of(file.published.at) for file in package.files.values()), default=""))


def _blob_of(package: Package, file: File) -> str:
    return blob_key(package.name, file.published.sha256, file.published.filename)
