"""`/api/uploads`: files of any size, in three steps (announced, sent, completed)."""

from collections.abc import Mapping
from concurrent.futures import Executor
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.caller import Caller
from domain.policy import Bounds
from domain.usecases.uploads import Uploads
from entrypoints.http import shapes
from entrypoints.http.callers import Callers
from entrypoints.http.calls import Body, Calls, WrongBody, answering_problems
from entrypoints.http.form import Expected
from entrypoints.http.receiving import file_of, received_form

_CHECKING = "The file is being checked. Send it to `url` if that was not done, then ask again."


class UploadSessions:
    """The routes. Disk and archives are worked on in `executor`."""

    def __init__(self, uploads: Uploads, callers: Callers, bounds: Bounds, folder: Path, executor: Executor) -> None:
        self._uploads = uploads
        self._calls = Calls(callers, executor, uploads=True)
        self._bounds = bounds
        self._folder = folder
        self._executor = executor

    def routes(self) -> list[Route]:
        """Everything below `/api/uploads`."""
        file = answering_problems(self._take)
        return [
            Route("/api/uploads", self._calls.endpoint(self._reserve, with_body=True), methods=["POST"]),
            Route("/api/uploads/{id}/file", file, methods=["POST"]),
            Route("/api/uploads/{id}/complete", self._calls.endpoint(self._complete), methods=["POST"]),
        ]

    def _reserve(self, caller: Caller, _: Mapping[str, str], body: Body) -> Response:
        filename, size, sha256 = _announced(body)
        reserved = self._uploads.reserve(caller, filename, size, sha256)
        if reserved is None:
            return _published(filename)
        answer: shapes.Upload = {
            "id": reserved.id,
            "filename": filename,
            "url": reserved.target.url,
            "fields": dict(reserved.target.fields),
            "complete": f"/api/uploads/{reserved.id}/complete",
        }
        return JSONResponse(answer, HTTPStatus.CREATED)

    async def _take(self, request: Request) -> Response:
        """The file, where it goes through the index itself; the form is S3's: fields first, then `file`."""
        caller, upload = await self._calls.caller(request), request.path_params["id"]
        size = (await self._calls.run(self._uploads.reserved, caller, upload)).size
        expected = Expected("file", frozenset(), size, f"{size} bytes were announced and more arrived.")
        async with received_form(request, self._folder, self._bounds, expected, self._executor) as form:
            await self._calls.run(self._uploads.take, caller, upload, file_of(form))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _complete(self, caller: Caller, path: Mapping[str, str], _: Body) -> Response:
        filename = self._uploads.reserved(caller, path["id"]).filename
        if self._uploads.complete(caller, path["id"]):
            return _published(filename)
        checking: shapes.UploadChecking = {"status": "checking", "detail": _CHECKING}
        return JSONResponse(checking, HTTPStatus.ACCEPTED, {"Retry-After": "1"})


def _published(filename: str) -> Response:
    published: shapes.UploadPublished = {"filename": filename, "status": "published"}
    return JSONResponse(published)


def _announced(body: Body) -> tuple[str, int, str]:
    match body:
        # In JSON, `true` is no number; in Python it is.
        case {"filename": str(filename), "size": int(size), "sha256": str(sha256), **rest} if not (
            rest or isinstance(size, bool)
        ):
            return filename, size, sha256
    raise WrongBody('Send {"filename": "frob-1.0-py3-none-any.whl", "size": bytes, "sha256": "hexadecimal digits"}.')
