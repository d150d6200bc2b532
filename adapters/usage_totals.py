"""Rows of usage added up, where the table does not do it."""

from collections.abc import Iterable
from heapq import nsmallest

from domain.usage_sums import UsageRow, UsageTotals


def totals_of(rows: Iterable[UsageRow], most: int) -> UsageTotals:
    """The totals, and this number of rows with most downloads."""
    every = list(rows)
    used = [row for row in every if row.last_30_days]
    return UsageTotals(
        used=len(used),
        total=sum(row.total for row in every),
        last_30_days=sum(row.last_30_days for row in used),
        most=nsmallest(most, used, key=lambda row: (-row.last_30_days, -row.total, row.name)),
    )
