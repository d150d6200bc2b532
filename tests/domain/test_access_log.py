"""What our own server says of a request, in CloudFront's words."""

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access_log import FIELDS, HEADER, Answered, encoded, head_of, lines
from domain.downloads import location

NAMES = FIELDS.split(" ")
SECOND = 1_795_687_445  # 2026-11-26T10:04:05Z
AGENT = 'pip/26.1 {"ci":null,"python":"3.11.7"}'
FILE = b"content-type: application/octet-stream\r\ncontent-length: 9\r\netag: x\r\n"


def answered(
    target: bytes = b"/packages/demo/1.0/demo-1.0-py3-none-any.whl",
    *,
    peer: tuple[str, int] = ("192.0.2.7", 4711),
    method: str = "GET",
    status: int = 200,
    told: bytes = FILE,
    whole: bool = True,
    **headers: str,
) -> Answered:
    fields = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    head = head_of(method, target, "1.1", fields)
    return (SECOND, *peer, head, 0, status, told, 300, 1234, 56, whole)


def said(entry: Answered) -> dict[str, str]:
    """The columns of its one line."""
    line = lines(entry, ["id=="])
    assert line.count("\n") == 1
    assert line.endswith("\n")
    return dict(zip(NAMES, line.rstrip("\n").split("\t"), strict=True))


def test_a_line_has_the_33_columns_of_cloudfront() -> None:
    assert HEADER.splitlines() == ["#Version: 1.0", f"#Fields: {FIELDS}"]
    entry = answered(host="pypi.example.org", user_agent=AGENT, referer="https://example.org/a?b=c")
    assert said(entry) == {
        "date": "2026-11-26",
        "time": "10:04:05",
        "x-edge-location": "LCL1",
        "sc-bytes": "300",
        "c-ip": "192.0.2.7",
        "cs-method": "GET",
        "cs(Host)": "pypi.example.org",
        "cs-uri-stem": "/packages/demo/1.0/demo-1.0-py3-none-any.whl",
        "sc-status": "200",
        "cs(Referer)": "https://example.org/a?b=c",
        "cs(User-Agent)": "pip/26.1%20%7B%22ci%22:null,%22python%22:%223.11.7%22%7D",
        "cs-uri-query": "-",
        "cs(Cookie)": "-",
        "x-edge-result-type": "Hit",
        "x-edge-request-id": "id==",
        "x-host-header": "pypi.example.org",
        "cs-protocol": "http",
        "cs-bytes": str(len(entry[3])),
        "time-taken": "1.234",
        "x-forwarded-for": "-",
        "ssl-protocol": "-",
        "ssl-cipher": "-",
        "x-edge-response-result-type": "Hit",
        "cs-protocol-version": "HTTP/1.1",
        "fle-status": "-",
        "fle-encrypted-fields": "-",
        "c-port": "4711",
        "time-to-first-byte": "0.056",
        "x-edge-detailed-result-type": "Hit",
        "sc-content-type": "application/octet-stream",
        "sc-content-len": "9",
        "sc-range-start": "-",
        "sc-range-end": "-",
    }


def test_equal_requests_differ_by_their_ids_alone() -> None:
    several = lines(answered(), ["a==", "b==", "c=="]).splitlines()
    assert [line.split("\t")[14] for line in several] == ["a==", "b==", "c=="]
    assert len({line.replace("\tb==\t", "\ta==\t").replace("\tc==\t", "\ta==\t") for line in several}) == 1


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (b"", "-"),
        (b"/a+b&c=d;e!f*g(h)i,j:k@l$m?n.o_p-q/~", "/a+b&c=d;e!f*g(h)i,j:k@l$m?n.o_p-q/%7E"),
        (b"%20", "%2520"),
        (b" \"#<>[\\]^`{|}'", "%20%22%23%3C%3E%5B%5C%5D%5E%60%7B%7C%7D%27"),
        (b"\x00\t\r\n\x1f\x7f", "%00%09%0D%0A%1F%7F"),
        ("Zoë".encode(), "Zo%C3%AB"),
    ],
)
def test_texts_are_encoded_as_cloudfront_does(raw: bytes, written: str) -> None:
    assert encoded(raw) == written


@given(st.binary(min_size=1, max_size=50))
def test_whatever_was_sent_can_be_read_again_and_ends_no_column(raw: bytes) -> None:
    written = encoded(raw)
    assert unquote_to_bytes(written) == raw
    assert written.isascii()
    assert written.isprintable()
    assert " " not in written


