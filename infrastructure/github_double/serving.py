"""Listening on this machine."""

import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_server, socket

from infrastructure.github_double.answers import Answer

_HERE = "127.0.0.1"

Respond = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""The answer to a method, a path with its query, headers (in lower case) and a body."""


class Origin:
    """One origin, in threads of its own; nobody from elsewhere reaches it.

    Args:
        respond: says what is answered.
        listener: on this machine; None for one on any port that is free.
    """

    def __init__(self, respond: Respond, listener: socket | None = None) -> None:
        self._server = _Server(respond, listener or create_server((_HERE, 0)))
        self.url = f"http://{_HERE}:{self._server.server_address[1]}"
        loop = {"poll_interval": 0.05}
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs=loop, name="github", daemon=True)

    def start(self) -> None:
        """Answer. Whoever connected before is answered now."""
        self._thread.start()

    def stop(self) -> None:
        """No more."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def do_DELETE(self) -> None:
        self._respond()

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.respond(self.command, self.path, headers, body)
        length = len(answer.body) if answer.told_length is None else answer.told_length
        if length != len(answer.body):
            self.close_connection = True
        try:
            self._send(answer, length)
        except OSError:
            self.close_connection = True

    def _send(self, answer: Answer, length: int) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.status not in {HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT}:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if answer.is_chunked:
            self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(answer.body), answer.body))
        else:
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, respond: Respond, listener: socket) -> None:
        self.respond = respond
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
