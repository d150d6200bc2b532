"""The IdentityTokens of OpenID Connect: JSON Web Tokens (RFC 7519), signed with RS256 by an issuer that is known."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.github.patience import Unanswered
from adapters.oidc_keys import ALGORITHM, IssuerKeys
from domain.identity_claims import LEEWAY, Claims, Kind
from domain.ports.identity_tokens import IdentityRejected
from domain.publishers import AUDIENCE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from jwt.types import Options


_LONGEST = 16 * 1024
_REQUIRED = ["iss", "iat", "exp", "aud", "jti"]
# The time is said by our own clock.
_OPTIONS: "Options" = {
    "require": _REQUIRED,
    "strict_aud": True,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = int((datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())


class OidcTokens:
    """An IdentityTokens.

    Args:
        issuers: who may say so: a URL without a slash at its end, for each kind.
        user_agent: who asks them for their keys.
    """

    def __init__(self, issuers: Mapping[Kind, str], user_agent: str) -> None:
        """Be ready to ask.

        Raises:
            WrongIssuer: one of them cannot be trusted.
        """
        self._kinds = {issuer: kind for kind, issuer in issuers.items()}
        self._keys = {kind: IssuerKeys(issuer, user_agent) for kind, issuer in issuers.items()}

    def claims(self, token: str, now: datetime) -> Claims:
        """What the token says."""
        import jwt  # noqa: PLC0415 - takes a while, and most functions are shown no identity

        try:
            issuer, key = self._signed_by(token)
            said = jwt.decode(token, key, [ALGORITHM], _OPTIONS, audience=AUDIENCE, issuer=issuer)
        except jwt.InvalidAudienceError:
            raise IdentityRejected(f"The identity token is not meant for the audience '{AUDIENCE}' alone.") from None
        except jwt.MissingRequiredClaimError as error:
            raise IdentityRejected(f"The identity token does not say '{error.claim}'.") from None
        except jwt.InvalidSignatureError:
            raise IdentityRejected("The identity token's signature is wrong.") from None
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise IdentityRejected("The identity token is malformed.") from None
        texts = {name: value for name, value in said.items() if isinstance(value, str)}
        return Claims(self._kinds[issuer], texts["jti"], _valid_until(said, now), texts)

    def _signed_by(self, token: str) -> tuple[str, "RSAPublicKey"]:
        """The issuer that the token names, and that key of it: to be believed if the signature is right."""
        import jwt  # noqa: PLC0415

        if len(token) > _LONGEST or not token.isascii():
            raise IdentityRejected("The identity token is malformed.")
        header = jwt.get_unverified_header(token)
        key_id = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
            raise IdentityRejected(f"The identity token is not signed with {ALGORITHM} by a key that it names.")
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        if not isinstance(issuer, str) or issuer not in self._kinds:
            known = " and ".join(self._kinds)
            raise IdentityRejected(f"Identity tokens of this issuer are not taken here: {known} are.")
        try:
            key = self._keys[self._kinds[issuer]].find(key_id)
        except Unanswered:
            raise IdentityRejected(f"The keys of {issuer} cannot be read now. Try again in a minute.") from None
        if key is None:
            raise IdentityRejected(f"The identity token is signed by a key that {issuer} does not publish.")
        return issuer, key


def _valid_until(said: Mapping[str, Any], now: datetime) -> datetime:
    """When the token ends, which it has not and has begun; clocks may differ a little."""
    if said.get("nbf") is not None and _moment(said["nbf"]) - LEEWAY > now:
        raise IdentityRejected("The identity token is not valid yet.")
    if _moment(said["iat"]) - LEEWAY > now:
        raise IdentityRejected("The identity token is not valid yet.")
    expires = _moment(said["exp"])
    if expires + LEEWAY <= now:
        raise IdentityRejected("The identity token has expired. Let the workflow ask for one right before.")
    return expires


def _moment(value: object) -> datetime:
    # In JSON, `true` is no number; in Python it is.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LATEST:
        raise IdentityRejected("The identity token is malformed.")
    return _EPOCH + timedelta(seconds=value)
