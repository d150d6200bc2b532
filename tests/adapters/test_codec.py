"""Whatever was stored once can be read for ever."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import get_args

import freezegun
import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from adapters import records
from adapters.codec import (
    EVENTS,
    UPCASTERS,
    decode,
    decode_message,
    encode,
    encode_message,
    newest_schema,
)
from adapters.records import Damaged, Json, from_json, to_json
from adapters.session_codec import decode_session, encode_session
from adapters.unreadable import Unreadable
from domain.events import Event, FileYanked, PackageSubmitted, SubmitterRegistered, TokenIssued
from domain.messages import CountDownloads, Message, Page, PageStale
from domain.sessions import LogsCounted, QueryStarted, RequesterKey, Session
from tests.strategies import events, instances

AT = datetime(2026, 11, 24, 20, 15, 1, 123456, tzinfo=UTC)
GOLDEN = Path(__file__).parent.parent / "golden"
STORED = sorted(GOLDEN.glob("*.json"))


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_what_was_ever_stored_loads_for_ever(path: Path) -> None:
    stored = json.loads(path.read_text())
    assert path.name == f"{stored['type']}.v{stored['schema']}.json"

    event = decode(stored["type"], stored["schema"], json.dumps(stored["data"]))

    assert type(event).__name__ == stored["type"]
    if stored["schema"] == newest_schema(stored["type"]):
        # Nothing that was said is lost or said otherwise; fields that came later may be added.
        again = json.loads(encode(event)[2])
        assert again | stored["data"] == again


@pytest.mark.parametrize("name", EVENTS)
def test_every_type_has_a_golden_file_of_each_of_its_schemas(name: str) -> None:
    expected = [GOLDEN / f"{name}.v{schema}.json" for schema in range(1, newest_schema(name) + 1)]

    assert [path for path in STORED if re.fullmatch(rf"{name}\.v\d+", path.stem)] == sorted(expected)


def test_every_golden_file_is_of_a_type_that_exists() -> None:
    assert {path.name.partition(".")[0] for path in STORED} == set(EVENTS)


@given(events())
def test_every_event_comes_back_equal(event: Event) -> None:
    stored = encode(event)

    assert decode(*stored) == event
    assert encode(decode(*stored)) == stored
    assert stored[2].encode().decode() == stored[2]


def test_an_event_is_stored_under_its_bare_name_as_plain_json() -> None:
    issued = TokenIssued("1", "ab", "läptop", ("spam", "eggs"), AT)

    assert encode(issued) == (
        "TokenIssued",
        1,
        '{"id":"1","sha256":"ab","name":"läptop","packages":["spam","eggs"],"at":"2026-11-24T20:15:01.123456Z"}',
    )


def test_whole_seconds_are_stored_with_microseconds_too() -> None:
    assert '"2026-11-24T20:15:01.000000Z"' in encode(SubmitterRegistered("alice", AT.replace(microsecond=0)))[2]


def test_an_absent_field_takes_its_default() -> None:
    assert decode("PackageSubmitted", 1, '{"name":"Spam","owner":"1","at":"2026-11-24T20:15:01.123456Z"}') == (
        PackageSubmitted("Spam", "1", AT)
    )


def test_a_field_that_nobody_knows_is_ignored() -> None:
    data = '{"login":"alice","at":"2026-11-24T20:15:01.123456Z","shoe_size":42}'

    assert decode("SubmitterRegistered", 1, data) == SubmitterRegistered("alice", AT)


@pytest.mark.parametrize(
    "at",
    [AT.replace(tzinfo=None), AT.astimezone(timezone(timedelta(hours=1)))],
    ids=["naive", "elsewhere"],
)
def test_a_time_that_is_not_in_utc_is_refused(at: datetime) -> None:
    with pytest.raises(Damaged, match=r"^at: .* is not in UTC$"):
        encode(SubmitterRegistered("alice", at))


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (SubmitterRegistered("\ud800", AT), "login: '\\ud800' is not Unicode"),
        (SubmitterRegistered(7, AT), "login: 7 is no str"),  # type: ignore[arg-type]
        (SubmitterRegistered("alice", "now"), "at: 'now' is no datetime"),  # type: ignore[arg-type]
        (TokenIssued("1", "ab", "x", ["spam"], AT), "packages: ['spam'] is no tuple"),  # type: ignore[arg-type]
        (TokenIssued("1", "ab", "x", (None,), AT), "packages: None is no str"),  # type: ignore[arg-type]
    ],
)
def test_what_a_field_does_not_allow_is_refused_before_it_is_stored(event: Event, told: str) -> None:
    with pytest.raises(Damaged) as raised:
        encode(event)

    assert str(raised.value) == told


@pytest.mark.parametrize(("name", "schema"), [("PackageRenamed", 1), ("PackageSubmitted", 2)])
def test_what_a_newer_version_stored_asks_to_upgrade(name: str, schema: int) -> None:
    with pytest.raises(Unreadable, match=rf"event {name} of schema {schema}.*Upgrade sls-pypi\."):
        decode(name, schema, "{}")


@pytest.mark.parametrize(
    "data",
    ["", "[]", "null", "{}", '{"login":"alice"}', '{"login":1,"at":"2026-11-24T00:00:00Z"}']
    + [f'{{"login":"alice","at":{at}}}' for at in ('"yesterday"', "7", '"2026-11-24T00:00:00"', "null")],
)
def test_what_is_damaged_is_named(data: str) -> None:
    with pytest.raises(Unreadable, match="event SubmitterRegistered of schema 1 is damaged: "):
        decode("SubmitterRegistered", 1, data)


def test_older_schemas_are_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def named(data: Json) -> Json:
        return {"login": data.pop("user"), **data}

    def lowered(data: Json) -> Json:
        return {**data, "login": data["login"].lower()}

    monkeypatch.setitem(UPCASTERS, ("SubmitterRegistered", 1), named)
    monkeypatch.setitem(UPCASTERS, ("SubmitterRegistered", 2), lowered)
    at = "2026-11-24T20:15:01.123456Z"

    assert newest_schema("SubmitterRegistered") == 3
    assert encode(SubmitterRegistered("alice", AT))[1] == 3
    for schema, login in ((1, {"user": "ALICE"}), (2, {"login": "ALICE"}), (3, {"login": "alice"})):
        assert decode("SubmitterRegistered", schema, json.dumps(login | {"at": at})) == SubmitterRegistered("alice", AT)
    with pytest.raises(Unreadable, match="Upgrade"):
        decode("SubmitterRegistered", 4, "{}")
    with pytest.raises(Unreadable, match="damaged"):
        decode("SubmitterRegistered", 1, "[]")


def test_frozen_time_changes_nothing() -> None:
    event = FileYanked("f", "why", AT, "1")
    stored = encode(event)

    with freezegun.freeze_time(AT):
        assert decode(*stored) == event
        assert encode(decode(*stored)) == stored
        assert encode(evolve(event, at=datetime.now(UTC))) == stored
        assert from_json(_moment(), to_json(_moment()(AT))).at == AT
        # Classes from before, seen for the first time: the datetime that they name is no longer the one of that name.
        records._fields.cache_clear()  # type: ignore[attr-defined]
        assert decode(*encode(event)) == event
    assert encode(decode(*stored)) == stored


def _moment() -> type:
    """A class that is first seen now."""

    @frozen
    class Moment:
        at: datetime

    return Moment


@given(st.one_of([instances(kind) for kind in get_args(Message)]))
def test_every_message_comes_back_equal(message: Message) -> None:
    assert decode_message(*encode_message(message)) == message


def test_a_message_is_stored_as_plain_json() -> None:
    assert encode_message(PageStale(Page.RELEASE, "spam", "1.0")) == (
        "PageStale",
        '{"page":"release","name":"spam","version":"1.0"}',
    )


def test_a_batch_to_be_counted_is_stored_as_plain_json() -> None:
    assert encode_message(CountDownloads("2026-11-24", ("eggs", "spam"), 2, 3, "tonight")) == (
        "CountDownloads",
        '{"day":"2026-11-24","packages":["eggs","spam"],"number":2,"of":3,"announced":"tonight"}',
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [("PageFresh", "{}"), ("PageStale", '{"page":"moon"}'), ("PageStale", ""), ("CountDownloads", '{"day":7}')],
)
def test_a_message_of_another_version_is_named(name: str, data: str) -> None:
    with pytest.raises(Unreadable, match=name):
        decode_message(name, data)


@given(st.one_of([instances(kind) for kind in get_args(Session)]))
def test_every_session_comes_back_equal(session: Session) -> None:
    assert decode_session(*encode_session(session)) == session


@pytest.mark.parametrize(
    "session",
    [
        RequesterKey("k"),
        QueryStarted("2026-11-24", (), 1, 1),
        QueryStarted("2026-11-24", ("a", "b"), 2, 3),
        LogsCounted("s"),
    ],
    ids=repr,
)
def test_what_counting_remembers_from_night_to_night_comes_back_equal(session: Session) -> None:
    name, data = encode_session(session)

    assert name == type(session).__name__
    assert decode_session(name, json.dumps(json.loads(data))) == session


@pytest.mark.parametrize(("name", "data"), [("PageStale", "{}"), ("UploadRefused", "{}"), ("UploadCompleted", "")])
def test_a_session_of_another_version_is_named(name: str, data: str) -> None:
    with pytest.raises(Unreadable, match=f"session {name}"):
        decode_session(name, data)


class Colour(StrEnum):
    RED = "red"


@frozen
class Part:
    weight: float
    colour: Colour | None = None


@frozen
class Whole:
    parts: tuple[Part, ...]
    counts: Mapping[str, int]
    sides: dict[str, tuple[bool, ...]]


def test_records_may_hold_records_maps_and_enums() -> None:
    whole = Whole((Part(1.5, Colour.RED), Part(2.0)), {"a": 1}, {"left": (True, False)})

    data = to_json(whole)

    assert json.loads(json.dumps(data)) == data
    assert data["parts"] == [{"weight": 1.5, "colour": "red"}, {"weight": 2.0, "colour": None}]
    assert from_json(Whole, data) == whole


@pytest.mark.parametrize(
    "change",
    [{"counts": {"a": True}}, {"counts": {"a": 1.0}}, {"counts": [1]}, {"parts": [1]}, {"sides": {"left": [1]}}],
)
def test_values_of_another_type_are_refused(change: Json) -> None:
    with pytest.raises(Damaged):
        from_json(Whole, {"parts": [], "counts": {}, "sides": {}} | change)


def test_a_field_that_nobody_could_store_is_a_mistake_of_the_class() -> None:
    for hint in (Path, set[str]):

        @frozen
        class Single:
            value: hint  # type: ignore[valid-type]

        with pytest.raises(TypeError, match="cannot be stored"):
            to_json(Single(None))


def test_all_events_are_known_by_their_names() -> None:
    assert EVENTS["FileYanked"] is FileYanked
    assert all(name == kind.__name__ for name, kind in EVENTS.items())
