"""Listings and their postings in SQLite."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import starmap
from uuid import uuid4

from attrs import astuple, fields, frozen

from adapters.local.database import Database
from adapters.tokens import check_range, check_tokens
from domain.listing import Listing, Posting
from domain.ports.directory import Owed

_COLUMNS = ", ".join(field.name for field in fields(Listing))
_OF_LISTINGS = ", ".join(f"listings.{field.name}" for field in fields(Listing))
_PLACES = ", ".join("?" for _ in fields(Listing))
_ALL = -1


@frozen
class _Kept:
    listing: Listing
    tokens: frozenset[str]

    @property
    def postings(self) -> set[tuple[str, int, str]]:
        """The keys of its postings, in whose order they are found."""
        return {(token, -self.listing.downloads, self.listing.name) for token in self.tokens}


class SqliteDirectory:
    """A Directory in the same file as the events; `rebuild` derives it again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, name: str, listing: Listing | None, tokens: frozenset[str]) -> None:
        """Keep the listing under these tokens and no others; None removes it."""
        check_tokens(tokens)
        kept = _Kept(listing, tokens) if listing else None
        with self._database.transaction(derived=True) as connection:
            known = _kept(connection, name)
            if kept != known:
                _replace(connection, name, known, kept)

    def forget(self, name: str, tokens: Iterable[str]) -> None:
        """Remove the listing with its postings, and those under `tokens`."""
        with self._database.transaction(derived=True) as connection:
            # As bytes, because what the row says may be damaged, too.
            rows = connection.execute("SELECT CAST(tokens AS BLOB) FROM listings WHERE name = ?", (name,)).fetchall()
            with suppress(ValueError):
                tokens = {*tokens, *(token for (said,) in rows for token in _load(said))}
            connection.executemany(
                "DELETE FROM postings WHERE token = ? AND name = ?", [(token, name) for token in tokens]
            )
            connection.execute("DELETE FROM listings WHERE name = ?", (name,))

    def owe(self, names: Sequence[str]) -> None:
        """Note the pages of these packages as owed although no listing changed."""
        with self._database.transaction(derived=True) as connection:
            for name in names:
                if kept := _kept(connection, name):
                    _owe(connection, name, [kept])

    def owed(self, limit: int) -> Sequence[Owed]:
        """Some of the packages whose pages are owed, in the order of names."""
        found = self._database.rows("SELECT name, tokens, owners, mark FROM owed ORDER BY name LIMIT ?", (limit,))
        return [Owed(name, _load(tokens), _load(owners), mark) for name, tokens, owners, mark in found]

    def settle(self, owed: Sequence[Owed]) -> None:
        """Note that these pages are written. What changed since stays owed."""
        with self._database.transaction(derived=True) as connection:
            connection.executemany(
                "DELETE FROM owed WHERE name = ? AND mark = ?", [(one.name, one.mark) for one in owed]
            )

    def between(self, low: str, high: str, limit: int | None = None) -> Sequence[Posting]:
        """The first postings with low <= token < high, sorted by token."""
        check_range(low, high)
        found = self._database.rows(
            f"""
            SELECT token, {_OF_LISTINGS} FROM postings
            JOIN listings ON listings.name = postings.name AND -listings.downloads = postings.place
            WHERE token >= ? AND token < ? ORDER BY token, place, postings.name LIMIT ?
            """,  # noqa: S608 - ours
            (low, high, _ALL if limit is None else limit),
        )
        return [Posting(token, Listing(*row)) for token, *row in found]

    def tokens(self, name: str) -> frozenset[str]:
        """Those under which the package is told."""
        found = self._database.rows("SELECT tokens FROM listings WHERE name = ?", (name,))
        return _load(found[0][0]) if found else frozenset()

    def owned_by(self, owner: str) -> Sequence[Listing]:
        """The listings of one account's packages in the order of names."""
        found = self._database.rows(
            f"SELECT {_COLUMNS} FROM listings WHERE owner = ? ORDER BY name",  # noqa: S608 - ours
            (owner,),
        )
        return list(starmap(Listing, found))


def _kept(connection: sqlite3.Connection, name: str) -> _Kept | None:
    found = connection.execute(f"SELECT {_COLUMNS}, tokens FROM listings WHERE name = ?", (name,))  # noqa: S608 - ours
    return next((_Kept(Listing(*row), _load(tokens)) for *row, tokens in found), None)


def _replace(connection: sqlite3.Connection, name: str, known: _Kept | None, kept: _Kept | None) -> None:
    before, after = known.postings if known else set(), kept.postings if kept else set()
    connection.executemany("DELETE FROM postings WHERE token = ? AND place = ? AND name = ?", before - after)
    connection.executemany("INSERT OR IGNORE INTO postings (token, place, name) VALUES (?, ?, ?)", after - before)
    if kept:
        connection.execute(
            f"INSERT OR REPLACE INTO listings ({_COLUMNS}, tokens) VALUES ({_PLACES}, ?)",  # noqa: S608 - ours
            (*astuple(kept.listing), _text(kept.tokens)),
        )
    else:
        connection.execute("DELETE FROM listings WHERE name = ?", (name,))
    _owe(connection, name, [side for side in (known, kept) if side])


def _owe(connection: sqlite3.Connection, name: str, sides: Sequence[_Kept]) -> None:
    owed = connection.execute("SELECT tokens, owners FROM owed WHERE name = ?", (name,)).fetchone() or ("[]", "[]")
    tokens = _load(owed[0]).union(*(side.tokens for side in sides))
    owners = _load(owed[1]).union(side.listing.owner for side in sides)
    connection.execute(
        "INSERT OR REPLACE INTO owed (name, tokens, owners, mark) VALUES (?, ?, ?, ?)",
        (name, _text(tokens), _text(owners), uuid4().hex),
    )


def _text(texts: Iterable[str]) -> str:
    return json.dumps(sorted(texts), ensure_ascii=False)


def _load(text: str | bytes) -> frozenset[str]:
    return frozenset(json.loads(text))
