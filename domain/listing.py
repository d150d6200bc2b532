"""What lists, search results and other pages over all packages say about one."""

from datetime import UTC, datetime
from typing import NamedTuple

from attrs import frozen

from domain.wording import shortened

_LONGEST_SUMMARY = 80
_STEPS = (5, 2, 1)


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


@frozen
class Listing:
    """What lists and search results say about a package.

    Attributes:
        name: canonical name, the key.
        spelling: as its owner spells it.
        owner: account key.
        latest: the version shown; empty without files.
        summary: one short line; may be empty.
        updated: the day of the newest file, like ``2026-11-24``; empty without files.
        downloads: of the last 30 finished days, rounded down to a figure that seldom changes.
        standing: what speaks against choosing it, in a word; empty if nothing.
    """

    name: str
    spelling: str
    owner: str
    latest: str
    summary: str
    updated: str
    downloads: int
    standing: str = ""


@frozen
class Posting:
    """A listing under one of its tokens. Of equal tokens those with more downloads come first, then by name."""

    token: str
    listing: Listing


def listing_of(entry: Entry, last_30_days: int) -> Listing | None:
    """The package's listing; None if lists do not show it.

    Args:
        entry: the package's row.
        last_30_days: its downloads of the last finished days.
    """
    if not entry.listed:
        return None
    return Listing(
        name=entry.name,
        spelling=entry.spelling,
        owner=entry.owner,
        latest=entry.latest or "",
        summary=shortened(_printable(entry.summary), _LONGEST_SUMMARY),
        updated=entry.updated.astimezone(UTC).date().isoformat() if entry.updated else "",
        downloads=rounded_down(last_30_days),
        standing=entry.standing,
    )


def rounded_down(figure: int) -> int:
    """To 1, 2 or 5 times a power of ten: each night changes all figures, and few of these."""
    if figure <= 0:
        return 0
    power: int = 10 ** (len(str(figure)) - 1)
    return next(step * power for step in _STEPS if step * power <= figure)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
