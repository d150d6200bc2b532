"""What every SubmissionTable promises."""

from datetime import UTC, datetime, timedelta

from attrs import evolve

from domain.ports.submission_table import SubmissionRow, SubmissionTable
from domain.submission import Status

AT = datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)
ROW = SubmissionRow("0123456789abcdef", "583231", AT, "octocat/frob", 1296269, "v1.0", Status.QUEUED)


def test_nobody_has_any_until_a_row_is_put(submission_table: SubmissionTable) -> None:
    assert list(submission_table.of("583231", 10)) == []


def test_a_row_comes_back_equal(submission_table: SubmissionTable) -> None:
    failed = evolve(ROW, status=Status.FAILED, name="frob", version="1.0", error="It says \u2018no\u2019. \U0001f40d")
    submission_table.put(failed)

    found = list(submission_table.of("583231", 10))
    assert found == [failed]
    assert isinstance(found[0].status, Status)


def test_a_row_takes_the_place_of_the_one_before(submission_table: SubmissionTable) -> None:
    submission_table.put(ROW)
    submission_table.put(evolve(ROW, id="1", status=Status.BUILDING))
    submission_table.put(evolve(ROW, status=Status.PUBLISHED, name="frob", version="1.0"))

    rows = submission_table.of("583231", 10)
    assert [(row.id, row.status) for row in rows] == [("0123456789abcdef", Status.PUBLISHED), ("1", Status.BUILDING)]


def test_the_newest_come_first_and_equally_old_ones_by_id(submission_table: SubmissionTable) -> None:
    for id_, microseconds in [("c", 0), ("a", -1), ("b", 0), ("d", 1), ("e", 86_400_000_000)]:
        submission_table.put(evolve(ROW, id=id_, at=AT + timedelta(microseconds=microseconds)))

    assert [row.id for row in submission_table.of("583231", 10)] == ["e", "d", "b", "c", "a"]
    assert [row.id for row in submission_table.of("583231", 3)] == ["e", "d", "b"]


def test_rows_are_of_one_account(submission_table: SubmissionTable) -> None:
    for id_, account in [("a", "1"), ("b", "11"), ("c", "local:1"), ("d", "1")]:
        submission_table.put(evolve(ROW, id=id_, account=account))

    assert [row.id for row in submission_table.of("1", 10)] == ["a", "d"]
    assert [row.id for row in submission_table.of("local:1", 10)] == ["c"]
    assert list(submission_table.of("local:", 10)) == []


def test_a_row_is_found_by_another_of_its_submission(submission_table: SubmissionTable) -> None:
    assert submission_table.get(ROW) is None
    failed = evolve(ROW, status=Status.FAILED, error="It says no.")
    submission_table.put(failed)

    assert submission_table.get(ROW) == failed
    assert submission_table.get(evolve(ROW, id="1")) is None


def test_a_row_that_is_forgotten_is_gone(submission_table: SubmissionTable) -> None:
    submission_table.put(ROW)
    submission_table.put(evolve(ROW, id="1"))
    submission_table.forget(evolve(ROW, status=Status.FAILED))
    submission_table.forget(ROW)

    assert submission_table.get(ROW) is None
    assert [row.id for row in submission_table.of(ROW.account, None)] == ["1"]
