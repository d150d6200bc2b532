"""When a submission's time is over."""

from datetime import UTC, datetime, timedelta

from attrs import evolve

from domain.submission import Submission
from domain.submission_events import SubmissionRequested

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECONDS = 600.0
BUILDING = Submission(
    "s1", SubmissionRequested("1", "alice", "alice/spam", 7, "v1.0", is_tag=True, commit="c" * 40, at=AT), started=AT
)


def test_whoever_builds_longer_than_allowed_has_gone() -> None:
    assert not BUILDING.is_overdue(AT + timedelta(minutes=29), SECONDS)
    assert BUILDING.is_overdue(AT + timedelta(minutes=31), SECONDS)


def test_what_has_its_files_is_finished_after_a_night_in_which_nobody_was_there() -> None:
    kept = evolve(BUILDING, files=())
    assert not kept.is_overdue(AT + timedelta(hours=23), SECONDS)
    assert kept.is_overdue(AT + timedelta(hours=25), SECONDS)


def test_files_are_fetched_as_long_as_a_build_may_take() -> None:
    assert BUILDING.may_fetch(AT + timedelta(minutes=10), SECONDS)
    assert not BUILDING.may_fetch(AT + timedelta(minutes=11), SECONDS)
