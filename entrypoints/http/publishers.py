"""`/api/publishers`: whom a submitter trusts to upload. Errors are `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.caller import Caller
from domain.events import PublisherTrusted
from domain.identity_claims import Kind
from domain.publishers import Wanted
from domain.usecases.publishers import Publishers
from domain.views.times import timestamp
from entrypoints.http import proof_shapes
from entrypoints.http.asking import Asking
from entrypoints.http.calls import Body, Calls, WrongBody, answering_problems, json_body

_KINDS = frozenset(kind.value for kind in Kind)


class PublisherRoutes:
    """Listing, trusting and distrusting; to trust, GitHub is asked for numbers that stay when names change."""

    def __init__(self, publishers: Publishers, calls: Calls, asking: Asking) -> None:
        self._publishers = publishers
        self._calls = calls
        self._asking = asking

    def routes(self) -> list[Route]:
        """Everything below `/api/publishers`."""
        endpoint = self._calls.endpoint
        return [
            Route("/api/publishers", endpoint(self._list), methods=["GET"]),
            Route("/api/publishers", answering_problems(self._trust), methods=["POST"]),
            Route("/api/publishers/{id}", endpoint(self._distrust), methods=["DELETE"]),
        ]

    def _list(self, caller: Caller, _: Mapping[str, str], __: Body) -> Response:
        return JSONResponse([_entry(publisher) for publisher in self._publishers.of(caller)])

    async def _trust(self, request: Request) -> Response:
        caller, wanted = await self._calls.caller(request), _wanted(await json_body(request))
        trusted = await self._asking.run(self._publishers.trust, caller, wanted)
        return JSONResponse(_entry(trusted), HTTPStatus.CREATED, {"Location": f"/api/publishers/{trusted.id}"})

    def _distrust(self, caller: Caller, path: Mapping[str, str], _: Body) -> Response:
        self._publishers.distrust(caller, path["id"])
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _entry(publisher: PublisherTrusted) -> proof_shapes.Publisher:
    return {
        "id": publisher.id,
        "kind": publisher.kind,
        "package": publisher.package,
        "repository": publisher.project,
        "workflow": publisher.workflow,
        "environment": publisher.environment,
        "created": timestamp(publisher.at),
    }


def _wanted(body: Body) -> Wanted:
    match body:
        case {
            "kind": str(kind),
            "package": str(package),
            "repository": str(repository),
            "workflow": str(workflow),
            **rest,
        } if kind in _KINDS and not rest.keys() - {"environment"}:
            environment = rest.get("environment")
            if environment is None or isinstance(environment, str):
                # A form sends what nobody filled in as an empty text.
                return Wanted(Kind(kind), package, repository, workflow, environment or None)
    raise WrongBody(
        'Send {"kind": "github" or "gitlab", "package": "name", "repository": "owner/name", "workflow": "release.yml", '
        '"environment": "name, or leave it out"}.'
    )
