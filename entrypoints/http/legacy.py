"""`/legacy/`: the upload protocol of twine, uv, poetry, pdm, hatch and flit."""

import asyncio
from concurrent.futures import Executor
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from domain import upload_form
from domain.caller import Caller
from domain.file_sizes import above_limit, above_request_limit
from domain.policy import Bounds
from domain.refusals import Refused
from domain.usecases.publishing import Publishing
from domain.usecases.tokens import Tokens
from entrypoints.http.authorization import caller_of
from entrypoints.http.form import ReceivedForm
from entrypoints.http.patience import patiently
from entrypoints.http.receiving import file_of, legacy_form, received_form
from entrypoints.http.refusals import for_uploader


class Legacy:
    """The endpoint. Disk and archives are worked on in `executor`, so that readers are served meanwhile.

    Args:
        publishing: publishes.
        tokens: knows the callers.
        bounds: of form and file.
        request_bytes: the largest file that this address takes, if that is less than the index takes.
        base_url: public URL of the index.
        folder: where files are kept while they arrive.
        executor: for what blocks.
    """

    def __init__(
        self,
        publishing: Publishing,
        tokens: Tokens,
        bounds: Bounds,
        request_bytes: int | None,
        base_url: str,
        folder: Path,
        executor: Executor,
    ) -> None:
        self._publishing = publishing
        self._tokens = tokens
        self._bounds = bounds
        self._folder = folder
        self._executor = executor
        if request_bytes is None or request_bytes >= bounds.file_bytes:
            self._expected = legacy_form(bounds.file_bytes, above_limit(bounds.file_bytes))
        else:
            self._expected = legacy_form(request_bytes, above_request_limit(request_bytes, base_url))

    def routes(self) -> list[Route]:
        """Without the slash as well: publishers refuse to follow a redirect with the file."""
        return [Route(path, patiently(self._upload), methods=["POST"]) for path in ("/legacy", "/legacy/")]

    async def _upload(self, request: Request) -> Response:
        """Take one upload; 200 means that it is stored and that installers see it."""
        loop = asyncio.get_running_loop()
        try:
            caller = await loop.run_in_executor(self._executor, caller_of, request, self._tokens)
            async with received_form(request, self._folder, self._bounds, self._expected, self._executor) as form:
                await loop.run_in_executor(self._executor, self._publish, caller, form)
        except Refused as refusal:
            return for_uploader(refusal, request.headers.get("accept", ""))
        except ClientDisconnect:
            return Response(status_code=400)
        return PlainTextResponse("OK\n")

    def _publish(self, caller: Caller, form: ReceivedForm) -> None:
        upload_form.check_action(form.fields)
        self._publishing.upload(caller, form.fields, file_of(form))
