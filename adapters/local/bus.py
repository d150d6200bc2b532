"""Messages in SQLite, and the relay that derives them from events.

A message is one row for as long as it waits: publishing it again raises the row's generation, so that whoever handles
it meanwhile does not remove what came later. Each lane is a queue of its own with one worker, so that pages do not wait
for what takes long.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any

from attrs import frozen

from adapters.codec import decode_message, encode_message
from adapters.local.database import Database
from adapters.local.event_log import SqliteEventLog, recorded_after
from adapters.unreadable import Unreadable
from domain.events import Recorded
from domain.messages import Build, FetchFacts, Message, Page, PageStale

_ATTEMPTS = 8
_LONGEST_BACKOFF = 2.0**_ATTEMPTS
_PIECE = 500
_encoded = lru_cache(maxsize=1024)(encode_message)  # each package makes the lists of all of them due
# One ahead of the last event is damaged, and would let later ones pass unseen: then all are looked at again.
_CHECKPOINT = """
    SELECT CASE WHEN position > (SELECT coalesce(max(position), 0) FROM events) THEN 0 ELSE position END FROM relayed
"""
_IN_LANE = "SELECT key, type, data, generation, attempts, due, rowid FROM messages WHERE dead = 0 AND lane = :lane"
# What is due later than anything can be was written before the clock was set back. Each part is read in the order of an
# index, as far as the limit.
_TAKE = f"{_IN_LANE} AND due <= :now UNION ALL {_IN_LANE} AND due > :latest ORDER BY due, rowid LIMIT :limit"
_TAKE_EARLY = f"""
    {_IN_LANE} AND due <= :now
    UNION ALL {_IN_LANE} AND due > :now AND (attempts = 0 OR due > :latest) ORDER BY due, rowid LIMIT :limit
"""


class Lane(Enum):
    """Messages that wait for each other; values as the table's column says them."""

    PAGES = ""  # all that have no lane of their own
    FACTS = FetchFacts.__name__  # whoever handles these waits for others, who may never answer
    BUILDS = Build.__name__  # these take minutes


@frozen
class Delivery:
    """A message that somebody is handling.

    Attributes:
        generation: how often it was published since it began to wait.
        attempts: how often handling it has failed.
    """

    key: str
    message: Message
    generation: int
    attempts: int


@frozen
class DeadLetter:
    """A message that failed too often; `error` is what was said last."""

    key: str
    attempts: int
    error: str


