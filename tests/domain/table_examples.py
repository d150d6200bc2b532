"""Tables over all packages, filled with examples."""

from collections.abc import Iterable, Mapping

from adapters.memory.catalogue import MemoryCatalogue
from adapters.memory.usage_table import MemoryUsageTable
from domain.listing import Entry
from domain.usage import Usage
from domain.usage_sums import UsageRow, UsageSummary
from domain.usecases.overview import Overview
from domain.usecases.usage_history import row_of, summary_of

_EMPTY = UsageSummary()


def overview_of(entries: Iterable[Entry]) -> Overview:
    """A catalogue of these rows."""
    catalogue = MemoryCatalogue()
    for entry in entries:
        catalogue.put(entry)
    return Overview(catalogue)


def usage_rows(*rows: UsageRow, summaries: Mapping[str, UsageSummary] | None = None) -> MemoryUsageTable:
    """A table of these rows."""
    table = MemoryUsageTable()
    for row in rows:
        table.put(row, (summaries or {}).get(row.name, _EMPTY))
    return table


def usage_of(usage: Mapping[str, Usage]) -> MemoryUsageTable:
    """A table of what is known of these packages."""
    table = MemoryUsageTable()
    for name, one in usage.items():
        table.put(row_of(name, one), summary_of(one))
    return table
