"""One row a package that was ever downloaded, for pages over all packages. A disposable projection."""

from collections.abc import Iterator
from typing import Protocol

from attrs import frozen


@frozen
class UsageRow:
    """The figures of one package.

    Attributes:
        name: canonical name, the key.
        stamp: grows with what the row is derived from (`domain.usage.Usage.stamp`).
        total: downloads of all days.
        last_30_days: downloads of the 30 days that end with the last finished one.
        latest: the last day with a download, like ``2026-11-24``; empty if there was none.
    """

    name: str
    stamp: str
    total: int
    last_30_days: int
    latest: str


class UsageTable(Protocol):
    """Rows by canonical name."""

    def put(self, row: UsageRow) -> None:
        """Keep the row unless a row with a greater stamp is there."""

    def rows(self) -> Iterator[UsageRow]:
        """All rows in the order of names."""
