"""The OpenAPI description of the functions (OpenAPI 3.1), made of the routes that an application has."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from inspect import getdoc
from typing import Any

from starlette.routing import BaseRoute, Route

from domain.account import UnknownToken
from domain.caller import ForUploadsOnly
from domain.logins import CrossSite, NotLoggedIn
from domain.refusals import Refused
from entrypoints.http.calls import WrongBody, status_for_caller
from entrypoints.http.operation import Access, Errors, Operation, Told
from entrypoints.http.operations import OPERATIONS
from entrypoints.http.refusals import status_of_kind
from entrypoints.http.schemas import Schema, Schemas
from entrypoints.http.shapes import Problem, UploadRefused

NOT_DESCRIBED = frozenset({"/legacy", "/simple/{page:path}"})
"""Another spelling of an address, and pages that the site has not."""

_PARAMETER = re.compile(r"\{(\w+)\}")
_SAFE = frozenset({"GET"})
_DESCRIPTION = """\
What submitters and publishing clients ask of this index. Installers read the Simple API instead, which is static.

Errors are `application/problem+json` (RFC 9457) with one line for people in `detail`, except for publishing clients,
which read lines of text, and browsers. Any address may answer 405 (method), 408 (a body that stalls), 500, or 503 (a
disk that is full); behind a content delivery network also 413, 429, 502, 503 and 504, in its own words.
"""


def document(routes: Iterable[BaseRoute], base_url: str, session_cookie: str, version: str) -> Schema:
    """The description of these routes.

    Args:
        routes: of the application.
        base_url: public URL of the index.
        session_cookie: the name of the cookie of who is logged in.
        version: of the software.

    Raises:
        KeyError: nobody has said in `OPERATIONS` what a route does.
    """
    schemas = Schemas()
    paths: dict[str, Schema] = defaultdict(dict)
    for method, path in described(routes):
        paths[path][method.lower()] = _operation(method, path, OPERATIONS[f"{method} {path}"], schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "sls-pypi", "version": version, "description": _DESCRIPTION},
        "servers": [{"url": base_url}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.named.items())), "securitySchemes": _schemes(session_cookie)},
    }


def described(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of each operation; HEAD is GET without a body."""
    for route in routes:
        if isinstance(route, Route) and route.path not in NOT_DESCRIBED:
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield method, route.path


def refusals_of(method: str, operation: Operation) -> Mapping[HTTPStatus, Sequence[type[Refused]]]:
    """What it may refuse, by the status that is answered then."""
    by_status: dict[HTTPStatus, list[type[Refused]]] = defaultdict(list)
    status = status_of_kind if operation.errors in {Errors.LINE, Errors.PAGE} else status_for_caller
    for kind in (*_of_access(method, operation.access), *_of_body(operation), *operation.refusals):
        by_status[status(kind)].append(kind)
    return by_status


def _of_access(method: str, access: Access) -> Sequence[type[Refused]]:
    cross_site = () if method in _SAFE else (CrossSite,)
    match access:
        case Access.ACCOUNT:
            return (UnknownToken, NotLoggedIn, ForUploadsOnly, *cross_site)
        case Access.UPLOADER:
            return (UnknownToken, NotLoggedIn, *cross_site)
        case Access.PUBLISHER:
            return (UnknownToken,)
        case Access.BROWSER:
            return cross_site
        case Access.ANYBODY | Access.SIGNER:
            return ()


def _of_body(operation: Operation) -> Sequence[type[Refused]]:
    return (WrongBody,) if operation.sends is not None and operation.errors is not Errors.NONE else ()


def _operation(method: str, path: str, operation: Operation, schemas: Schemas) -> Schema:
    answers = {status: _answer(told, schemas) for status, told in operation.answers.items()}
    for status, kinds in refusals_of(method, operation).items():
        if status in answers:
            answers[status]["description"] += f" {_reasons(kinds)}"
        else:
            answers[status] = _refusal(kinds, operation.errors, schemas)
    made: Schema = {
        "operationId": operation.id,
        "summary": operation.says,
        "tags": [_tag(path)],
        "security": _security(method, operation.access),
        "responses": {str(int(status)): answers[status] for status in sorted(answers)},
    }
    parameters = [
        *({"name": name, "in": "path", "required": True, "schema": _SEGMENT} for name in _PARAMETER.findall(path)),
        *({"name": name, "in": "query", "schema": schemas.of(kind)} for name, kind in operation.queries.items()),
    ]
    if parameters:
        made["parameters"] = parameters
    if operation.sends is not None:
        schema = schemas.of(operation.sends, closed=operation.closed)
        made["requestBody"] = _body("application/json", schema)
    elif operation.form is not None:
        made["requestBody"] = _body(operation.form_type, operation.form)
    return made


_SEGMENT: Schema = {"type": "string", "minLength": 1}


def _body(media: str, schema: Schema) -> Schema:
    return {"required": True, "content": {media: {"schema": schema}}}


def _answer(told: Told, schemas: Schemas) -> Schema:
    made: Schema = {"description": told.says}
    if told.shape is not None:
        schema = schemas.of(told.shape)
        made["content"] = {media: {"schema": schema} for media in told.media}
    if told.headers:
        made["headers"] = {name: {"required": True, "schema": {"type": "string"}} for name in told.headers}
    return made


def _refusal(kinds: Sequence[type[Refused]], errors: Errors, schemas: Schemas) -> Schema:
    match errors:
        case Errors.PROBLEM:
            content: dict[str, Any] = {"application/problem+json": Problem}
        case Errors.LINE:
            content = {"text/plain; charset=utf-8": str, "application/json": UploadRefused}
        case Errors.PAGE:
            content = {"text/html; charset=utf-8": str}
        case Errors.NONE:
            content = {}
    return {
        "description": _reasons(kinds),
        "content": {media: {"schema": schemas.of(shape)} for media, shape in content.items()},
    }


def _reasons(kinds: Iterable[type[Refused]]) -> str:
    """What the classes say of themselves."""
    return " ".join(f"{kind.__name__}: {(getdoc(kind) or '').splitlines()[0]}" for kind in dict.fromkeys(kinds))


def _tag(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "api" else parts[0]


def _security(method: str, access: Access) -> list[dict[str, list[str]]]:
    session: dict[str, list[str]] = {"session": []} if method in _SAFE else {"session": [], "csrf": []}
    match access:
        case Access.ANYBODY:
            return []
        case Access.ACCOUNT | Access.UPLOADER:
            return [{"token": []}, session]
        case Access.PUBLISHER:
            return [{"publisher": []}, {"token": []}]
        case Access.BROWSER:
            return [session, {}]
        case Access.SIGNER:
            return [{"signature": []}]


def _schemes(session_cookie: str) -> Schema:
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "An upload token."},
        "publisher": {
            "type": "http",
            "scheme": "basic",
            "description": "The user `__token__` with an upload token as password, as publishing clients send it.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": session_cookie,
            "description": "Who is logged in with a browser.",
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "X-CSRF-Token",
            "description": "The value of the cookie `csrf_token`, with what changes anything in a session.",
        },
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Hub-Signature-256",
            "description": "`sha256=` and the HMAC of the body under the webhook's secret, in hexadecimal digits.",
        },
    }
