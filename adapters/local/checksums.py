"""Checksums of what cannot be derived again: SQLite notices changed bytes of its structure only, and pages show some.

They are for accidents. Whoever can write the file can write them as well.
"""

import sqlite3
import zlib
from collections.abc import Callable, Sequence

# As bytes, because damaged text may be no text at all; some lines of each kind tell enough.
_CHANGED_EVENTS = """
    SELECT position, CAST(stream AS BLOB) FROM events WHERE checksum <> checksum_of(
        CAST(stream AS BLOB), CAST(version AS BLOB), CAST(type AS BLOB), CAST(schema AS BLOB), CAST(data AS BLOB)
    ) LIMIT 5
"""
_CHANGED_CLAIMS = """
    SELECT CAST(claim AS BLOB) FROM claims
    WHERE checksum <> checksum_of(CAST(claim AS BLOB), CAST(stream AS BLOB)) LIMIT 5
"""
# Versions are counted from 1, and each is there once.
_TORN = """
    SELECT CAST(stream AS BLOB) FROM events GROUP BY stream HAVING count(*) <> max(version) OR min(version) <> 1 LIMIT 5
"""


class NoText(sqlite3.OperationalError, ValueError):
    """A column that is to hold text holds other bytes, as only damage puts there."""


def checksum(*values: str | int) -> int:
    """What the column is to hold beside these values."""
    return _of_bytes(*(str(value).encode() for value in values))


def make_known(connection: sqlite3.Connection) -> None:
    """Let SQL on this connection say `checksum_of`."""
    connection.create_function("checksum_of", -1, _of_bytes, deterministic=True)


def changed(rows: Callable[[str], Sequence[tuple[object, ...]]]) -> Sequence[str]:
    """Events and claims that are not as they were written, a line each, some of each kind at most."""
    return [
        *(
            f"event {position}, of {_name(stream)}, is not as it was written"
            for position, stream in rows(_CHANGED_EVENTS)
        ),
        *(f"events of {_name(stream)} are missing" for (stream,) in rows(_TORN)),
        *(f"the claim {_name(claim)} is not as it was written" for (claim,) in rows(_CHANGED_CLAIMS)),
    ]


def _of_bytes(*values: bytes | None) -> int:
    # Lengths first, so that nothing moves from one value into the next.
    parts = [value or b"" for value in values]
    return zlib.crc32(b"\0".join((",".join(str(len(part)) for part in parts).encode(), *parts)))


def _name(stored: object) -> str:
    return repr(stored.decode(errors="replace")) if isinstance(stored, bytes) else repr(stored)
