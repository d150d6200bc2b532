"""Usage rows in a dictionary."""

import threading
from collections.abc import Collection, Iterator, Mapping

from adapters.usage_totals import totals_of
from domain.usage_sums import UsageBrief, UsageRow, UsageSummary, UsageTotals, added

_EMPTY = UsageSummary()


class MemoryUsageTable:
    """A UsageTable."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, tuple[UsageRow, UsageSummary]] = {}
        self._briefs: dict[str, UsageBrief] = {}

    def put(self, row: UsageRow, summary: UsageSummary) -> None:
        """Keep both unless newer ones are there."""
        with self._lock:
            known = self._rows.get(row.name)
            if known is None or known[0].stamp <= row.stamp:
                self._rows[row.name] = row, summary

    def forget(self, name: str) -> None:
        """Remove row, summary and brief, whatever they say."""
        with self._lock:
            self._rows.pop(name, None)
            self._briefs.pop(name, None)

    def put_brief(self, brief: UsageBrief) -> None:
        """Keep it unless a newer one is there."""
        with self._lock:
            known = self._briefs.get(brief.name)
            if known is None or known.stamp <= brief.stamp:
                self._briefs[brief.name] = brief

    def briefs_of(self, names: Collection[str]) -> Mapping[str, UsageBrief]:
        """The briefs of those of these packages that have one."""
        with self._lock:
            return {name: self._briefs[name] for name in names if name in self._briefs}

    def briefs(self) -> Iterator[UsageBrief]:
        """All briefs in the order of names."""
        with self._lock:
            return iter([self._briefs[name] for name in sorted(self._briefs)])

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
