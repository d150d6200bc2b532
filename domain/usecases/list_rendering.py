"""What the site must hold beside its packages' own pages, as a function of their rows and the settings."""

from collections.abc import Mapping, Sequence

from domain.browse import leaf_key
from domain.listing import Listing
from domain.owners import Owner
from domain.ports.catalogue import Catalogue
from domain.ports.pages import Pages
from domain.ports.usage_table import UsageTable
from domain.site_settings import SiteSettings
from domain.usecases.keys import (
    FEED_KEY,
    HOME_KEY,
    MY_KEY,
    NOT_FOUND_KEY,
    ROBOTS_KEY,
    ROOT_KEYS,
    SEARCH_KEY,
    STATISTICS_KEY,
    owner_key,
)
from domain.usecases.overview import Overview
from domain.views.browse_page import browse_indexes, browse_page
from domain.views.owner_page import owner_page
from domain.views.simple import simple_root_json
from domain.views.sitemap import robots, sitemap


class ListRendering:
    """Site keys and their bytes. Equal inputs give equal bytes at any time, so that `verify` can replay them."""

    def __init__(self, pages: Pages, settings: SiteSettings) -> None:
        self._pages = pages
        self._settings = settings

    def root(self, catalogue: Catalogue) -> Mapping[str, bytes]:
        """The list of all projects for installers."""
        names = list(catalogue.names())
        html = self._pages.simple_root(names)
        return dict(zip(ROOT_KEYS, (simple_root_json(names), html, html), strict=True))

    def for_people(self, catalogue: Catalogue, usage: UsageTable) -> Mapping[str, bytes]:
        """Home page, browsing's first page, feed and site map."""
        overview = Overview(catalogue)
        indexes = browse_indexes(overview.names, self._settings)
        return {
            HOME_KEY: self._pages.home(overview.home(usage, self._settings)),
            **{key: self._pages.browse_index(index) for key, index in indexes.items()},
            FEED_KEY: overview.feed(self._settings),
            **sitemap(overview.listed, self._settings),
        }

    def statistics(self, catalogue: Catalogue, usage: UsageTable, complete_through: str | None) -> Mapping[str, bytes]:
        """The figures of all packages together."""
        view = Overview(catalogue).statistics(usage, complete_through, self._settings)
        return {STATISTICS_KEY: self._pages.statistics(view)}

    def owner(self, owner: Owner, listings: Sequence[Listing]) -> Mapping[str, bytes]:
        """The packages of one account; none if it has none that are listed."""
        if not listings:
            return {}
        return {owner_key(owner.account): self._pages.owner(owner_page(owner, listings, self._settings))}

    def browse(self, prefix: str, listings: Sequence[Listing]) -> Mapping[str, bytes]:
        """One of the pages on which people browse."""
        return {leaf_key(prefix): self._pages.browse(browse_page(prefix, listings, self._settings))}

    def fixed(self) -> Mapping[str, bytes]:
        """What every site has, whatever its packages."""
        return {
            **self._pages.assets(),
            MY_KEY: self._pages.submitters(self._settings),
            SEARCH_KEY: self._pages.search(self._settings),
            NOT_FOUND_KEY: self._pages.not_found(self._settings),
            ROBOTS_KEY: robots(self._settings),
        }
