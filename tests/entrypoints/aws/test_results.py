"""What queries found arrives: once or more often, in any order, and whatever else lies beside it."""

import pytest

from domain.messages import CountDownloads
from domain.ports.access_logs import Findings, Query
from entrypoints.aws import objects
from tests.aws_events import Context, s3_event
from tests.entrypoints.aws.conftest import Stack
from tests.logs import DAY, line, log

ONE, TWO = "5a2f2a8e-9b7c-4d51-8f0e-0c9f5b1d7e11", "e3a1c6d4-2b0f-4a77-b9c8-6d5e4f3a2b10"


class Later:
    """Access logs that are read at once and tell it later."""

    def __init__(self, stack: Stack) -> None:
        self._ids = iter((ONE, TWO))
        self._requests: dict[str, CountDownloads] = {}
        self._start = stack.ports.access_logs().start

    def state(self, _: str) -> str:
        return ""

    def start(self, request: CountDownloads) -> Query:
        query = next(self._ids)
        self._requests[query] = request
        return Query(query, None)

    def findings(self, query: str) -> Findings:
        found = self._start(self._requests[query]).findings
        assert found is not None
        return found


@pytest.fixture
def later(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Later:
    made, read = Later(stack), stack.ports.access_logs()
    for name in ("state", "start", "findings"):
        monkeypatch.setattr(read, name, getattr(made, name))
    for package in ("frob", "other"):
        stack.upload(package, "1.0")
    read.add(log(line("1"), line("2", c_ip="192.0.2.77"), "too\tfew"))
    return made


def deliver(*keys: str) -> None:
    objects.handler(s3_event(*keys, bucket="results"), Context())  # type: ignore[arg-type]


def total(stack: Stack) -> int:
    return stack.index.history().of("frob").total


@pytest.mark.usefixtures("later")
def test_findings_are_counted_and_a_second_time_changes_nothing(stack: Stack) -> None:
    stack.index.counting().count(CountDownloads(DAY))

    deliver(f"athena/{ONE}.csv")
    assert total(stack) == 2
    before = stack.ports.event_store().version(f"usage/frob/{DAY[:4]}")
    deliver(f"athena/{ONE}.csv", f"athena/{ONE}.csv")

    assert stack.ports.event_store().version(f"usage/frob/{DAY[:4]}") == before


@pytest.mark.usefixtures("later")
def test_of_two_batches_either_may_come_first(stack: Stack) -> None:
    for number, package in enumerate(("frob", "other"), 1):
        stack.index.counting().count(CountDownloads(DAY, (package,), number, 2))

    deliver(f"athena/{TWO}.csv")
    assert stack.index.history().complete_through() is None
    deliver(f"athena/{ONE}.csv")

    assert total(stack) == 2


@pytest.mark.usefixtures("later")
def test_findings_that_come_before_anybody_knows_their_query_come_again(stack: Stack) -> None:
    with pytest.raises(ExceptionGroup) as failed:
        deliver(f"athena/{ONE}.csv")
    assert isinstance(failed.value.exceptions[0], LookupError)

    stack.index.counting().count(CountDownloads(DAY))
    deliver(f"athena/{ONE}.csv")
    assert total(stack) == 2


@pytest.mark.usefixtures("later")
def test_one_that_fails_holds_up_no_other(stack: Stack) -> None:
    stack.index.counting().count(CountDownloads(DAY))

    with pytest.raises(ExceptionGroup):
        deliver(f"athena/{TWO}.csv", f"athena/{ONE}.csv")

    assert total(stack) == 2


@pytest.mark.parametrize(
    "key",
    [f"athena/{ONE}.csv.metadata", f"athena/{ONE}.txt", f"other/{ONE}.csv", "athena/x.csv", "athena/a/b.csv"],
)
@pytest.mark.usefixtures("later")
def test_whatever_lies_beside_findings_is_passed_over(stack: Stack, key: str) -> None:
    deliver(key)

    assert total(stack) == 0


@pytest.mark.usefixtures("later")
def test_the_functions_log_says_how_many_and_not_who(stack: Stack, caplog: pytest.LogCaptureFixture) -> None:
    stack.index.counting().count(CountDownloads(DAY))
    caplog.clear()

    deliver(f"athena/{ONE}.csv")

    (record,) = [record for record in caplog.records if record.message == "counted downloads"]
    said = vars(record)
    assert (said["day"], said["downloads"], said["packages"], said["changed"]) == (DAY, 2, 1, 1)
    assert said["malformed"] == {"wrong columns": 1}
    assert "192.0.2" not in repr(said)
