"""Plain HTTP over the loopback: one connection for each request, as an installer's or a publisher's first one."""

import base64
import http.client
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

JSON = "application/vnd.pypi.simple.v1+json"
_BOUNDARY = "sls-pypi-benchmark-boundary"


class Failure(Exception):
    """Something that was to be measured did not work; its text goes into the report."""


class Answer(NamedTuple):
    status: int
    body: bytes

    def lists(self, filename: str) -> bool:
        """Whether this is a project page that names the file."""
        return self.status == http.client.OK and filename.encode() in self.body


class Request(NamedTuple):
    """A request whose bytes are ready before any clock starts."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


def send(url: str, request: Request, timeout: float = 60) -> Answer:
    """Send one request; a server that is not there raises OSError."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)
    try:
        connection.request(request.method, request.path, body=request.body, headers=dict(request.headers))
        response = connection.getresponse()
        return Answer(response.status, response.read())
    except http.client.HTTPException as error:
        raise OSError(f"{request.method} {url}{request.path}: {error!r}") from error
    finally:
        connection.close()


def page(path: str) -> Request:
    """The request of an installer that reads JSON where it is offered."""
    return Request("GET", path, {"Accept": f"{JSON}, text/html;q=0.1"})


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def multipart(
    path: str, fields: Mapping[str, str], filename: str, content: bytes, authorization: str | None
) -> Request:
    """The request that twine sends for one file."""
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="content"; filename="{filename}"\r\n'.encode(),
        b"Content-Type: application/octet-stream\r\n\r\n",
        content,
        f"\r\n--{_BOUNDARY}--\r\n".encode(),
    ]
    headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
    if authorization:
        headers["Authorization"] = authorization
    return Request("POST", path, headers, b"".join(parts))
