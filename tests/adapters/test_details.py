"""Details as bytes."""

import gzip
import json
from typing import Any

import pytest
from attrs import evolve

from adapters.details import decode_detail, encode_detail
from adapters.unreadable import Unreadable
from domain.agents import Agent, Kind
from domain.detail import Detail, DetailFile

DETAIL = Detail(
    files=(DetailFile("1.0", "spam-1.0.tar.gz"),),
    agents=(Agent(Kind.DOWNLOAD, "pip", "25.3", None, "Linux", ci=True, text="pip/25.3"),),
    times=("00:00:00", "12:34:56"),
    file=(0, 0),
    agent=(0, 0),
    edges=("FRA", ""),
    countries=("DE", ""),
    requesters=("0f", ""),
)


def changed(**columns: Any) -> bytes:
    """The encoded detail with other columns."""
    return gzip.compress(
        json.dumps({**json.loads(gzip.decompress(encode_detail(DETAIL))), **columns}).encode(), mtime=0
    )


def test_equal_details_give_equal_bytes() -> None:
    assert encode_detail(DETAIL) == encode_detail(evolve(DETAIL))
    assert decode_detail(encode_detail(DETAIL)) == DETAIL


def test_a_detail_is_text_that_anybody_can_read() -> None:
    columns = json.loads(gzip.decompress(encode_detail(DETAIL)))

    assert columns["format"] == 2
    assert columns["files"] == [["1.0", "spam-1.0.tar.gz"]]
    assert columns["times"] == "00:00:00\n12:34:56\n"


def test_a_detail_of_the_first_format_is_still_read() -> None:
    texts = {"times": ["00:00:00", "12:34:56"], "edges": ["FRA", ""], "countries": ["DE", ""], "requesters": ["0f", ""]}

    assert decode_detail(changed(format=1, file=[0, 0], agent=[0, 0], **texts)) == DETAIL


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        encode_detail(DETAIL)[:-1],
        encode_detail(DETAIL)[:30] + b"\0\0" + encode_detail(DETAIL)[32:],
        gzip.compress(b"[]", mtime=0),
        gzip.compress(b"\xff", mtime=0),
        gzip.compress(b'{"format":2}', mtime=0),
        changed(times="00:00:00\n"),
        changed(edges="FRA\n"),
        changed(file="0\n1\n"),
        changed(agent="0\n-1\n"),
        changed(agent="0\nx\n"),
        changed(agent=0),
        changed(times=["00:00:00"]),
        changed(times="ab"),
        changed(edges=[None, None]),
        changed(file=[0, 1]),
        changed(agent=[0, -1]),
        changed(agent=[True, False]),
        changed(files=[["1.0"]]),
        changed(files=["ab"]),
        changed(agents=[["nonsense", "pip", None, None, None, True, ""]]),
        changed(agents=[["download", None, None, None, None, True, ""]]),
    ],
)
def test_a_damaged_detail_is_said_to_be_damaged(content: bytes) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        decode_detail(content)


def test_a_detail_of_a_newer_version_says_so() -> None:
    with pytest.raises(Unreadable, match="format 3"):
        decode_detail(changed(format=3))
