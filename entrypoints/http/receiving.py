"""Taking a form with a file, without making anybody else wait."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from starlette.requests import Request

from domain.policy import Bounds
from domain.received import ReceivedFile
from domain.refusals import Invalid
from domain.upload_form import FIELDS, FILE_FIELD
from entrypoints.http.form import Expected, FormReader, ReceivedForm

_PIECE = 512 * 1024


class NoFile(Invalid):
    """A form without its file."""


@asynccontextmanager
async def received_form(
    request: Request, folder: Path, bounds: Bounds, expected: Expected, executor: Executor
) -> AsyncIterator[ReceivedForm]:
    """The whole form of a request; its file is removed at the end, unless it was taken away.

    Args:
        request: whose body nobody has read.
        folder: where the file is put.
        bounds: of the form apart from its file.
        expected: what the form may hold.
        executor: waits for the disk.

    Raises:
        Invalid: it is not the form that is expected.
        ClientDisconnect: it ends too early.
    """
    loop = asyncio.get_running_loop()
    reader = FormReader(request.headers.get("content-type", ""), folder, bounds, expected)
    try:
        pieces = bytearray()
        # Closed at once where the form is given up in the middle, and not by whoever collects garbage.
        async with aclosing(request.stream()) as body:
            async for piece in body:
                pieces += piece
                if len(pieces) >= _PIECE:
                    await loop.run_in_executor(executor, reader.feed, bytes(pieces))
                    pieces.clear()
        if pieces:
            await loop.run_in_executor(executor, reader.feed, bytes(pieces))
        yield await loop.run_in_executor(executor, reader.finish)
    finally:
        reader.discard()


def legacy_form(file_bytes: int, too_large: str) -> Expected:
    """The form of the legacy upload protocol."""
    return Expected(FILE_FIELD, FIELDS, file_bytes, too_large)


def file_of(form: ReceivedForm) -> ReceivedFile:
    """The form's file.

    Raises:
        NoFile: it has none.
    """
    if form.file is None:
        raise NoFile("Upload payload does not have a file.")
    return form.file
