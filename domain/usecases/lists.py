"""Pages over all packages. Messages about them are coalesced: however many packages changed, each is written once."""

from collections.abc import Iterator

from domain.browse import FOLDER
from domain.messages import Page, PageStale
from domain.ports.bus import MessageBus
from domain.ports.catalogue import Catalogue
from domain.ports.objects import Objects
from domain.ports.usage_table import UsageTable
from domain.usage import day_of, is_followed
from domain.usecases.keys import (
    FEED_KEY,
    HOME_KEY,
    ROOT_KEYS,
    STATISTICS_KEY,
)
from domain.usecases.list_rendering import ListRendering
from domain.usecases.search_nodes import SearchNodes
from domain.usecases.settling import Settling
from domain.usecases.usage_history import UsageHistory
from domain.views.browse_page import INDEX_KEY, is_index
from domain.views.sitemap import SITEMAP_KEY, SITEMAPS

_ABOUT_ALL = (HOME_KEY, INDEX_KEY, FEED_KEY, SITEMAP_KEY)


class Lists:
    """Writes these pages, and the objects that every site has whatever its packages."""

    def __init__(
        self,
        settling: Settling,
        objects: Objects,
        catalogue: Catalogue,
        usage_table: UsageTable,
        history: UsageHistory,
        bus: MessageBus,
        search: SearchNodes,
        rendering: ListRendering,
    ) -> None:
        self._settling = settling
        self._objects = objects
        self._catalogue = catalogue
        self._usage_table = usage_table
        self._history = history
        self._bus = bus
        self._search = search
        self._rendering = rendering

    def for_installers(self) -> None:
        """Write the list of all projects for installers."""
        self._settling.pages(ROOT_KEYS, lambda: self._rendering.root(self._catalogue))

    def for_people(self) -> None:
        """Write the home page and its like."""
        self._settling.pages(
            _ABOUT_ALL,
            lambda: self._rendering.for_people(self._catalogue, self._usage_table),
            self._pages_of_any_number,
        )

    def statistics(self) -> None:
        """Write the figures of all packages together."""
        self._settling.pages(
            (STATISTICS_KEY,),
            lambda: self._rendering.statistics(self._catalogue, self._usage_table, self._history.complete_through()),
        )

    def move_figures(self) -> None:
        """Another day is finished: make due the pages that show figures of the last days, and no others."""
        end = self._history.complete_through()
        if end is None:
            return
        # Where nothing was counted for months, pages stand as they were then.
        shown = self._history.shown_since()
        since = shown and min(shown, end)
        # Packages with downloads lately. The pages of all others have settled: they show zeros and stay as they are.
        moving = {row.name for row in self._usage_table.rows() if row.last_30_days or is_followed(row.latest, since)}
        # Packages with news lately, listed or not. No file is newer than its package's last event, and a deletion moves
        # pages as well. All rows are read for this, once a night.
        dated = ((entry.name, entry.changed or entry.updated) for entry in self._catalogue.entries())
        moving |= {name for name, changed in dated if changed and is_followed(day_of(changed), since)}
        pages = [PageStale(Page.PROJECT, name) for name in sorted(moving)]
        self._bus.publish([*pages, PageStale(Page.HOME), PageStale(Page.STATISTICS)])

    def ensure_start(self) -> None:
        """Write what every site has: what is fixed, and the lists that are not there."""
        for key, body in self._rendering.fixed().items():
            self._objects.put(key, body)
        if not all(map(self._objects.etag, ROOT_KEYS)):
            self.for_installers()
        if not all(map(self._objects.etag, _ABOUT_ALL)):
            self.for_people()
        if not self._objects.etag(STATISTICS_KEY):
            self.statistics()
        self._search.ensure_start()

    def _pages_of_any_number(self) -> Iterator[str]:
        """Those that are there of the pages whose number depends on how many packages there are."""
        yield from self._objects.keys(SITEMAPS)
        yield from filter(is_index, self._objects.keys(FOLDER))

    def forget_old_assets(self) -> None:
        """Remove style sheets that no page refers to any more, once all pages are written with the present ones."""
        present = self._rendering.fixed()
        for key in list(self._objects.keys("static/")):
            if key not in present:
                self._objects.delete(key)
