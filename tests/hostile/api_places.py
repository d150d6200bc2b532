"""Addresses, queries and forms that mean something else somewhere."""

from urllib.parse import quote, quote_from_bytes

from hypothesis import strategies as st

from tests.hostile.api_target import Sent, Target
from tests.hostile.api_values import TEXT, Requests, bearer

_SEGMENTS = (
    st.sampled_from(
        [
            b"%2e%2e",
            b"..",
            b".",
            b"%00",
            b"",
            b"%5c..",
            b"\\",
            b"%c0%ae",
            b"%c0%af",
            b";x=1",
            b"%2f",
            b"%252f",
            b"%",
            b"%zz",
            b"%ff",
        ]
    )
    | st.text(max_size=20).map(lambda text: quote(text, safe="").encode())
    | st.binary(max_size=12).map(lambda raw: quote_from_bytes(raw).encode())
    | st.sampled_from([b"x" * 3000, "\uff46rob".encode(), b"frob"])
)
_METHODS = st.sampled_from(
    ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "PROPFIND", "\x00"]
)
_STARTS = st.sampled_from(
    [
        b"/api",
        b"/api/packages",
        b"/api/tokens",
        b"/api/packages/frob/files",
        b"/api/uploads",
        b"/api/submissions",
        b"/api/repositories",
        b"/legacy",
        b"/_/oidc",
        b"/login",
        b"//api",
        b"/logout",
        b"/simple",
        b"/.well-known",
        b"/API",
        b"/api\\",
    ]
)
_HOSTS = st.sampled_from(
    [b"index.test", b"[::1", b"", b"a b", b"\xff", b"x" * 5000, b"evil.test/@", b"[v1.x]:y", b"h:99999999"]
)


def paths(target: Target) -> Requests:
    """Segments, methods, hosts and queries that mean something else somewhere."""
    query = st.just(b"") | st.binary(max_size=30).map(lambda raw: b"?" + quote_from_bytes(raw, safe="&=;?/+%").encode())
    return st.builds(
        lambda method, start, more, after, host: Sent(
            method, b"/".join([start, *more]) + after, (*bearer(target), (b"host", host)), b"{}"
        ),
        *(_METHODS, _STARTS, st.lists(_SEGMENTS, max_size=4), query, _HOSTS),
    )


def queries(target: Target) -> Requests:
    """Parameters of queries: `next`, days, refs, what GitHub sends back."""
    values = TEXT.filter(lambda text: text.isascii() or text.isprintable()).map(
        lambda text: quote(text, safe="")
    ) | st.sampled_from(
        [
            *(
                "//evil.test",
                "https:evil.test",
                "/\\evil.test",
                "/%2f/evil.test",
                "/login",
                "javascript:alert(1)",
                "/%0d%0aSet-Cookie:%20a=b",
            ),
            *(
                "2026-02-30",
                "0000-01-01",
                "2026-W01-1",
                "20261126",
                "+2026-01-01",
                "9" * 500,
                "%ff",
                "%00",
                "%ED%A0%80",
                "a" * 5000,
            ),
        ]
    )
    names = st.sampled_from(["next", "since", "until", "ref", "code", "state", "error", "discover", "x"])
    places = st.sampled_from(
        [
            *(
                "/login",
                "/login/callback",
                "/api/packages/frob/downloads.csv",
                "/api/repositories/octocat/frob",
                "/.well-known/pytp",
            )
        ]
    )
    pairs = st.lists(st.builds(lambda name, value: f"{name}={value}", names, values), max_size=4)
    return st.builds(
        lambda place, told: Sent("GET", f"{place}?{'&'.join(told)}".encode("utf-8", "replace"), bearer(target)),
        places,
        pairs,
    )


def forms(target: Target) -> Requests:
    """Forms with files that are none, to the two addresses that take them."""
    kinds = st.sampled_from(
        [
            b"multipart/form-data",
            b"multipart/form-data; boundary=",
            b"multipart/form-data; boundary=x",
            b"text/plain",
            b"\xff",
            b"multipart/form-data; boundary=" + b"x" * 300,
            b'multipart/form-data; boundary="x"; boundary=y',
            b"",
        ]
    )
    part = st.builds(
        lambda name, value: b'--x\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name, value),
        st.sampled_from([b":action", b"name", b"filetype", b"content", b"file", b"\xff", b'"'])
        | st.binary(max_size=10),
        st.binary(max_size=30),
    )
    body = st.lists(part, max_size=5).map(lambda parts: b"".join(parts) + b"--x--\r\n") | st.binary(max_size=200)
    places = st.sampled_from([b"/legacy/", b"/legacy", b"/api/uploads/x/file"])
    accepts = st.sampled_from([b"*/*", b"application/json", b"\xff", b"application/json;q=0"])
    return st.builds(
        lambda place, kind, sent, accept: Sent(
            "POST", place, (*bearer(target), (b"content-type", kind), (b"accept", accept)), sent
        ),
        *(places, kinds, body, accepts),
    )
