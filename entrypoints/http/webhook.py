"""`/api/github/webhook`: GitHub says that a release was published, and proves that it is GitHub.

Whoever has the secret signs what they send, and it is verified before it is looked at. Nothing that is said is believed
for that: it tells which repository to ask GitHub about, and who owns it is seen there.
"""

import hashlib
import hmac
import json
import re
from http import HTTPStatus

from attrs import frozen
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.refusals import Invalid, NotAllowed
from domain.sources import check_full_name, check_ref
from domain.usecases.submissions import Submissions
from entrypoints.http import proof_shapes
from entrypoints.http.asking import Asking
from entrypoints.http.bodies import body_of
from entrypoints.http.calls import Calls, WrongBody, answering_problems
from entrypoints.http.refusals import problem

_MOST_BYTES = 5 * 2**20  # GitHub sends up to 25 MiB, but not about a release
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)
_DELIVERY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_MOST = 2**63
_NOT_SET_UP = "This index takes no webhooks: its operator has to set SLS_PYPI_GITHUB_WEBHOOK_SECRET."


class Unsigned(NotAllowed):
    """Somebody else than GitHub has sent it, or it was set up with another secret."""


class WrongHeaders(Invalid):
    """It is no delivery of GitHub."""


class Webhook:
    """The route.

    Args:
        submissions: takes what is to be published.
        secret: what was told to GitHub when the webhook was set up; empty if it was not.
        calls: where a delivery is looked at.
        asking: where GitHub is asked.
    """

    def __init__(self, submissions: Submissions, secret: str, calls: Calls, asking: Asking) -> None:
        self._submissions = submissions
        self._secret = secret
        self._calls = calls
        self._asking = asking

    def routes(self) -> list[Route]:
        """Its only route."""
        return [Route("/api/github/webhook", answering_problems(self._take), methods=["POST"])]

    async def _take(self, request: Request) -> Response:
        if not self._secret:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, _NOT_SET_UP)
        signature = request.headers.get("x-hub-signature-256", "")
        if not _SIGNATURE.fullmatch(signature):
            raise Unsigned("A delivery has to be signed: set up the webhook with a secret.")
        body = await body_of(request, _MOST_BYTES)
        if body is None:
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is longer than {_MOST_BYTES} bytes.")
        await self._calls.run(_verified, self._secret, signature, body)
        match request.headers.get("x-github-event"):
            case "ping":
                return Response(status_code=HTTPStatus.NO_CONTENT)
            case "release":
                release = await self._calls.run(_release_of, body)
            case _:
                release = None
        if release is None:
            ignored: proof_shapes.Ignored = {"detail": "Only releases that are published matter here."}
            return JSONResponse(ignored, HTTPStatus.ACCEPTED)
        delivery = request.headers.get("x-github-delivery", "")
        if not _DELIVERY.fullmatch(delivery):
            raise WrongHeaders("A delivery has an X-GitHub-Delivery.")
        submission = await self._asking.run(
            self._submissions.released,
            delivery,
            release.owner_id,
            release.repository_id,
            release.full_name,
            release.tag,
        )
        told: proof_shapes.Delivered = {"submission": None if submission is None else submission.id}
        return JSONResponse(told, HTTPStatus.ACCEPTED)


@frozen
class _Release:
    """What a delivery says."""

    owner_id: int
    repository_id: int
    full_name: str
    tag: str


def _verified(secret: str, signature: str, raw: bytes) -> None:
    made = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"sha256={made}", signature):
        raise Unsigned("The signature is not that of this body: the webhook has another secret than the index.")


def _release_of(raw: bytes) -> _Release | None:
    """The release that was published; None if it was something else that happened to one.

    Raises:
        WrongBody: it is not what GitHub sends.
        Invalid: it names what cannot be.
    """
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        raise WrongBody("The body is not JSON: set the webhook's content type to application/json.") from None
    match told:
        case {
            "action": "published",
            "release": {"tag_name": str(tag)},
            "repository": {"id": int(number), "full_name": str(full_name), "owner": {"id": int(owner)}},
        } if _is_number(number) and _is_number(owner):
            return _Release(owner, number, check_full_name(full_name), check_ref(tag))
        case {"action": str(action)} if action != "published":
            return None
    raise WrongBody("The body is not what GitHub sends when something happens to a release.")


def _is_number(value: int) -> bool:
    # In JSON, `true` is no number; in Python it is.
    return type(value) is int and 0 < value < _MOST
