"""`/api`: what a submitter does besides uploading. Errors are `application/problem+json` (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.caller import Caller
from domain.events import TokenIssued
from domain.usecases.publishing import Publishing
from domain.usecases.tokens import Tokens
from domain.views.times import timestamp
from entrypoints.http import shapes
from entrypoints.http.calls import Body, Calls, WrongBody


class Api:
    """Yanks, deletes and withdraws what the caller owns, and manages the caller's tokens."""

    def __init__(self, publishing: Publishing, tokens: Tokens, calls: Calls) -> None:
        self._publishing = publishing
        self._tokens = tokens
        self._calls = calls

    def routes(self) -> list[Route]:
        """Files, whole packages and tokens."""
        file = "/api/packages/{name}/files/{filename}"
        endpoint = self._calls.endpoint
        return [
            Route("/api/packages/{name}", endpoint(self._withdraw), methods=["DELETE"]),
            Route(file, endpoint(self._yank, with_body=True), methods=["PATCH"]),
            Route(file, endpoint(self._delete), methods=["DELETE"]),
            Route("/api/tokens", endpoint(self._list_tokens), methods=["GET"]),
            Route("/api/tokens", endpoint(self._issue_token, with_body=True), methods=["POST"]),
            Route("/api/tokens/{id}", endpoint(self._revoke_token), methods=["DELETE"]),
        ]

    def _withdraw(self, caller: Caller, path: Mapping[str, str], _: Body) -> Response:
        self._publishing.withdraw(caller, path["name"])
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _yank(self, caller: Caller, path: Mapping[str, str], body: Body) -> Response:
        yanked, reason = _yank_of(body)
        if yanked:
            self._publishing.yank(caller, path["name"], path["filename"], reason)
        else:
            self._publishing.unyank(caller, path["name"], path["filename"])
        state: shapes.FileState = {"filename": path["filename"], "yanked": yanked}
        if reason:
            state["reason"] = reason
        return JSONResponse(state)

    def _delete(self, caller: Caller, path: Mapping[str, str], _: Body) -> Response:
        self._publishing.delete(caller, path["name"], path["filename"])
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _list_tokens(self, caller: Caller, _: Mapping[str, str], __: Body) -> Response:
        return JSONResponse([_token(token) for token in self._tokens.of(caller)])

    def _issue_token(self, caller: Caller, _: Mapping[str, str], body: Body) -> Response:
        name, packages = _token_request(body)
        made = self._tokens.issue(caller, name, packages)
        headers = {"Location": f"/api/tokens/{made.issued.id}"}
        shown: shapes.NewToken = {**_token(made.issued), "token": made.secret}
        return JSONResponse(shown, HTTPStatus.CREATED, headers)

    def _revoke_token(self, caller: Caller, path: Mapping[str, str], _: Body) -> Response:
        self._tokens.revoke(caller, path["id"])
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _token(token: TokenIssued) -> shapes.Token:
    packages = None if token.packages is None else list(token.packages)
    return {"id": token.id, "name": token.name, "packages": packages, "created": timestamp(token.at)}


def _yank_of(body: Body) -> tuple[bool, str]:
    match body:
        case {"yanked": bool(yanked), **rest} if not rest.keys() - {"reason"}:
            reason = rest.get("reason")
            if reason is None or isinstance(reason, str):
                return yanked, (reason or "").strip() if yanked else ""
    raise WrongBody('Send {"yanked": true or false, "reason": "one line, or leave it out"}.')


def _token_request(body: Body) -> tuple[str, list[str] | None]:
    match body:
        case {"name": str(name), **rest} if not rest.keys() - {"packages"}:
            packages = rest.get("packages")
            if packages is None or (isinstance(packages, list) and all(isinstance(p, str) for p in packages)):
                return name, packages
    raise WrongBody('Send {"name": "what the token is for", "packages": ["name", ...] or leave it out for all}.')
