"""Usage rows in a dictionary."""

import threading
from collections.abc import Iterator

from domain.ports.usage_table import UsageRow


class MemoryUsageTable:
    """A UsageTable."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, UsageRow] = {}

    def put(self, row: UsageRow) -> None:
        """Keep the row unless a newer one is there."""
        with self._lock:
            known = self._rows.get(row.name)
            if known is None or known.stamp <= row.stamp:
                self._rows[row.name] = row

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
        with self._lock:
            return iter([self._rows[name] for name in sorted(self._rows)])
