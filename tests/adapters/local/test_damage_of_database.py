"""What SQLite says of a file in which bytes changed."""

from contextlib import closing
from pathlib import Path

from adapters.local.database import Database


def test_a_whole_file_has_no_damage(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "events.db")) as database:
        assert database.damage() == []
        assert database.damage(quickly=True) == []


def test_a_changed_page_is_named(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    with closing(Database(path)) as database:
        with database.transaction() as connection:
            connection.executemany(
                "INSERT INTO claims VALUES (?, ?)", [(f"claim-{n:05}", f"package/p{n}") for n in range(5000)]
            )
        (root,) = database.rows("SELECT rootpage FROM sqlite_master WHERE name = 'claims'")[0]
        database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    body = bytearray(path.read_bytes())
    at = (root - 1) * 4096
    body[at + 100 : at + 200] = bytes(100)
    body[at + 3] ^= 0xFF
    path.write_bytes(body)
    with closing(Database(path)) as database:
        assert database.damage()
