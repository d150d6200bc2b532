"""The packages of the index, read once for all pages that are made together."""

from collections.abc import Iterable, Sequence
from heapq import nlargest

from domain.listing import Entry
from domain.ports.catalogue import Catalogue
from domain.ports.usage_table import UsageTable
from domain.site_settings import SiteSettings
from domain.views.feeds import MOST_NEWS, index_feed
from domain.views.home import MOST_ENTRIES, MOST_POPULAR, MOST_RECENT, HomePage, home_page
from domain.views.statistics_page import MOST_RANKED, StatisticsPage, statistics_page


class Overview:
    """Gives the views of all packages together what they show.

    Attributes:
        listed: what is listed, in the order of names.
        names: their canonical names.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        """Read what is listed."""
        self._catalogue = catalogue
        self.listed = tuple(catalogue.listed())
        self.names: Sequence[str] = [one.name for one in self.listed]

    def home(self, usage: UsageTable, settings: SiteSettings) -> HomePage:
        """The home page."""
        totals = usage.totals(MOST_POPULAR)
        return home_page(
            names=self.names,
            entries=self._all() if len(self.names) <= MOST_ENTRIES else (),
            newest=self._newest(MOST_RECENT),
            popular=self._rows(row.name for row in totals.most),
            totals=totals,
            settings=settings,
        )

    def statistics(self, usage: UsageTable, complete_through: str | None, settings: SiteSettings) -> StatisticsPage:
        """The figures; `complete_through` is the last finished day."""
        sums, totals = usage.summed(), usage.totals(MOST_RANKED)
        return statistics_page(
            listed=self.listed,
            popular=self._rows(row.name for row in totals.most),
            sums=sums,
            totals=totals,
            complete_through=complete_through,
            settings=settings,
        )

    def feed(self, settings: SiteSettings) -> bytes:
        """What was published last."""
        return index_feed(self._newest(MOST_NEWS), settings)

    def _all(self) -> Sequence[Entry]:
        """The rows of all that are listed, in the order of names."""
        return [entry for entry in self._catalogue.entries() if entry.listed]

    def _newest(self, limit: int) -> Sequence[Entry]:
        """The rows of those with files that were published last, newest first, then by name."""
        # Of equals those come first that come first by name.
        dated = nlargest(limit, (one for one in self.listed if one.updated and one.latest), key=lambda one: one.updated)
        return self._rows(one.name for one in dated)

    def _rows(self, names: Iterable[str]) -> Sequence[Entry]:
        """The rows of these packages, without those that are listed no more."""
        found = map(self._catalogue.get, names)
        return [entry for entry in found if entry is not None and entry.listed]
