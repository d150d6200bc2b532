"""The OpenAPI description: that it is valid, complete, reachable, and cannot drift from what is routed and refused."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from openapi_spec_validator import validate
from starlette.applications import Starlette
from starlette.routing import Route

import adapters
import domain
import entrypoints.http
from domain import routing
from domain.policy import UnknownAllowance
from domain.refusals import Invalid, NotAllowed, NotFound, Refused, TooLarge, Unauthenticated
from domain.usecases import building
from entrypoints.http.calls import status_for_caller
from entrypoints.http.login import Way
from entrypoints.http.oidc import CODES
from entrypoints.http.openapi import NOT_DESCRIBED, document, refusals_of
from entrypoints.http.operation import Access, Operation
from entrypoints.http.operations import OPERATIONS
from entrypoints.http.refusals import Unprocessable, status_of_kind
from entrypoints.http.schemas import Is, Schemas
from tests.entrypoints.conftest import Site
from tests.entrypoints.described import check_described
from tests.entrypoints.standing import Place, standing

PATH = "/api/openapi.json"
KINDS = {Invalid, Unauthenticated, NotAllowed, NotFound, TooLarge, Unprocessable}
"""What others are kinds of; none is raised itself."""
NEVER_ANSWERED = {
    UnknownAllowance,  # of a setting
    building.NoFiles,  # ends a submission, whose error it is
    building.SeveralReleases,
    building.NoRelease,
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """With the login of one machine, so with all the routes that there are."""
    with standing(tmp_path, Way.LOCAL) as place:
        yield place


def told(place: Place) -> dict[str, Any]:
    answer = place.ask("GET", PATH, {}, b"")
    assert answer.status == 200
    body: dict[str, Any] = json.loads(answer.body)
    return body


def starlette_of(place: Place) -> Starlette:
    app = place.app._app  # type: ignore[attr-defined]
    assert isinstance(app, Starlette)
    return app


def test_the_description_is_valid_openapi(here: Place) -> None:
    validate(told(here))


def test_it_describes_every_route_and_no_other(here: Place) -> None:
    routed = {
        (method, route.path)
        for route in starlette_of(here).routes
        if isinstance(route, Route) and route.path not in NOT_DESCRIBED
        for method in route.methods or ()
        if method != "HEAD"
    }
    written = {(method.upper(), path) for path, methods in told(here)["paths"].items() for method in methods}
    assert written == routed == {tuple(key.split(" ", 1)) for key in OPERATIONS}


def test_a_route_that_nobody_describes_is_a_fault() -> None:
    async def nothing() -> None:
        """No request comes here."""

    with pytest.raises(KeyError):
        document([Route("/api/new", nothing, methods=["GET"])], "https://index.test", "session", "1")


def test_what_is_not_there_is_not_described(tmp_path: Path) -> None:
    with standing(tmp_path) as place:
        assert "post" not in told(place)["paths"]["/login"]


def test_every_path_is_one_that_functions_answer(here: Place) -> None:
    for path in told(here)["paths"]:
        assert isinstance(routing.route("GET", path.replace("{", "").replace("}", "")), routing.Dynamic)


def modules(package: Any) -> Iterator[str]:
    yield package.__name__
    yield from (each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))


def kinds(base: type[Refused]) -> Iterator[type[Refused]]:
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_refusal_is_said_with_its_status_by_an_operation() -> None:
    for package in (domain, adapters, entrypoints.http):
        for name in modules(package):
            if not name.startswith("adapters.building.cell"):
                importlib.import_module(name)
    ours = {kind for kind in kinds(Refused) if not kind.__module__.startswith("tests.")} - NEVER_ANSWERED - KINDS
    said = {(kind, status) for operation in OPERATIONS.values() for kind, status in refused(operation)}
    assert len(ours) > 100
    for kind in ours:
        possible = {
            (base, status) for base in kind.__mro__ for status in (status_of_kind(kind), status_for_caller(kind))
        }
        assert possible & said, f"no operation says {kind.__name__}, or none says its status"


def refused(operation: Operation) -> Iterator[tuple[type[Refused], int]]:
    if operation.id == "mintToken":
        yield from ((kind, status_of_kind(kind)) for kind in CODES)  # the body has a word for each
    for kinds_of_status in refusals_of("POST", operation).values():
        for kind in kinds_of_status:
            yield from ((kind, status) for status in answered(operation))


def answered(operation: Operation) -> set[int]:
    return {*operation.answers, *refusals_of("POST", operation)}


def test_it_is_kept_by_who_has_it(here: Place) -> None:
    first = here.ask("GET", PATH, {}, b"")
    assert first.headers["cache-control"] == "public, max-age=60"
    again = here.ask("GET", PATH, {"if-none-match": f'"other", W/{first.headers["etag"]}'}, b"")
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", ["/api/tokens", "/api/nothing", PATH])
def test_every_answer_of_the_api_says_where_it_is(site: Site, path: str) -> None:
    assert 'rel="service-desc"' in site.client.get(path).headers["link"]
    assert site.client.get(path).links["service-desc"]["url"] == PATH


def test_answers_outside_of_the_api_do_not_link_to_the_description(site: Site) -> None:
    assert "link" not in site.client.get("/healthz").headers


def test_only_what_is_open_to_everybody_has_no_security(here: Place) -> None:
    for path, methods in told(here)["paths"].items():
        for method, operation in methods.items():
            assert bool(operation["security"]) is (OPERATIONS[f"{method.upper()} {path}"].access is not Access.ANYBODY)


def test_the_cookie_is_called_as_it_is_set(here: Place) -> None:
    assert told(here)["components"]["securitySchemes"]["session"]["name"] == "__Host-sls_session"


class Inner(TypedDict):
    """Inside."""

    size: Annotated[int, Is(minimum=1)]


@pytest.mark.parametrize("kind", [float, set[str], tuple[int, ...], bytes, list])
def test_what_has_no_schema_is_a_fault(kind: Any) -> None:
    with pytest.raises(TypeError):
        Schemas().of(kind)


def test_schemas_of_types() -> None:
    schemas = Schemas()
    assert schemas.of(dict[str, list[int] | None]) == {
        "type": "object",
        "additionalProperties": {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]},
    }
    assert schemas.of(Inner, closed=True) == {"$ref": "#/components/schemas/Inner"}
    assert schemas.named["Inner"] == {
        "type": "object",
        "description": "Inside.",
        "properties": {"size": {"type": "integer", "minimum": 1}},
        "required": ["size"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (418, "application/problem+json", b"{}"),
        (200, "text/html", b"[]"),
        (200, "application/json", b"{}"),
        (200, "application/json", b'[{"id": "1", "name": "x", "packages": null}]'),
        (200, "application/json", b'[{"id": "1", "name": "x", "packages": null, "created": "2026", "more": 1}]'),
    ],
)
def test_what_is_not_described_is_noticed(status: int, kind: str, body: bytes) -> None:
    with pytest.raises(AssertionError):
        check_described("GET", "/api/tokens", status, {"content-type": kind}, body)


def test_operations_have_names_of_their_own() -> None:
    assert len({each.id for each in OPERATIONS.values()}) == len(OPERATIONS)