class SqliteBus:
    """A MessageBus, and the queue behind it.

    Args:
        database: where events are too, so that consequences and checkpoint are written in one transaction.
        coalesce: seconds for which a message waits for equal ones: many uploads of one package are one page to write.
        now: seconds since 1970.

    Attributes:
        changes: is told of whatever this process publishes or appends.
    """

    def __init__(self, database: Database, coalesce: float = 1.0, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self.changes = database.changes
        self._coalesce = coalesce
        self._now = now

    def publish(self, messages: Sequence[Message]) -> None:
        """Hand the messages over; once this returns they survive a crash. A dead one is tried again."""
        if messages:
            with self._database.transaction(derived=True) as connection:
                self._publish(connection, messages)

    def relay(self, react: Callable[[Recorded], Sequence[Message]], limit: int = _PIECE) -> int:
        """Make due what follows from the next events; returns how many events these were.

        Whatever happens, each event's consequences are published once: they and the checkpoint are one transaction.
        """
        if not self.behind():
            return 0
        with self._database.transaction(derived=True) as connection:
            ((checkpoint,),) = connection.execute(_CHECKPOINT).fetchall()
            recorded, position = recorded_after(connection.execute, checkpoint, limit)
            # Equal messages of many events are one: sorted out here it costs no statement each.
            self._publish(connection, dict.fromkeys(message for each in recorded for message in react(each)))
            connection.execute("UPDATE relayed SET position = ?", (position,))
        return len(recorded)

    def behind(self) -> int:
        """How many events nobody has reacted to yet."""
        ((count,),) = self._database.rows(f"SELECT count(*) FROM events WHERE position > ({_CHECKPOINT})")  # noqa: S608
        return int(count)

    def unseen(self) -> Iterator[Recorded]:
        """The events nobody has reacted to yet."""
        ((position,),) = self._database.rows(_CHECKPOINT)
        return SqliteEventLog(self._database).after(position)

    def take(self, limit: int, *, early: bool = False, lane: Lane = Lane.PAGES) -> Sequence[Delivery]:
        """Up to `limit` messages that are due, oldest first. They wait on until `done` or `failed` is called.

        Args:
            limit: the most to take.
            early: those too that would wait for more to happen, but not those that failed before.
            lane: which ones.
        """
        now = self._now()
        rows = self._database.rows(
            _TAKE_EARLY if early else _TAKE,
            {"lane": lane.value, "now": now, "latest": now + self._longest_wait(), "limit": limit},
        )
        return [
            Delivery(key, message, generation, attempts)
            for (key, _, _, generation, attempts, _, _), message in self._readable(rows)
        ]

    def done(self, *deliveries: Delivery) -> None:
        """Remove the messages, but those that were published again since they were taken: these wait as if new."""
        if not deliveries:
            return
        with self._database.transaction(derived=True) as connection:
            for delivery in deliveries:
                removed = connection.execute(
                    "DELETE FROM messages WHERE key = ? AND generation = ?", (delivery.key, delivery.generation)
                )
                if not removed.rowcount:
                    connection.execute(
                        "UPDATE messages SET due = ?, attempts = 0, error = NULL WHERE key = ?",
                        (self._due(delivery.message), delivery.key),
                    )

    def failed(self, delivery: Delivery, error: str) -> None:
        """Try again in 2, 4, 8 ... seconds; after 8 attempts not before it is published again or revived."""
        with self._database.transaction(derived=True) as connection:
            connection.execute(
                """
                UPDATE messages SET attempts = attempts + 1, error = :error, dead = attempts + 1 >= :most,
                    due = :now + (2 << attempts) WHERE key = :key
                """,
                {"error": error, "most": _ATTEMPTS, "now": self._now(), "key": delivery.key},
            )

    def waiting(self) -> Sequence[Message]:
        """All messages that wait, due or not, oldest first."""
        rows = self._database.rows("SELECT key, type, data FROM messages WHERE dead = 0 ORDER BY due, rowid")
        return [message for _, message in self._readable(rows)]

    def stale(self, page: Page) -> Sequence[PageStale]:
        """The messages of this family that wait, due or not, oldest first; others, however many, are not decoded."""
        rows = self._database.rows(
            """
            SELECT key, type, data FROM messages
            WHERE dead = 0 AND type = ? AND CASE WHEN json_valid(data) THEN json_extract(data, '$.page') END = ?
            ORDER BY due, rowid
            """,
            (PageStale.__name__, page.value),
        )
        return [message for _, message in self._readable(rows) if isinstance(message, PageStale)]

    def pages_waiting(self) -> int:
        """How many messages wait that have no lane of their own."""
        query = "SELECT count(*) FROM messages WHERE dead = 0 AND lane = ?"
        ((count,),) = self._database.rows(query, (Lane.PAGES.value,))
        return int(count)

    def has_waiting(self, lane: Lane) -> bool:
        """Whether any message of the lane waits, due or not."""
        query = "SELECT EXISTS (SELECT 1 FROM messages WHERE dead = 0 AND lane = ?)"
        ((found,),) = self._database.rows(query, (lane.value,))
        return bool(found)

    def dead(self) -> Sequence[DeadLetter]:
        """The messages that failed too often."""
        rows = self._database.rows("SELECT key, attempts, error FROM messages WHERE dead = 1 ORDER BY rowid")
        return [DeadLetter(*row) for row in rows]

    def revive(self) -> int:
        """Try all dead messages again; returns how many."""
        with self._database.transaction(derived=True) as connection:
            revived = connection.execute(
                "UPDATE messages SET dead = 0, attempts = 0, due = ? WHERE dead = 1", (self._now(),)
            )
            return revived.rowcount

    def _publish(self, connection: sqlite3.Connection, messages: Iterable[Message]) -> None:
        for message in messages:
            type_name, data = _encoded(message)
            connection.execute(
                """
                INSERT INTO messages (key, type, data, generation, due) VALUES (?, ?, ?, 1, ?)
                ON CONFLICT (key) DO UPDATE SET generation = generation + 1, attempts = 0, error = NULL, dead = 0,
                    due = CASE WHEN dead THEN excluded.due ELSE min(due, excluded.due) END
                """,
                (f"{type_name} {data}", type_name, data, self._due(message)),
            )

    def _due(self, message: Message) -> float:
        # What makes many pages due goes before them: after them each would be written twice. Nothing equal to a build
        # is to be expected, and somebody waits for it.
        at_once = message == PageStale(Page.FIGURES) or isinstance(message, Build)
        return self._now() + (0 if at_once else self._coalesce)

    def _longest_wait(self) -> float:
        return max(self._coalesce, _LONGEST_BACKOFF)

    def _readable(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, ...], Message]]:
        """The rows with their messages; what another version left is put aside so that it holds up nothing."""
        for row in rows:
            key, type_name, data = row[:3]
            try:
                message = decode_message(type_name, data)
            except Unreadable as error:
                with self._database.transaction(derived=True) as connection:
                    connection.execute("UPDATE messages SET dead = 1, error = ? WHERE key = ?", (str(error), key))
            else:
                yield row, message
