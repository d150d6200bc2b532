"""Credentials that are none: tokens, cookies, identities."""

import base64
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from hypothesis import strategies as st

from entrypoints.http.operation import Access
from entrypoints.http.operations import OPERATIONS
from tests.hostile.api_target import Sent, Target
from tests.hostile.api_values import TEXT, VALUES, Requests, header, path_of

_ONLY = {Access.ACCOUNT: (401,), Access.UPLOADER: (401,), Access.PUBLISHER: (403,)}


def placed(key: str) -> tuple[str, bytes]:
    method, _, path = key.partition(" ")
    return method, path_of(path)


_OPERATION = st.sampled_from(sorted(OPERATIONS)).map(placed)


def tokens(target: Target) -> Requests:
    """Credentials of every scheme, and none that is good."""
    schemes = st.sampled_from(
        [b"Basic", b"bearer", b"Token", b"Digest", b"Negotiate", b"AWS4-HMAC-SHA256", b"", b"Bearer Bearer"]
    )
    macaroon = b"pypi-AgEIcHlwaS5vcmc" + base64.urlsafe_b64encode(bytes(range(256)))
    pairs = st.binary(max_size=60).map(lambda raw: b"__token__:" + raw) | st.binary(max_size=60)
    values = (
        pairs.map(base64.b64encode)
        | st.binary(max_size=60)
        | st.sampled_from(
            [
                macaroon,
                base64.b64encode(b"__token__:" + macaroon),
                b"x" * 100_000,
                target.token[:-1],
                target.token + b"0",
            ]
        )
        | st.sampled_from([target.token.swapcase(), target.token + "é".encode(), b"=", b"Og==", b"\xff" * 50])
    )
    told = header(
        st.builds(
            lambda scheme, value, gap: scheme + gap + value, schemes, values, st.sampled_from([b" ", b"", b"\t", b"  "])
        )
    )
    return st.builds(
        lambda key, sent: Sent(*placed(key), ((b"authorization", sent),), only=_ONLY.get(OPERATIONS[key].access, ())),
        st.sampled_from(sorted(OPERATIONS)),
        told,
    )


def cookies(target: Target) -> Requests:
    """Cookies that are many, long, badly quoted, repeated, or of other names; CSRF values that are wrong."""
    good = b"__Host-sls_session=" + target.session
    odd = st.sampled_from(
        [
            *(b'__Host-sls_session="' + target.session, b"sls_session=" + target.session, good.lower(), good + b"\0"),
            *(b"; ".join(b"c%d=x" % number for number in range(3000)), b"a=" + b"x" * 60_000, b"=;=;;;", b'"' * 500),
            *(
                good + b"; " + good,
                b"__Host-sls_session=" + b"A" * 43 + b"; " + good,
                b"__Secure-sls_session=" + target.session,
            ),
            *(b"__Host-sls_session=" + b"\xff" * 43, b"__Host-sls_session=" + b"x" * 129, b"$Version=1; " + good, good),
        ]
    ) | st.binary(max_size=80)
    values = st.sampled_from(
        [b"", target.csrf[:-1], target.csrf.upper(), b"null", b"\xff" * 64, target.session]
    ) | st.binary(max_size=40)
    return st.builds(
        lambda each, cookie, csrf: Sent(each[0], each[1], ((b"cookie", cookie), (b"x-csrf-token", csrf)), b"{}"),
        _OPERATION.filter(lambda each: each != ("GET", b"/api/packages")),
        header(odd),
        header(values),
    )


def identities(target: Target) -> Requests:
    """Identity tokens with other algorithms, keys, shapes and claims than those that are believed."""
    import jwt  # noqa: PLC0415 - slow, and only here

    issuer = target.issuer.issuer
    good = issuer.token()
    head, payload, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    public = issuer._key.public_key().public_numbers().n.to_bytes(256, "big")

    def encoded(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    def headed(value: object) -> str:
        return f"{encoded(value)}.{payload}.{signature}"

    def resigned(changes: Mapping[str, Any]) -> str:
        told = json.dumps({**claims, **changes}).encode()
        return jwt.api_jws.encode(told, issuer._key, "RS256", {"kid": kid})

    kid = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
    fixed = st.sampled_from(
        [
            f"{encoded({'alg': 'none', 'typ': 'JWT', 'kid': kid})}.{payload}.",
            f"{encoded({'alg': 'nOnE', 'kid': kid})}.{payload}.{signature}",
            jwt.encode(claims, public, "HS256", {"kid": kid}),
            *(
                headed({"alg": "RS256", "kid": each})
                for each in ("../../etc/passwd", "", "' OR 1=1", "\0", "x" * 9000, "\ud800")
            ),
            *(headed({"alg": "RS256", "kid": each}) for each in (None, 1, [kid], {"a": kid})),
            headed({"alg": "RS256", "kid": kid, "jku": "http://127.0.0.1:9/keys", "jwk": {"kty": "oct", "k": "AA"}}),
            headed({"alg": "RS256", "kid": kid, "crit": ["exp"], "b64": False}),
            headed({"alg": "RS256", "kid": kid, "zip": "DEF", "cty": "JWT"}),
            *(headed([]), headed("x"), headed(None)),
            f"{head}..{payload}.{signature}.x",
            f"{head}.{payload}",
            f"{head}.{base64.urlsafe_b64encode(good.encode()).decode()}.{signature}",
            f"{head}.{'A' * 60_000}.{signature}",
            f"{head}.{encoded({'iss': issuer.url + '/'})}.{signature}",
            f"{head}.{base64.urlsafe_b64encode(b'[' * 9000).decode()}.{signature}",
            "." * 60_000,
        ]
    )
    names = st.sampled_from(
        ["iss", "aud", "exp", "iat", "nbf", "jti", "sub", "repository", "repository_owner_id", "job_workflow_ref"]
    )
    shaped = st.dictionaries(names, VALUES, min_size=1, max_size=3).map(resigned)

    def minting(only: tuple[int, ...], text: str) -> Sent:
        return Sent("POST", b"/_/oidc/mint-token", (), json.dumps({"token": text}).encode(), only)

    return (fixed | TEXT).map(partial(minting, (422,))) | (shaped | st.just(good)).map(partial(minting, (200, 422)))
