"""GitHub on this machine: its site, its API and its files, with its faults at hand."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from socket import socket
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import evolve, frozen

from infrastructure.github_double import graph, site
from infrastructure.github_double.answers import (
    JSON,
    Answer,
    conditional,
    missing,
    paged,
    problem,
    query_of,
    told,
)
from infrastructure.github_double.archives import archive
from infrastructure.github_double.faults import Fault
from infrastructure.github_double.file_shapes import asset_number
from infrastructure.github_double.kept import Kept
from infrastructure.github_double.limits import NOBODY, Limits
from infrastructure.github_double.oidc import Issuer
from infrastructure.github_double.repository import Repository
from infrastructure.github_double.rest import RepositoryApi
from infrastructure.github_double.serving import Origin
from infrastructure.github_double.shapes import profile

__all__ = ["JSON", "Answer", "GitHub", "Repository", "github"]


@frozen
class Asked:
    """One request that was answered."""

    path: str
    condition: str | None
    user_agent: str
    status: int
    authorization: str | None = None
    method: str = "GET"
    body: bytes = b""


class GitHub(Kept):
    """The site, its API and its files.

    Attributes:
        url: the root of the site and of the REST API; `files_url` is that of the origin where files are.
        fault: what is wrong; None if nothing is.
        issuer: of the identity tokens of jobs, at `url` as well.
        hanging: how many requests were not answered before somebody let go.
        asked: what was asked for; `fetched` of the files' origin.
    """

    def __init__(self, listener: socket | None = None, files_listener: socket | None = None) -> None:
        self._origin, self._files = Origin(self.answer, listener), Origin(self.answer_file, files_listener)
        super().__init__(self._origin.url)
        self.files_url = self._files.url
        self.fault: Fault | None = None
        self.hanging = 0
        self.issuer = Issuer(self.url)
        self.limits = Limits()
        self.asked: list[Asked] = []
        self.fetched: list[Asked] = []
        self._released = threading.Event()
        self._lock = threading.Lock()

    def hangs(self, part: str = "") -> None:
        """Answer nobody who asks for such a path until `release`."""

        def hang(path: str) -> Answer | None:
            if part in path:
                with self._lock:
                    self.hanging += 1
                self._released.wait()
            return None

        self.fault = hang

    def release(self) -> None:
        """Answer who waits."""
        self._released.set()

    def paths(self) -> list[str]:
        """What was asked for since the last time that somebody wanted to know."""
        with self._lock:
            asked, self.asked = self.asked, []
        return [each.path for each in asked]

    def start(self) -> None:
        """Answer."""
        self._origin.start()
        self._files.start()

    def stop(self) -> None:
        """Let go of who waits, and end."""
        self.release()
        self._origin.stop()
        self._files.stop()

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the site and the API answer."""
        answer = self.fault(path) if self.fault else None
        if answer is None:
            with self._lock:
                answer = self._site(method, path, headers, body) or self._api(method, path, headers, body)
        with self._lock:
            self.asked.append(_asked(method, path, headers, answer, body))
        return answer

    def answer_file(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the origin of files answers."""
        answer = self.fault(path) if self.fault else None
        with self._lock:
            answer = answer or self._file(path, headers)
            self.fetched.append(_asked(method, path, headers, answer, body))
        return answer

    def _site(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """The answer to who logs in, or looks up keys."""
        place, accept = urlsplit(path).path, headers.get("accept", "")
        match method, place:
            case "GET", "/login/oauth/authorize":
                return self.people.authorize(path)
            case "POST", "/login/oauth/access_token":
                return self.people.exchange(body, accept)
            case "POST", "/login/device/code":
                return self.people.start_device(body, accept, self.url)
            case "GET", "/login/device":
                return self.people.device_page(query_of(path))
            case "POST", "/login/device":
                return self.people.device_page(dict(parse_qsl(body.decode(), keep_blank_values=True)))
            case "DELETE", _ if place == f"/applications/{self.people.client_id}/token":
                if not self.people.is_app(headers.get("authorization")):
                    return missing()
                self.people.revoke(json.loads(body)["access_token"])
                return Answer(HTTPStatus.NO_CONTENT)
            case _:
                return self.issuer.answer(place)

    def _api(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer within what somebody may ask for."""
        authorization = headers.get("authorization")
        login, is_app = self.people.whose(authorization), self.people.is_app(authorization)
        resource = "graphql" if path.endswith("/graphql") else "core"
        who = f"{'the app' if is_app else login or NOBODY} {resource}"
        if "user-agent" not in headers:
            answer = problem(HTTPStatus.FORBIDDEN, "Request forbidden by administrative rules.")
        elif authorization is not None and login is None and not is_app:
            answer = problem(HTTPStatus.UNAUTHORIZED, "Bad credentials")
        elif not self.limits.left(who):
            answer = problem(HTTPStatus.FORBIDDEN, "API rate limit exceeded for you.")
        elif method == "GET":
            truth = self._truth(path.removeprefix("/api/v3"), headers.get("accept", ""), login, who)
            answer = conditional(truth, headers.get("if-none-match"))
        else:
            answer = self._graph(body, login) if resource == "graphql" else missing()
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.limits.spend(who)
        return evolve(answer, headers={**answer.headers, **self.limits.headers(who, resource)})

    def _truth(self, path: str, accept: str, login: str | None, who: str) -> Answer:
        match urlsplit(path).path.strip("/").split("/"):
            case ["rate_limit"]:
                return told(self.limits.told(who))
            case ["user"]:
                if login is None:
                    return problem(HTTPStatus.UNAUTHORIZED, "Requires authentication")
                number = self.people.numbers[login]
                return told(profile(login, number, self.url, len(self.owned(number))))
            case ["user", "repos"]:
                if login is None:
                    return problem(HTTPStatus.UNAUTHORIZED, "Requires authentication")
                return self._list(path, self.owned(self.people.numbers[login]))
            case ["users", name, "repos"] if name in self.people.numbers:
                return self._list(path, self.owned(self.people.numbers[name]))
            case ["repos", owner, name, *rest]:
                return self._repository(f"{owner}/{name}", path, rest, accept)
            case ["repositories", number, *rest]:
                return self._about(self.numbered(number), path, rest, accept)
            case [owner, name, *rest] if found := self.find(f"{owner}/{name}"):
                return site.repository_page(found, rest, self.files_url)
            case _:
                return missing()

    def _repository(self, full_name: str, path: str, rest: list[str], accept: str) -> Answer:
        if number := self.moved(full_name):
            query = urlsplit(path).query
            place = "/".join([f"{self.url}/repositories/{number}", *rest]) + (query and f"?{query}")
            moved = {"message": "Moved Permanently", "url": place, "documentation_url": "https://docs.github.com/rest"}
            return told(moved, HTTPStatus.MOVED_PERMANENTLY, {"Location": place})
        return self._about(self.find(full_name), path, rest, accept)

    def _about(self, repository: Repository | None, path: str, rest: list[str], accept: str) -> Answer:
        if repository is None:
            return missing()
        return RepositoryApi(repository, self.url, self.files_url).answer(
            path, [unquote(each) for each in rest], accept
        )

    def _file(self, path: str, headers: Mapping[str, str]) -> Answer:
        match urlsplit(path).path.strip("/").split("/"):
            case ["release-assets", number, asset_id] if "authorization" not in headers:
                repository = self.numbered(number)
                for release in repository.releases if repository else []:
                    for asset in release.assets:
                        if repository and str(asset_number(repository, release, asset)) == asset_id:
                            return Answer(HTTPStatus.OK, asset.content, {"Content-Type": asset.content_type})
            case [owner, name, "legacy.tar.gz", *ref]:
                found = self.find(f"{owner}/{name}")
                commit = found and found.commit(unquote("/".join(ref)))
                if found and commit:
                    return archive(found, commit)
        return Answer(HTTPStatus.NOT_FOUND, b"404: Not Found", {"Content-Type": "text/plain; charset=utf-8"})

    def _graph(self, body: bytes, login: str | None) -> Answer:
        if login is None:
            return problem(HTTPStatus.UNAUTHORIZED, "This endpoint requires you to be authenticated.")
        asked = json.loads(body)
        left = self.limits.left(f"{login} graphql")
        root = graph.root_of(login, self.people.numbers[login], list(self.public()), self.url, left)
        return told(graph.execute(asked["query"], asked.get("variables") or {}, root))

    def _list(self, path: str, own: list[Repository]) -> Answer:
        return paged(f"{self.url}{path}", len(own), lambda number: own[number].told(self.url))


def _asked(method: str, path: str, headers: Mapping[str, str], answer: Answer, body: bytes) -> Asked:
    condition, agent = headers.get("if-none-match"), headers.get("user-agent", "")
    return Asked(path, condition, agent, answer.status, headers.get("authorization"), method, body)


@contextmanager
def github() -> Iterator[GitHub]:
    """One that answers, until it is not needed any more."""
    double = GitHub()
    double.start()
    try:
        yield double
    finally:
        double.stop()
