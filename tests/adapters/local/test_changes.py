import threading
from contextlib import closing
from pathlib import Path

from adapters.local.changes import Changes
from adapters.local.database import Database

EVER = 3600.0


def test_what_was_told_since_one_looked_is_not_waited_for() -> None:
    changes = Changes()
    seen = changes.number
    changes.tell()
    changes.wait(seen, threading.Event(), least=0, most=EVER)


def test_who_is_to_stop_does_not_wait_for_the_least_either() -> None:
    stop = threading.Event()
    stop.set()
    Changes().wait(0, stop, least=EVER, most=EVER)


def test_nobody_waits_for_longer_than_the_most() -> None:
    Changes().wait(0, threading.Event(), least=0, most=0)


def test_a_transaction_is_told_once_it_is_over(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "events.db")) as database:
        seen = database.changes.number
        with database.transaction() as connection:
            connection.execute("UPDATE relayed SET position = 0")
            assert database.changes.number == seen
        assert database.changes.number == seen + 1
