"""What every BuildLogs promises."""

import pytest

from adapters.keys import InvalidKey
from domain.ports.build_logs import BuildLogs, LogPart

SUBMISSION = "0123456789abcdef"


def test_there_is_no_log_until_something_is_said(build_logs: BuildLogs) -> None:
    assert build_logs.get(SUBMISSION) == b""


def test_parts_come_in_their_order_whenever_they_were_said(build_logs: BuildLogs) -> None:
    build_logs.put(SUBMISSION, LogPart.AFTER, b"Published.\n")
    assert build_logs.get(SUBMISSION) == b"Published.\n"

    build_logs.put(SUBMISSION, LogPart.LEFT_OUT, b"Not the wheel.\n")
    build_logs.put(SUBMISSION, LogPart.BEFORE, b"Commit 1f.\n")
    build_logs.put(SUBMISSION, LogPart.BUILD, b"\x00\xff\x1b[31m\r\n" * 100_000)
    printed = b"\x00\xff\x1b[31m\r\n" * 100_000
    assert build_logs.get(SUBMISSION) == b"Commit 1f.\n" + printed + b"Not the wheel.\nPublished.\n"


def test_a_part_takes_the_place_of_what_it_said_before(build_logs: BuildLogs) -> None:
    build_logs.put(SUBMISSION, LogPart.BEFORE, b"Commit 1f.\n")
    build_logs.put(SUBMISSION, LogPart.BUILD, b"one, two, three\n")
    build_logs.put(SUBMISSION, LogPart.BUILD, b"four\n")
    assert build_logs.get(SUBMISSION) == b"Commit 1f.\nfour\n"

    build_logs.put(SUBMISSION, LogPart.BUILD, b"")
    assert build_logs.get(SUBMISSION) == b"Commit 1f.\n"


def test_logs_are_of_one_submission(build_logs: BuildLogs) -> None:
    for submission in ("a", "ab", "a_-1"):
        build_logs.put(submission, LogPart.BUILD, submission.encode())

    assert [build_logs.get(each) for each in ("a", "ab", "a_-1", "b")] == [b"a", b"ab", b"a_-1", b""]


@pytest.mark.parametrize("submission", ["", "..", "../etc", "a/b", "A", "a.b", "\0", "a" * 65, "ä", "a\n"])
def test_what_is_no_identifier_has_no_log_and_gets_none(build_logs: BuildLogs, submission: str) -> None:
    with pytest.raises(InvalidKey):
        build_logs.put(submission, LogPart.BUILD, b"x")
    assert build_logs.get(submission) == b""
