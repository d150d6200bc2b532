"""JSON that nobody expects, and what is sent by everybody: credentials, paths, header values."""

import hashlib
import hmac

from hypothesis import strategies as st

from tests.entrypoints.submitting import WEBHOOK_SECRET
from tests.hostile.api_target import FILE, Fields, Sent, Target

Requests = st.SearchStrategy[Sent]

_PARTS = {"{name}": "frob", "{filename}": FILE, "{id}": "x", "{owner}": "octocat"}
_KEYS = ("name", "packages", "yanked", "reason", "repository", "ref", "filename", "size", "sha256", "kind", "package")
_MORE_KEYS = ("workflow", "environment", "token", "device", "action", "release", "tag_name", "id", "full_name", "owner")

# Everything below text that JSON may hold: lone surrogates and NUL too.
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40) | st.sampled_from(
    [
        "",
        "\0",
        "\ud800",
        "\udfff\ud800",
        "\u202e",
        "frob",
        "octocat/frob",
        "x" * 3000,
        "../..",
        "{0.__class__}",
        "%s%n",
        "'",
    ]
)
_numbers = st.integers() | st.integers(2**63 - 1, 2**65) | st.floats() | st.sampled_from([10**4299, -(10**400), 1e308])
_leaves = st.none() | st.booleans() | _numbers | TEXT
VALUES = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS + _MORE_KEYS) | TEXT, inner, max_size=4)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(_KEYS + _MORE_KEYS), VALUES, max_size=6)


def path_of(template: str) -> bytes:
    for part, value in _PARTS.items():
        template = template.replace(part, value)
    return template.encode()


def bearer(target: Target) -> Fields:
    return ((b"authorization", b"Bearer " + target.token),)


def browser(target: Target, csrf: bytes | None = None) -> Fields:
    cookie = b"__Host-sls_session=%s; csrf_token=%s" % (target.session, target.csrf)
    return ((b"cookie", cookie), (b"x-csrf-token", target.csrf if csrf is None else csrf))


def signed(body: bytes) -> Fields:
    made = hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
    fields = ((b"x-github-event", b"release"), (b"x-github-delivery", hashlib.sha256(body).hexdigest().encode()))
    return (*fields, (b"x-hub-signature-256", b"sha256=" + made))


def header(value: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """What a server lets through: no line ends."""
    return value.map(lambda raw: raw.translate(None, b"\r\n\0"))
