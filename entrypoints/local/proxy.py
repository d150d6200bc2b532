"""`proxy`: an upload address on this machine for twine and others, which forwards files of any size to an index.

It speaks the legacy protocol to them and upload sessions to the index. It keeps no credential: what a client sends
with a file goes to the index with that file, and nowhere else.
"""

import asyncio
import logging
import sys
import tempfile
from concurrent.futures import Executor, ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from domain import upload_form
from domain.account import NOBODY
from domain.file_sizes import above_limit
from domain.policy import Bounds
from domain.refusals import Refused
from entrypoints.http.authorization import secret_of
from entrypoints.http.form import ReceivedForm
from entrypoints.http.patience import patiently
from entrypoints.http.receiving import file_of, legacy_form, received_form
from entrypoints.http.refusals import for_uploader, told_to_uploader
from entrypoints.http.server import listen, run
from entrypoints.local.faults import FULL
from entrypoints.local.sending import NotTaken, Outgoing, Sender, StillChecking, Unreachable, client
from entrypoints.local.tokens import may_be_token

_AT_ONCE = 8
_MOST_BYTES = 5 * 2**30
"""S3 takes no more in one request; what the index takes is for it to say."""


def serve(url: str, host: str, port: int) -> None:
    """Forward until SIGTERM or SIGINT; prints where to upload to once it is ready.

    Args:
        url: the index's base URL, without a slash at its end.
        host: address to listen on.
        port: port to listen on; 0 picks a free one.

    Raises:
        CannotListen: the address cannot be had.
    """
    listener = listen(host, port)

    def ready(here: str) -> None:
        sys.stdout.write(f"Uploading to {url} through {here}/legacy/\n")
        sys.stdout.flush()

    with (
        tempfile.TemporaryDirectory(prefix="sls-pypi-proxy-") as folder,
        client() as http,
        ThreadPoolExecutor(_AT_ONCE, "forward") as executor,
    ):
        run(application(Sender(url, http), Path(folder), executor), listener, ready)


def application(sender: Sender, folder: Path, executor: Executor) -> ASGIApp:
    """The upload address.

    Args:
        sender: brings files to the index.
        folder: where files are kept while they are forwarded.
        executor: for what blocks.
    """
    upload = patiently(_Forwarding(sender, folder, executor).upload)
    app = Starlette(routes=[Route(path, upload, methods=["POST"]) for path in ("/legacy", "/legacy/")])
    app.router.redirect_slashes = False
    return app


class _Forwarding:
    def __init__(self, sender: Sender, folder: Path, executor: Executor) -> None:
        self._sender = sender
        self._folder = folder
        self._executor = executor
        self._bounds = Bounds()
        self._expected = legacy_form(_MOST_BYTES, above_limit(_MOST_BYTES))

    async def upload(self, request: Request) -> Response:
        """Take one upload and answer what the index answers."""
        accept = request.headers.get("accept", "")
        token = secret_of(request)
        # What no header can carry is nobody's token, and the index need not be asked.
        if token is None or not may_be_token(token):
            return told_to_uploader(HTTPStatus.FORBIDDEN, NOBODY, accept)
        try:
            async with received_form(request, self._folder, self._bounds, self._expected, self._executor) as form:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self._executor, self._forward, form, token)
        except Refused as refusal:
            return for_uploader(refusal, accept)
        except NotTaken as refusal:
            return told_to_uploader(_status(refusal), str(refusal), accept)
        except Unreachable as fault:
            return told_to_uploader(HTTPStatus.BAD_GATEWAY, str(fault), accept)
        except StillChecking as delay:
            return told_to_uploader(HTTPStatus.GATEWAY_TIMEOUT, str(delay), accept)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        except OSError as fault:
            if fault.errno not in FULL:
                raise
            why = f"The disk of the proxy is full: make room in {self._folder} and send it again."
            logging.error("%s", why)  # noqa: TRY400 - all there is to say
            return told_to_uploader(HTTPStatus.SERVICE_UNAVAILABLE, why, accept)
        return PlainTextResponse("OK\n")

    def _forward(self, form: ReceivedForm, token: str) -> None:
        upload_form.check_action(form.fields)
        file = file_of(form)
        upload_form.check(form.fields, file.filename, file.digests)
        self._sender.send(Outgoing(file.path, file.filename, file.size, file.digests.sha256), token)


def _status(refusal: NotTaken) -> HTTPStatus:
    """As the index itself answers publishers: it tells nobody of them to log in."""
    status = HTTPStatus(refusal.status)
    return HTTPStatus.FORBIDDEN if status is HTTPStatus.UNAUTHORIZED else status
