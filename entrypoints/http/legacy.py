"""`/legacy/`: the upload protocol of twine, uv, poetry, pdm, hatch and flit."""

import asyncio
from concurrent.futures import Executor
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from domain import upload_form
from domain.caller import Caller
from domain.policy import Bounds
from domain.refusals import Invalid, Refused
from domain.usecases.publishing import Publishing
from domain.usecases.tokens import Tokens
from entrypoints.http.authorization import caller_of
from entrypoints.http.form import FormReader
from entrypoints.http.refusals import for_uploader

_PIECE = 512 * 1024


class NoFile(Invalid):
    """A form without its file."""


class Legacy:
    """The endpoint. Disk and archives are worked on in `executor`, so that readers are served meanwhile."""

    def __init__(
        self, publishing: Publishing, tokens: Tokens, bounds: Bounds, folder: Path, executor: Executor
    ) -> None:
        self._publishing = publishing
        self._tokens = tokens
        self._bounds = bounds
        self._folder = folder
        self._executor = executor

    async def upload(self, request: Request) -> Response:
        """Take one upload; 200 means that it is stored and that installers see it."""
        loop = asyncio.get_running_loop()
        reader: FormReader | None = None
        try:
            caller = await loop.run_in_executor(self._executor, caller_of, request, self._tokens)
            reader = FormReader(request.headers.get("content-type", ""), self._folder, self._bounds)
            await self._receive(request, reader)
            await loop.run_in_executor(self._executor, self._publish, caller, reader)
        except Refused as refusal:
            return for_uploader(refusal, request.headers.get("accept", ""))
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            if reader is not None:
                reader.discard()
        return PlainTextResponse("OK\n")

    async def _receive(self, request: Request, reader: FormReader) -> None:
        loop = asyncio.get_running_loop()
        pieces = bytearray()
        async for piece in request.stream():
            pieces += piece
            if len(pieces) >= _PIECE:
                await loop.run_in_executor(self._executor, reader.feed, bytes(pieces))
                pieces.clear()
        if pieces:
            await loop.run_in_executor(self._executor, reader.feed, bytes(pieces))

    def _publish(self, caller: Caller, reader: FormReader) -> None:
        form = reader.finish()
        upload_form.check_action(form.fields)
        if form.file is None:
            raise NoFile("Upload payload does not have a file.")
        self._publishing.upload(caller, form.fields, form.file)
