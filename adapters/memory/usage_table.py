"""Usage rows in a dictionary."""

import threading
from collections.abc import Iterator

from adapters.usage_totals import totals_of
from domain.usage_sums import UsageRow, UsageSummary, UsageTotals, added

_EMPTY = UsageSummary()


class MemoryUsageTable:
    """A UsageTable."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, tuple[UsageRow, UsageSummary]] = {}

    def put(self, row: UsageRow, summary: UsageSummary) -> None:
        """Keep both unless newer ones are there."""
        with self._lock:
            known = self._rows.get(row.name)
            if known is None or known[0].stamp <= row.stamp:
                self._rows[row.name] = row, summary

    def forget(self, name: str) -> None:
        """Remove row and summary, whatever they say."""
        with self._lock:
            self._rows.pop(name, None)

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
        with self._lock:
            return iter([self._rows[name][0] for name in sorted(self._rows)])

    def totals(self, most: int) -> UsageTotals:
        """The rows added up, and this number of those with most downloads."""
        return totals_of(self.rows(), most)

    def summaries(self) -> Iterator[tuple[str, UsageSummary]]:
        """The summaries that say anything, in the order of names."""
        with self._lock:
            return iter([(name, kept[1]) for name, kept in sorted(self._rows.items()) if kept[1] != _EMPTY])

    def summed(self) -> UsageSummary:
        """All summaries added up."""
        return added(summary for _, summary in self.summaries())
