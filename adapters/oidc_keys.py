"""The public keys of an issuer of identity tokens (OpenID Connect Discovery 1.0, RFC 7517)."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from adapters.github.patience import Unanswered, in_time
from adapters.github.rest import Rest
from adapters.oidc_issuers import check_issuer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

ALGORITHM = "RS256"
_SECONDS = 8.0
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 64
_LEAST_BITS, _MOST_BITS = 2048, 8192
_PAUSE_SECONDS = 60.0
_FRESH_SECONDS = 600.0
_DISCOVERY = "/.well-known/openid-configuration"
_PLACES = threading.BoundedSemaphore(4)


class IssuerKeys:
    """Keys by their ids, read when they are needed: at most once a minute, and again after ten.

    Keys that were read stay while the issuer does not answer.

    Args:
        issuer: URL without a slash at its end.
        user_agent: who asks.
        clock: seconds that never go back.
    """

    def __init__(self, issuer: str, user_agent: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Be ready to ask.

        Raises:
            WrongIssuer: others could put their keys in the place of the issuer's.
        """
        check_issuer(issuer)
        self._issuer = issuer
        self._user_agent = user_agent
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, RSAPublicKey] | None = None
        self._read_at = self._asked_at = -_FRESH_SECONDS - _PAUSE_SECONDS

    def find(self, key_id: str) -> "RSAPublicKey | None":
        """The key; None if the issuer has none of this id.

        Raises:
            Unanswered: nobody knows, as its keys could not be read yet.
        """
        with self._lock:
            now = self._clock()
            is_stale = now - self._read_at >= _FRESH_SECONDS or key_id not in (self._keys or ())
            if is_stale and now - self._asked_at >= _PAUSE_SECONDS:
                self._asked_at = now
                keys = self._read()
                if keys:
                    self._keys, self._read_at = keys, now
            if self._keys is None:
                raise Unanswered("its keys cannot be read")
            return self._keys.get(key_id)

    def _read(self) -> Mapping[str, "RSAPublicKey"]:
        """What is published now; nothing if that is of no use."""
        try:
            return in_time(self._published, _SECONDS, _PLACES)
        except Unanswered:
            return {}

    def _published(self) -> Mapping[str, "RSAPublicKey"]:
        parts = urlsplit(self._issuer)
        origin = f"{parts.scheme}://{parts.netloc}"
        with closing(Rest(origin, self._user_agent, _SECONDS, _MOST_BYTES)) as rest:
            configuration = _document(rest, parts.path + _DISCOVERY)
            place = configuration.get("jwks_uri")
            if configuration.get("issuer") != self._issuer or not isinstance(place, str):
                return {}
            if not place.isascii() or not _is_at(origin, place):
                return {}
            keys = _document(rest, place.removeprefix(origin)).get("keys")
        listed = keys[:_MOST_KEYS] if isinstance(keys, list) else []
        return dict(pair for key in listed if (pair := _usable(key)) is not None)


def _is_at(origin: str, place: str) -> bool:
    try:
        return urljoin(place, "/") == f"{origin}/"
    except ValueError:
        return False


def _document(rest: Rest, path: str) -> dict[str, Any]:
    reply = rest.get(path, accept="application/json")
    try:
        told = json.loads(reply.body) if reply.status == HTTPStatus.OK else None
    except (ValueError, RecursionError):
        told = None
    return told if isinstance(told, dict) else {}


def _usable(key: object) -> "tuple[str, RSAPublicKey] | None":
    """The key with its id, if it may have signed an identity token."""
    import jwt  # noqa: PLC0415 - takes a while, and most functions are shown no identity
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415

    match key:
        case {"kty": "RSA", "kid": str(key_id), "n": str(modulus), "e": str(exponent), **rest} if (
            rest.get("use", "sig") == "sig" and rest.get("alg", ALGORITHM) == ALGORITHM
        ):
            try:
                public = jwt.PyJWK({"kty": "RSA", "n": modulus, "e": exponent}, ALGORITHM).key
            except (jwt.PyJWTError, ValueError):
                return None
            if isinstance(public, RSAPublicKey) and _LEAST_BITS <= public.key_size <= _MOST_BITS:
                return key_id, public
    return None
