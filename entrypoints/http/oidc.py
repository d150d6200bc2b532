"""Trusted publishing: workflows exchange an identity token for one that uploads, as at PyPI, and find out where.

`/_/oidc/audience`, `/_/oidc/mint-token`, and `/.well-known/pytp` (PEP 807, a draft).
"""

import json
from http import HTTPStatus

from attrs import frozen
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.ports.identity_tokens import IdentityRejected
from domain.publisher_claims import NoPublisherMatches
from domain.publishers import AUDIENCE, IdentityReused, PendingPublisherContested
from domain.refusals import Refused
from domain.usecases.minting import Minted, Minting
from domain.usecases.publishers import Publishers
from entrypoints.http import proof_shapes
from entrypoints.http.asking import Asking
from entrypoints.http.bodies import body_of
from entrypoints.http.calls import Calls
from entrypoints.http.refusals import status_of

AUDIENCE_PATH = "/_/oidc/audience"
MINT_PATH = "/_/oidc/mint-token"
DISCOVERY_PATH = "/.well-known/pytp"

_DISCOVERY_TYPE = "application/vnd.pypi.pytp.v1+json"
_UPLOAD_PATHS = frozenset({"/legacy/", "/legacy"})
_OFF = "This index does not take trusted publishing."
_ASKING_AT_ONCE = 2  # of the threads for calls, some are left for those who do not wait for an issuer
_LONGEST_BODY = 64 * 1024

CODES: dict[type[Refused], str] = {
    IdentityRejected: "invalid-token",
    NoPublisherMatches: "invalid-publisher",
    PendingPublisherContested: "invalid-pending-publisher",
    IdentityReused: "invalid-reuse-token",
}
"""How publishing clients are told why they get no token; whatever else is refused has a status of its own."""


@frozen
class TrustedPublishing:
    """What trusted publishing needs of its world; `minting` is None where the operator has switched it off."""

    publishers: Publishers
    minting: Minting | None


class OidcRoutes:
    """The exchange of identity tokens; where it is switched off the same paths say so."""

    def __init__(self, minting: Minting | None, base_url: str, calls: Calls) -> None:
        self._minting = minting
        self._base_url = base_url
        self._asking = Asking(
            calls, at_once=_ASKING_AT_ONCE, whom="The issuer of identity tokens", refused=IdentityRejected
        )

    def routes(self) -> list[Route]:
        """All of it, also where it is switched off: then they say so."""
        return [
            Route(AUDIENCE_PATH, self._audience, methods=["GET"]),
            Route(MINT_PATH, self._mint, methods=["POST"]),
            Route(DISCOVERY_PATH, self._discover, methods=["GET"]),
        ]

    async def _audience(self, _: Request) -> Response:
        if self._minting is None:
            return _said(_OFF, HTTPStatus.FORBIDDEN)
        audience: proof_shapes.Audience = {"audience": AUDIENCE}
        return JSONResponse(audience)

    async def _mint(self, request: Request) -> Response:
        if self._minting is None:
            return _failed("not-enabled", _OFF)
        try:
            identity_token = await _identity_token(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        if identity_token is None:
            return _failed("invalid-payload", 'Send {"token": "the identity token"} as JSON.')
        try:
            minted = await self._asking.run(self._minting.mint, identity_token)
        except tuple(CODES) as refusal:
            return _failed(CODES[type(refusal)], str(refusal))
        except Refused as refusal:
            return _said(str(refusal), status_of(refusal))
        return _minted(minted)

    async def _discover(self, request: Request) -> Response:
        if self._minting is None or request.query_params.get("discover") not in _UPLOAD_PATHS:
            return _said("There is no trusted publishing for this upload address.", HTTPStatus.NOT_FOUND)
        places: proof_shapes.Discovery = {
            "audience-endpoint": f"{self._base_url}{AUDIENCE_PATH}",
            "token-mint-endpoint": f"{self._base_url}{MINT_PATH}",
        }
        return JSONResponse(places, media_type=_DISCOVERY_TYPE)


async def _identity_token(request: Request) -> str | None:
    """The token in the body; None if the body is another one."""
    raw = await body_of(request, _LONGEST_BODY)
    try:
        body = json.loads(raw or b"")
    except (ValueError, RecursionError):
        return None
    match body:
        case {"token": str(token)}:
            return token
        case _:
            return None


def _minted(minted: Minted) -> Response:
    expires = int(minted.expires.timestamp())
    told: proof_shapes.Minted = {"success": True, "token": minted.secret, "expires": expires}
    return JSONResponse(told)


def _failed(code: str, description: str) -> Response:
    errors: list[proof_shapes.MintError] = [{"code": code, "description": description}]
    told: proof_shapes.MintFailed = {"message": "Token request failed", "errors": errors}
    return JSONResponse(told, HTTPStatus.UNPROCESSABLE_ENTITY)


def _said(message: str, status: HTTPStatus) -> Response:
    told: proof_shapes.Message = {"message": message}
    return JSONResponse(told, status)
