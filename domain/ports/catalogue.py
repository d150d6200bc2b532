"""One row a package, for pages over all packages. A disposable projection."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from attrs import frozen


@frozen
class Entry:
    """What pages over all packages say about one.

    Attributes:
        name: canonical name, the key.
        stream_version: the package's version that the row shows; older rows never replace newer ones.
        listed: whether pages over all packages show it (`Package.is_in_lists`).
        latest: the version shown; None without files.
        updated: when the newest file was published; None without files.
        changed: when the package's last event happened; None in rows that older software wrote.
        newest: the version of the newest file, which need not be `latest`; None without files, or if older software
            wrote the row.
        standing: what speaks against choosing it (``deprecated``, ``archived``, ``yanked``); empty if nothing does.
        repository: ``owner/name`` on GitHub, from where it was submitted or which its metadata names; None if neither.
    """

    name: str
    stream_version: int
    listed: bool
    spelling: str
    owner: str
    latest: str | None
    summary: str
    updated: datetime | None
    changed: datetime | None = None
    newest: str | None = None
    standing: str = ""
    repository: str | None = None


class Listed(NamedTuple):
    """What most pages over all packages need of one that is listed: no more, as there may be very many.

    Attributes:
        name: canonical name.
        latest: the version shown; empty without files.
        updated: when the newest file was published, like ``2026-11-24T01:02:03.456789Z``; empty without files.
            Texts are in the order of times.
    """

    name: str
    owner: str
    latest: str
    updated: str

    @property
    def day(self) -> str:
        """The day of the newest file (UTC), like ``2026-11-24``; empty without files."""
        return self.updated[:10]


class Catalogue(Protocol):
    """Rows by canonical name."""

    def put(self, entry: Entry) -> None:
        """Keep the row unless a row of a newer stream version is there."""

    def forget(self, name: str) -> None:
        """Remove the row, whatever it says; for one that is damaged. Harmless if there is none."""

    def get(self, name: str) -> Entry | None:
        """The row of one package."""

    def entries(self) -> Iterator[Entry]:
        """All rows in the order of names, rows of unlisted packages too."""

    def names(self) -> Iterator[str]:
        """The names of what is listed, in their order."""

    def listed(self) -> Iterator[Listed]:
        """What is listed, in the order of names; far less to read than `entries`."""

    def owned_by(self, owner: str) -> Iterator[Entry]:
        """The rows of one account's packages in the order of names."""
