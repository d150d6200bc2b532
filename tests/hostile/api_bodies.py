"""Bodies and deliveries that are not what is wanted."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from hypothesis import strategies as st

from entrypoints.http.operations import OPERATIONS
from tests.hostile.api_target import Sent, Target
from tests.hostile.api_values import OBJECTS, VALUES, Requests, bearer, browser, header, path_of, signed

_WITH_BODY = [key for key, operation in OPERATIONS.items() if operation.sends is not None]
_LIKELY: Mapping[str, Mapping[str, Any]] = {
    "POST /api/tokens": {"name": "laptop", "packages": ["frob"]},
    "POST /api/packages": {"repository": "octocat/frob", "ref": "v1.0"},
    "PATCH /api/packages/{name}/files/{filename}": {"yanked": True, "reason": "broken"},
    "POST /api/publishers": {
        "kind": "github",
        "package": "frob",
        "repository": "octocat/frob",
        "workflow": "release.yml",
        "environment": "pypi",
    },
    "POST /api/uploads": {"filename": "frob-2.0-py3-none-any.whl", "size": 9, "sha256": "0" * 64},
    "POST /login/device": {"name": "laptop"},
    "POST /login/device/token": {"device": "x" * 43},
    "POST /_/oidc/mint-token": {"token": "a.b.c"},
    "POST /api/github/webhook": {
        "action": "published",
        "release": {"tag_name": "v1.1"},
        "repository": {"id": 1296269, "full_name": "octocat/frob", "owner": {"id": 583231}},
    },
}
RAW = [
    b"",
    b"\0",
    b"null",
    b"[" * 50_000,
    b'{"name":' * 10_000,
    b'{"name": NaN}',
    b'{"size": Infinity}',
    b'{"size": 1e999}',
    b'{"size": ' + b"9" * 5_000 + b"}",
    b'{"name": "a", "name": "b"}',
    b'{"name": "\\ud800"}',
    b'{"name": "\xed\xa0\x80"}',
    b'{"name": "\xff"}',
    b'\xef\xbb\xbf{"name": "bom"}',
    '{"name": "wide"}'.encode("utf-16"),
    '{"name": "wide"}'.encode("utf-32-be"),
    b'{"name": "\x00"}',
    b"x" * 70_000,
    b'{"name": "' + b"x" * 65_000 + b'"}',
]
_CHARSETS = [
    b"application/json",
    b"text/plain",
    b"application/json; charset=utf-7",
    b"application/xml",
    b"",
    b"\xff/\xff",
]


def _changed(operation: str) -> st.SearchStrategy[Any]:
    """What would be right, with some of it wrong."""
    likely = dict(_LIKELY[operation])
    return st.builds(
        lambda some: {**likely, **some}, st.dictionaries(st.sampled_from(sorted(likely)), VALUES, max_size=3)
    )


def _with_body(target: Target, operation: str, body: bytes, kind: bytes, *, as_browser: bool) -> Sent:
    method, _, path = operation.partition(" ")
    who = browser(target) if as_browser else bearer(target)
    extra = signed(body) if "webhook" in path else ()
    return Sent(method, path_of(path), (*who, *extra, (b"content-type", kind)), body)


def bodies(target: Target) -> Requests:
    """JSON that is not what is wanted."""

    def of(operation: str) -> Requests:
        told = (OBJECTS | VALUES | _changed(operation)).map(lambda value: json.dumps(value).encode())
        raw = told | st.sampled_from(RAW) | st.binary(max_size=100)
        kinds = st.sampled_from(_CHARSETS)
        build = partial(_with_body, target, operation)
        return st.builds(lambda body, kind, asks: build(body, kind, as_browser=asks), raw, kinds, st.booleans())

    return st.sampled_from(_WITH_BODY).flatmap(of)


def webhooks(_: Target) -> Requests:
    """Deliveries that GitHub did not sign, and those that it did and that say anything."""
    wrong = st.sampled_from(
        [b"", b"sha256=", b"sha1=" + b"0" * 40, b"sha256=" + b"0" * 64, b"sha256=" + b"\xff" * 64]
    ) | st.binary(max_size=80)
    told = _changed("POST /api/github/webhook").map(lambda value: json.dumps(value).encode()) | st.sampled_from(RAW)
    names = st.sampled_from([b"release", b"ping", b"push", b"", b"\xff"])
    ids = st.sampled_from([b"", b"1", b"../..", b"x" * 65, b"\xff"]) | st.binary(max_size=70)

    def delivery(body: bytes, signature: bytes | None, event: bytes, delivered: bytes) -> Sent:
        good = dict(signed(body))
        fields = {**good, b"x-github-event": event, b"x-github-delivery": delivered}
        if signature is not None:
            fields[b"x-hub-signature-256"] = signature
        return Sent("POST", b"/api/github/webhook", tuple(fields.items()), body, () if signature is None else (403,))

    return st.builds(delivery, told, st.none() | header(wrong), names, header(ids))
