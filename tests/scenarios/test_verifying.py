"""What is compared besides the site: details of downloads, submissions, and whom accounts trust."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from domain.caller import Caller
from domain.events import PublisherTrusted
from domain.identity_claims import Kind
from domain.publishers import Wanted
from domain.repository import Source
from domain.streams import account_stream
from domain.submission import Status
from domain.submission_events import BuildFailed, SubmissionRequested
from domain.usecases.people_rows import SUBMISSIONS, TRUST
from domain.usecases.table_faults import TABLES
from domain.usecases.verification import DETAILS, Difference, Fault
from tests.logs import DAY, line
from tests.scenarios.conftest import START, World
from tests.wheels import make_wheel

OCTOCAT = Caller("583231", "octocat")
SPAM = Source(
    1296269, "octocat/spam", 583231, is_private=False, is_fork=False, is_archived=False, default_branch="main"
)
REQUESTED = SubmissionRequested(
    account=OCTOCAT.account,
    login=OCTOCAT.login,
    repository="octocat/spam",
    repository_id=1296269,
    ref="v1.0",
    is_tag=True,
    commit="a" * 40,
    at=START,
)
ID = "0123456789abcdef"
WRITES = (
    ("event_store", "append"),
    ("event_store", "append_each"),
    ("submission_table", "put"),
    ("trust_table", "note"),
    ("details", "put"),
)
"""Between any two of these something may look wrong."""


def looking(write: Callable[..., Any], look: Callable[[], None]) -> Callable[..., Any]:
    """The same, followed by a look."""

    def call(*args: Any, **kwargs: Any) -> Any:
        done = write(*args, **kwargs)
        look()
        return done

    return call


def downloaded(world: World) -> None:
    """Let a file be downloaded, and the day be counted."""
    world.upload(world.submitter("alice"), make_wheel("frob", "1.0"))
    world.settle()
    world.logged(line("1"))
    world.night(DAY)
    world.settle()


def test_a_detail_that_is_not_whole_is_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    downloaded(world)
    assert world.differences() == []
    details = world.ports.details()
    with monkeypatch.context() as patched:
        patched.setattr(details, "whole", lambda day: iter(["other"] if day == DAY else []))
        lost = [Difference(f"{DETAILS}{DAY}/frob.json.gz", Fault.LOST)]
        assert world.differences() == lost
        assert list(world.index.rebuilding().rebuild()) == lost
    assert world.differences() == []


def test_a_submission_that_is_told_wrongly_is_named_and_mended(world: World) -> None:
    records, table = world.index.submission_records(), world.ports.submission_table()
    records.begin(ID, REQUESTED)
    row = records.row(records.append(ID, lambda _: (BuildFailed("It does not build.", START),)))
    key = f"{TABLES}{SUBMISSIONS}/{ID}"
    for other in (evolve(row, ref="v1.1"), evolve(row, error="No."), evolve(row, status=Status.PUBLISHED), None):
        table.put(other) if other else table.forget(row)
        assert world.differences() == [Difference(key, Fault.DIFFERENT if other else Fault.MISSING)]
        assert list(world.index.rebuilding().rebuild()) == []
        assert table.of(OCTOCAT.account, None) == [row]
        assert world.differences() == []


def test_a_submission_that_never_was_is_named_and_removed(world: World) -> None:
    records, table = world.index.submission_records(), world.ports.submission_table()
    row = records.row(records.begin(ID, REQUESTED))
    table.put(evolve(row, id="ghost"))

    assert world.differences() == [Difference(f"{TABLES}{SUBMISSIONS}/ghost", Fault.STRAY)]
    assert list(world.index.rebuilding().rebuild()) == []
    assert table.of(OCTOCAT.account, None) == [row]


def test_a_submission_whose_row_is_behind_is_read_again_by_whoever_asks_and_no_fault(world: World) -> None:
    records, table = world.index.submission_records(), world.ports.submission_table()
    row = records.row(records.begin(ID, REQUESTED))
    table.forget(row)
    assert world.differences() == []
    records.append(ID, lambda _: (BuildFailed("It does not build.", START),))
    table.put(row)
    assert world.differences() == []


def test_whoever_trusts_a_workflow_is_found_again(world: World) -> None:
    world.index.tokens().register(OCTOCAT.account, OCTOCAT.login)
    trusted = PublisherTrusted("7", Kind.GITHUB, "spam", "octocat/Spam", 583231, "release.yml", None, START)
    stream, store = account_stream(OCTOCAT.account), world.ports.event_store()
    store.append(stream, store.version(stream), [trusted])

    assert world.differences() == [Difference(f"{TABLES}{TRUST}/{OCTOCAT.account}", Fault.MISSING)]
    assert list(world.index.rebuilding().rebuild()) == []
    assert world.ports.trust_table().accounts(Kind.GITHUB, "octocat/spam") == [OCTOCAT.account]
    assert world.differences() == []


def test_nothing_of_this_is_said_of_what_others_are_just_doing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[str] = set()
    prefixes = (DETAILS, f"{TABLES}{SUBMISSIONS}/", f"{TABLES}{TRUST}/")

    def look() -> None:
        said.update(found.key for found in world.differences() if found.key.startswith(prefixes))

    world.index.tokens().register(OCTOCAT.account, OCTOCAT.login)
    world.sources.login("gho_of-octocat", SPAM.owner_id)
    world.sources.show(SPAM)
    world.sources.push(SPAM.full_name, "a" * 40, "main", b"1.0")
    world.builder.will(lambda source, _: dict([make_wheel("spam", source.decode())]))
    for port, method in WRITES:
        adapter = getattr(world.ports, port)()
        monkeypatch.setattr(adapter, method, looking(getattr(adapter, method), look))
    world.index.submissions().request(OCTOCAT, SPAM.full_name, "main", "gho_of-octocat")
    world.settle()
    world.index.publishers().trust(OCTOCAT, Wanted(Kind.GITHUB, "spam", "octocat/spam", "release.yml", None))
    downloaded(world)
    assert said == set()
