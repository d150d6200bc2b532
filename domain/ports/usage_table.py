"""What is kept of each package that was ever downloaded. A disposable projection."""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from domain.usage_sums import UsageBrief, UsageRow, UsageSummary, UsageTotals


class UsageTable(Protocol):
    """Rows, summaries and briefs by canonical name."""

    def put(self, row: UsageRow, summary: UsageSummary) -> None:
        """Keep the row and the summary, each unless one with a greater stamp is there.

        They may be seen one without the other for a moment, and after a crash until the row is put again.
        """

    def forget(self, name: str) -> None:
        """Remove row, summary and brief, whatever they say; for those that are damaged. Harmless if there are none."""

    def put_brief(self, brief: UsageBrief) -> None:
        """Keep the brief unless one with a greater stamp is there."""

    def briefs_of(self, names: Collection[str]) -> Mapping[str, UsageBrief]:
        """The briefs of those of these packages that have one; there may be thousands."""

    def briefs(self) -> Iterator[UsageBrief]:
        """All briefs in the order of names."""

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""

    def totals(self, most: int) -> UsageTotals:
        """The rows added up, and this number of those with most downloads."""

    def summaries(self) -> Iterator[tuple[str, UsageSummary]]:
        """The summaries that say anything by name, in the order of names; much more to read than `rows`."""

    def summed(self) -> UsageSummary:
        """All summaries added up."""