def test_a_path_that_was_encoded_by_the_client_is_counted_as_the_file_it_names() -> None:
    stem = said(answered(b"/packages/demo/1.0%2Bx/demo-1.0%2bx-py3-none-any.whl"))["cs-uri-stem"]
    assert stem == "/packages/demo/1.0%252Bx/demo-1.0%252bx-py3-none-any.whl"
    found = location(stem)
    assert found is not None
    assert (found.version, found.filename) == ("1.0+x", "demo-1.0+x-py3-none-any.whl")


@pytest.mark.parametrize(
    "target",
    [
        b"/login?code=secret",
        b"/api/x?token=secret",
        b"/legacy/?secret",
        b"/%61pi/x?secret",
        b"//API/x?secret",
        b"/login?",
    ],
)
def test_queries_of_functions_are_nobodys_to_read(target: bytes) -> None:
    columns = said(answered(target, referer=f"http://alice:secret@host{target.decode()}"))
    assert "secret" not in "".join(columns.values())
    assert columns["cs-uri-query"] == "-"
    assert columns["x-edge-result-type"] == "Miss"
    assert columns["cs(Referer)"] == f"http://host{encoded(target.partition(b'?')[0])}"


def test_other_queries_are_kept() -> None:
    assert said(answered(b"/simple/demo/?a=b%20c?d"))["cs-uri-query"] == "a=b%2520c?d"


def test_credentials_and_cookies_are_in_no_line() -> None:
    entry = answered(authorization="Basic c2VjcmV0", cookie="session=secret", proxy_authorization="secret")
    assert "secret" not in lines(entry, ["x"])
    assert "c2VjcmV0" not in lines(entry, ["x"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("::1", "2001:DB8::1", "2001:db8::1"),
        ("::ffff:127.0.0.1", " 198.51.100.7 ", "198.51.100.7"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "x" * 5000, "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("192.0.2.7", "198.51.100.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", None, "192.0.2.7"),
        ("fe80::1%eth0", None, "fe80::1"),
        ("", None, "-"),
    ],
)
def test_a_proxy_on_this_machine_says_whom_it_asks_for(peer: str, forwarded: str | None, address: str) -> None:
    entry = answered(peer=(peer, 4711)) if forwarded is None else answered(peer=(peer, 4711), x_forwarded_for=forwarded)
    columns = said(entry)
    assert columns["c-ip"] == address
    assert columns["x-forwarded-for"] == "-"


@pytest.mark.parametrize(
    ("status", "whole", "result", "detail"),
    [
        (200, True, "Hit", "Hit"),
        (304, True, "Hit", "Hit"),
        (404, True, "Error", "Error"),
        (503, True, "Error", "Error"),
        (200, False, "Error", "ClientCommError"),
        (0, False, "Error", "ClientCommError"),
    ],
)
def test_what_did_not_get_through_is_an_error(status: int, whole: bool, result: str, detail: str) -> None:  # noqa: FBT001
    columns = said(answered(status=status, whole=whole))
    assert columns["sc-status"] == f"{status:03}"
    assert columns["x-edge-result-type"] == columns["x-edge-response-result-type"] == result
    assert columns["x-edge-detailed-result-type"] == detail


def test_a_part_says_which() -> None:
    told = b"HTTP/1.1 206 Partial Content\r\ncontent-length: 10\r\ncontent-range: bytes 5-14/100\r\n\r\n"
    columns = said(answered(status=206, told=told))
    assert (columns["sc-content-len"], columns["sc-range-start"], columns["sc-range-end"]) == ("10", "5", "14")
    columns = said(answered(status=416, told=b"content-range: bytes */100\r\n"))
    assert (columns["sc-range-start"], columns["sc-range-end"]) == ("-", "-")


def test_what_is_no_request_has_a_line_as_well() -> None:
    columns = said((SECOND, "192.0.2.7", 1, b"", 0, 400, b"", 100, 0, 0, True))
    assert (columns["cs-method"], columns["cs-uri-stem"], columns["sc-status"]) == ("-", "-", "400")
    assert columns["cs-protocol-version"] == "-"


def test_a_head_is_read_as_it_came() -> None:
    head = b"\r\nGET /x HTTP/1.0\r\nHOST:a\r\nUser-Agent: \tone\t \r\nnonsense\r\n\r\n"
    columns = said((SECOND, "192.0.2.7", 1, head, 7, 200, b"", 100, 0, 0, True))
    assert (columns["cs(Host)"], columns["cs(User-Agent)"]) == ("a", "one")
    assert columns["cs-protocol-version"] == "HTTP/1.0"
    assert columns["cs-bytes"] == str(len(head) + 7)


def test_a_long_request_is_not_remembered_but_written() -> None:
    agent = "x" * 20_000
    assert said(answered(user_agent=agent))["cs(User-Agent)"] == agent
