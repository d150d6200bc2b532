"""Which submission was a package's last."""

from datetime import UTC, datetime

from attrs import evolve

from domain.ports.submission_table import SubmissionRow
from domain.submission import Status
from domain.usecases.submission_records import last_of
from tests.domain.view_examples import package, wheel

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
FROB = evolve(package(wheel("1.0")), repository="alice/frob", repository_id=7)
NAMED = SubmissionRow("named", "1", AT, "alice/frob", 7, "v1.0", Status.PUBLISHED, name="frob", version="1.0")
UNNAMED = SubmissionRow("unnamed", "1", AT, "alice/frob", 7, "v1.1", Status.BUILDING)


def test_it_is_the_first_of_its_name() -> None:
    older = evolve(NAMED, id="older")
    assert last_of(FROB, [NAMED, older]) == NAMED


def test_one_of_its_repository_may_become_its_own() -> None:
    assert last_of(FROB, [UNNAMED, NAMED]) == UNNAMED
    assert last_of(FROB, [evolve(UNNAMED, repository_id=8), NAMED]) == NAMED


def test_one_that_became_another_package_is_not_its_own_whatever_the_repository() -> None:
    other = evolve(NAMED, id="other", name="spam")
    assert last_of(FROB, [other, NAMED]) == NAMED
    assert last_of(FROB, [other]) is None


def test_a_package_that_came_from_no_repository_has_none() -> None:
    assert last_of(evolve(FROB, repository=None, repository_id=None), [UNNAMED]) is None
