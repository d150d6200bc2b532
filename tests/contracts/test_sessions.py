"""What every Sessions promises."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from domain.digests import Digests
from domain.ports.sessions import Sessions
from domain.sessions import (
    DeviceStarted,
    Grant,
    IdentityUsed,
    LoggedIn,
    LoginStarted,
    MintedToken,
    Session,
    UploadAccepted,
    UploadCompleted,
    UploadRefused,
    UploadReserved,
)
from tests.together import together

NOW = datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
KEY = "upload/1f"
RESERVED = UploadReserved("local:alice", "alice", ("spam", "eggs"), "spam-1.0.tar.gz", 7, "ab")


@pytest.mark.parametrize(
    "session",
    [
        RESERVED,
        UploadReserved("1", "Älice \U0001f40d", None, "spam-1.0.tar.gz", 0, "ab"),
        UploadReserved("1", "alice", (), "spam-1.0.tar.gz", 2**40, "ab"),
        UploadAccepted("spam-1.0.tar.gz", "Spam", "1.0", Digests("a", "b", "c"), 7, "d", ">=3.11"),
        UploadRefused("It is damaged. \u2028"),
        UploadCompleted(),
        LoginStarted("/project/spam/?a=b#\u2713"),
        LoggedIn("583231"),
        DeviceStarted("3584d8", "sls-pypi login on \u00e4pfel", 5.0, NOW, LATER),
        LoggedIn("583231", "AAAA-sealed_"),
        IdentityUsed(),
        MintedToken((Grant("583231", "1f"), Grant("local:alice", "2f"))),
    ],
)
def test_what_is_remembered_comes_back_equal(sessions: Sessions, session: Session) -> None:
    sessions.put(KEY, session, LATER)

    assert sessions.get(KEY, NOW) == session


def test_a_key_nobody_put_has_no_value(sessions: Sessions) -> None:
    sessions.put(f"{KEY}/more", RESERVED, LATER)

    assert sessions.get(KEY, NOW) is None


def test_a_value_takes_the_place_of_the_one_before(sessions: Sessions) -> None:
    sessions.put(KEY, RESERVED, NOW + timedelta(seconds=1))
    sessions.put(KEY, UploadCompleted(), LATER)

    assert sessions.get(KEY, NOW + timedelta(minutes=1)) == UploadCompleted()


def test_a_value_whose_time_is_over_is_forgotten(sessions: Sessions) -> None:
    sessions.put(KEY, RESERVED, NOW)
    sessions.put("other", UploadCompleted(), LATER)

    assert sessions.get(KEY, NOW - timedelta(microseconds=1)) == RESERVED
    assert sessions.get(KEY, NOW) is None
    assert sessions.get("other", NOW) == UploadCompleted()
    assert sessions.get(KEY, LATER) is None
    assert sessions.get("other", LATER) is None


def test_what_is_deleted_is_forgotten(sessions: Sessions) -> None:
    sessions.put(KEY, RESERVED, LATER)
    sessions.put("other", UploadCompleted(), LATER)

    sessions.delete(KEY)
    sessions.delete(KEY)

    assert sessions.get(KEY, NOW) is None
    assert sessions.get("other", NOW) == UploadCompleted()


def test_what_is_taken_is_forgotten(sessions: Sessions) -> None:
    sessions.put(KEY, RESERVED, LATER)
    sessions.put("other", UploadCompleted(), LATER)

    assert sessions.take(KEY, NOW) == RESERVED
    assert sessions.take(KEY, NOW) is None
    assert sessions.get(KEY, NOW) is None
    assert sessions.get("other", NOW) == UploadCompleted()


def test_what_is_over_cannot_be_taken(sessions: Sessions) -> None:
    sessions.put(KEY, RESERVED, NOW)
    sessions.put("other", UploadCompleted(), NOW + timedelta(microseconds=1))

    assert sessions.take(KEY, NOW) is None
    assert sessions.take("other", NOW) == UploadCompleted()
    assert sessions.take("nothing", NOW) is None


def test_what_is_added_is_there_and_nothing_takes_its_place(sessions: Sessions) -> None:
    assert sessions.add(KEY, RESERVED, LATER, NOW)
    assert not sessions.add(KEY, UploadCompleted(), LATER + timedelta(hours=1), LATER - timedelta(microseconds=1))

    assert sessions.get(KEY, NOW) == RESERVED
    assert sessions.get(KEY, LATER) is None


def test_what_was_put_is_not_added_again(sessions: Sessions) -> None:
    sessions.put(KEY, RESERVED, LATER)

    assert not sessions.add(KEY, UploadCompleted(), LATER, NOW)
    assert sessions.add(f"{KEY}/more", UploadCompleted(), LATER, NOW)
    assert sessions.get(KEY, NOW) == RESERVED


def test_what_is_over_or_forgotten_can_be_added(sessions: Sessions) -> None:
    sessions.put(KEY, RESERVED, NOW)
    sessions.put("other", RESERVED, LATER)
    sessions.delete("other")

    assert sessions.add(KEY, UploadCompleted(), LATER, NOW)
    assert sessions.add("other", UploadCompleted(), LATER, NOW)
    assert sessions.get(KEY, NOW) == sessions.get("other", NOW) == UploadCompleted()


def test_what_cannot_be_stored_is_refused_and_changes_nothing(sessions: Sessions) -> None:
    sessions.put(KEY, RESERVED, LATER)

    with pytest.raises(ValueError, match="no str"):
        sessions.put(KEY, UploadRefused(7), LATER)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no str"):
        sessions.add("other", UploadRefused(7), LATER, NOW)  # type: ignore[arg-type]

    assert sessions.get(KEY, NOW) == RESERVED


@pytest.mark.concurrent
def test_all_may_remember_at_the_same_time(sessions: Sessions) -> None:
    values = [UploadRefused(str(thread)) for thread in range(16)]
    own = [partial(sessions.put, f"{KEY}/{value.reason}", value, LATER) for value in values]
    shared = [partial(sessions.put, KEY, value, LATER) for value in values]

    assert together([*own, *shared]) == [None] * 32

    assert [sessions.get(f"{KEY}/{value.reason}", NOW) for value in values] == values
    assert sessions.get(KEY, NOW) in values


@pytest.mark.concurrent
def test_of_all_who_take_at_the_same_time_one_gets_it(sessions: Sessions) -> None:
    for _ in range(8):
        sessions.put(KEY, RESERVED, LATER)
        assert together([partial(sessions.take, KEY, NOW)] * 16).count(RESERVED) == 1


@pytest.mark.concurrent
def test_of_all_who_add_at_the_same_time_one_is_told_so(sessions: Sessions) -> None:
    for number in range(8):
        values = [UploadRefused(str(thread)) for thread in range(16)]
        added = together([partial(sessions.add, f"{KEY}/{number}", value, LATER, NOW) for value in values])

        assert added.count(True) == 1
        assert sessions.get(f"{KEY}/{number}", NOW) == values[added.index(True)]
