"""Conditional and range requests as RFC 9110 tells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.conditions import (
    Unsatisfiable,
    byte_range,
    is_known,
    is_meant,
    is_unmodified,
    may_resume,
    takes_gzip,
)


@pytest.mark.parametrize(
    "header",
    [b'"a"', b'W/"a"', b'"x", "a"', b'"x","a","y"', b' W/"x" , W/"a"', b"*", b" * ", b'"x,y", "a"'],
)
def test_if_none_match_names_what_the_client_has(header: bytes) -> None:
    assert is_known(header, b'"a"')


@pytest.mark.parametrize("header", [None, b'"a"', b'"x", "a"', b'W/"a", "a"', b"*", b" * "])
def test_if_match_names_what_the_client_wants(header: bytes | None) -> None:
    assert is_meant(header, b'"a"')


@pytest.mark.parametrize("header", [b"", b'"b"', b'W/"a"', b"a", b'"x", W/"a"', b"**"])
def test_if_match_may_want_something_else(header: bytes) -> None:
    assert not is_meant(header, b'"a"')


@pytest.mark.parametrize("header", [None, b"", b'"b"', b'W/"b"', b"a", b'"a', b'"A"', b'"xa"', b'"a-gzip"', b"**"])
def test_if_none_match_may_name_something_else(header: bytes | None) -> None:
    assert not is_known(header, b'"a"')


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, None),
        (b"bytes=0-0", range(1)),
        (b"bytes=0-9", range(10)),
        (b"bytes=0-99", range(10)),
        (b"bytes=3-5", range(3, 6)),
        (b"bytes=9-", range(9, 10)),
        (b"bytes=0-", range(10)),
        (b"bytes=-1", range(9, 10)),
        (b"bytes=-10", range(10)),
        (b"bytes=-10000", range(10)),
        (b"Bytes= 2-3 ", range(2, 4)),
        (b"bytes=0-999999999999999999", range(10)),
        (b"bytes=5-3", None),
        (b"bytes=-", None),
        (b"bytes=", None),
        (b"bytes=a-b", None),
        (b"bytes=1-2,4-5", None),
        (b"items=0-1", None),
        (b"bytes 0-1", None),
        (b"bytes=+1-2", None),
        (b"bytes=0x1-2", None),
        (b"bytes=9999999999999999999999-", None),
        (b"bytes=\xb2-3", None),
        (b"", None),
    ],
)
def test_ranges_of_ten_bytes(header: bytes | None, wanted: range | None) -> None:
    assert byte_range(header, 10) == wanted


@pytest.mark.parametrize("header", [b"bytes=10-", b"bytes=10-20", b"bytes=999999999999999999-", b"bytes=-0"])
def test_unsatisfiable_ranges_of_ten_bytes(header: bytes) -> None:
    with pytest.raises(Unsatisfiable):
        byte_range(header, 10)


def test_nothing_has_no_part_that_starts_somewhere() -> None:
    assert byte_range(b"bytes=-5", 0) is None
    with pytest.raises(Unsatisfiable):
        byte_range(b"bytes=0-", 0)


@given(st.binary(max_size=40) | st.from_regex(rb"bytes=[0-9]{0,20}-[0-9]{0,20}", fullmatch=True), st.integers(0, 50))
def test_a_range_never_leaves_the_file(header: bytes, size: int) -> None:
    try:
        wanted = byte_range(header, size)
    except Unsatisfiable:
        return
    assert wanted is None or (0 <= wanted.start < wanted.stop <= size)


def test_a_download_is_resumed_only_if_it_is_the_same_file() -> None:
    date = b"Tue, 24 Nov 2026 20:28:31 GMT"
    for if_range in (None, b'"a"', date):
        assert may_resume(if_range, b'"a"', date)
    for if_range in (b'W/"a"', b'"b"', b"a", b"", b"*", b"Tue, 24 Nov 2026 20:28:30 GMT"):
        assert not may_resume(if_range, b'"a"', date)


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        (b"gzip, deflate", True),
        (b"gzip, deflate, zstd", True),
        (b"br;q=1.0, GZIP;q=0.5", True),
        (b"x-gzip", True),
        (b"*", True),
        (b"deflate, *;q=0.1", True),
        (b"identity", False),
        (b"", False),
        (b"gzip;q=0", False),
        (b"gzip;q=0.000", False),
        (b"*;q=0", False),
        (b"gzip;q=0, *", False),
        (b"br", False),
        (b"gzipped", False),
        (b"gzip;q=x", False),
    ],
)
def test_who_takes_gzip(header: bytes, *, takes: bool) -> None:
    assert takes_gzip(header) is takes


MODIFIED = b"Tue, 24 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    "since",
    [MODIFIED, b"Tue, 24 Nov 2026 10:00:01 GMT", b"Tue, 24 Nov 2026 12:00:00 +0200", b"Wed, 25 Nov 2026 1:00:00 GMT"],
)
def test_what_did_not_change_since_is_known(since: bytes) -> None:
    assert is_unmodified(since, MODIFIED)


@pytest.mark.parametrize(
    "since",
    [None, b"Tue, 24 Nov 2026 09:59:59 GMT", b"", b"yesterday", b"\xff", b"Tue, 24 Nov 2026 10:00:01 -0000", b"0"],
)
def test_what_changed_since_or_who_knows_when_is_not(since: bytes | None) -> None:
    assert not is_unmodified(since, MODIFIED)


@given(since=st.binary(max_size=60) | st.text("Tue,24Nov6 10:GMT+-", max_size=40).map(str.encode))
def test_whatever_stands_there_is_a_date_or_ignored(since: bytes) -> None:
    assert is_unmodified(since, MODIFIED) in {True, False}
