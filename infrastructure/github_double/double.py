"""GitHub on this machine, as far as it is asked without a login and for one, with its faults at hand."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import define, frozen

from infrastructure.github_double.people import JSON, Answer, People

__all__ = ["JSON", "Answer", "GitHub", "Repository", "github"]


@frozen
class Asked:
    """One request that was answered."""

    path: str
    condition: str | None
    user_agent: str
    status: int


@define
class Repository:
    """What people did to a repository."""

    full_name: str
    stars: int = 0
    forks: int = 0
    issues: int = 0
    pulls: int = 0
    contributors: int = 1
    pushed_at: str | None = "2026-11-20T10:00:00Z"
    spdx_id: str | None = "MIT"
    archived: bool = False
    private: bool = False

    def told(self) -> dict[str, Any]:
        owner, _, name = self.full_name.partition("/")
        return {
            "id": int.from_bytes(hashlib.sha256(self.full_name.encode()).digest()[:3], "big"),
            "name": name,
            "full_name": self.full_name,
            "owner": {"login": owner, "id": 1},
            "private": self.private,
            "archived": self.archived,
            "stargazers_count": self.stars,
            "forks_count": self.forks,
            "open_issues_count": self.issues + self.pulls,
            "pushed_at": self.pushed_at,
            "license": self.spdx_id and {"spdx_id": self.spdx_id},
        }


Fault = Callable[[str], Answer | None]
"""What is answered for a path instead of the truth; None for the truth."""


class GitHub:
    """The site and its API. `url` is the root of both; `fault` what is wrong, and `people` who can log in.

    `hanging` is how many requests were not answered before somebody let go.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.fault: Fault | None = None
        self.hanging = 0
        self.people = People()
        self.asked: list[Asked] = []
        self._repositories: dict[str, Repository] = {}
        self._renamed: dict[str, str] = {}
        self._released = threading.Event()
        self._lock = threading.Lock()

    def has(self, repository: Repository) -> Repository:
        self._repositories[repository.full_name.lower()] = repository
        return repository

    def loses(self, full_name: str) -> None:
        del self._repositories[full_name.lower()]

    def renames(self, full_name: str, new_name: str) -> None:
        repository = self._repositories.pop(full_name.lower())
        repository.full_name = new_name
        self.has(repository)
        self._renamed[full_name.lower()] = new_name.lower()

    def hangs(self) -> None:
        """Answer nobody until `release`."""
        self.fault = self._hang

    def _hang(self, _: str) -> Answer | None:
        with self._lock:
            self.hanging += 1
        self._released.wait()
        return None

    def release(self) -> None:
        self._released.set()

    def paths(self) -> list[str]:
        """What was asked for since the last time that somebody wanted to know."""
        with self._lock:
            asked, self.asked = self.asked, []
        return [each.path for each in asked]

    def answer(self, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """What is answered to a GET, or to a POST of this body."""
        condition = headers.get("If-None-Match")
        answer = self.fault(path) if self.fault else None
        if answer is None:
            with self._lock:
                answer = self._people(path, headers, body) or self._truth(path, condition)
        with self._lock:
            self.asked.append(Asked(path, condition, headers["User-Agent"], answer.status))
        return answer

    def _people(self, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer | None:
        """The answer about people; None if it is about something else."""
        match urlsplit(path).path:
            case "/login/oauth/authorize":
                return self.people.authorize(path)
            case "/login/oauth/access_token" if body is not None:
                return self.people.exchange(body, headers["Accept"])
            case "/user":
                return self.people.user(headers.get("Authorization"))
            case _:
                return None

    def _truth(self, path: str, condition: str | None) -> Answer:
        parts = urlsplit(path)
        match parts.path.strip("/").lower().split("/"):
            case ["rate_limit"]:
                return Answer(200, b"{}", JSON)
            case ["repos", owner, name, *rest]:
                full_name = f"{owner}/{name}"
            case ["repositories", number, *rest]:
                known = (r.full_name.lower() for r in self._repositories.values() if str(r.told()["id"]) == number)
                full_name = next(known, "")
            case _:
                return _missing()
        if new_name := self._renamed.get(full_name):
            number = self._repositories[new_name].told()["id"]
            place = "/".join([f"{self.url}/repositories/{number}", *rest]) + (parts.query and f"?{parts.query}")
            return Answer(301, b"{}", {**JSON, "Location": place})
        repository = self._repositories.get(full_name)
        if repository is None:
            return _missing()
        match rest:
            case []:
                return _conditional(repository.told(), {}, condition)
            case ["pulls"]:
                return self._list(path, repository.pulls, condition)
            case ["contributors"]:
                return self._list(path, repository.contributors, condition)
            case _:
                return _missing()

    def _list(self, path: str, number: int, condition: str | None) -> Answer:
        """The first of so many things, and a link to the last."""
        query = parse_qs(urlsplit(path).query)
        assert query["per_page"] == ["1"]
        assert query.get("state") == ["open"] or query.get("anon") == ["true"]
        if number < 2:
            return _conditional([{"id": 1}][:number], {}, condition)
        url = f"{self.url}{path}"
        links = f'<{url}&page=2>; rel="next", <{url}&page={number}>; rel="last"'
        return _conditional([{"id": number}], {"Link": links}, condition)


def _missing() -> Answer:
    return Answer(404, json.dumps({"message": "Not Found"}).encode(), JSON)


def _conditional(told: object, headers: Mapping[str, str], condition: str | None) -> Answer:
    body = json.dumps(told).encode()
    etag = f'W/"{hashlib.sha256(body + headers.get("Link", "").encode()).hexdigest()}"'
    if condition == etag:
        return Answer(304, b"", {"ETag": etag})
    return Answer(200, body, {**JSON, **headers, "ETag": etag})


@contextmanager
def github() -> Iterator[GitHub]:
    """The API, in threads of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.respond(double.answer(self.path, dict(self.headers), body))

        def do_GET(self) -> None:
            self.respond(double.answer(self.path, dict(self.headers)))

        def respond(self, answer: Answer) -> None:
            length = len(answer.body) if answer.told_length is None else answer.told_length
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if answer.status != 304:
                    self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(answer.body)
            except OSError:
                self.close_connection = True
            if length != len(answer.body):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double = GitHub(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.release()
        server.shutdown()
        server.server_close()
        thread.join()
