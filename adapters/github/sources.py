"""The Sources of GitHub, or of a server with an API like it."""

import threading
import time
from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Any
from urllib.parse import quote

from attrs import evolve

from adapters.github import graphql, listing
from adapters.github.asking import Asker, Asking, checked, nonsense, unanswered
from adapters.github.fetching import Fetching, TooLong
from adapters.github.patience import Unanswered
from adapters.github.rest import Reply
from adapters.github.source_values import assets, is_ref, refs, repository, sha
from adapters.github.standing import Standing
from adapters.github.values import json_list, json_object
from domain.github_faults import GitHubFails, NoSuchSource, above_bytes, no_commit, no_repository, not_there
from domain.ports.clock import Clock
from domain.repository import Asset, Owned, Source
from domain.sources import is_full_name

_SECONDS = 10.0
_OWNED_SECONDS = 20.0
_REQUEST_SECONDS = 20.0  # API Gateway lets go of whoever waits for 30, a turn and the index's own work included
_OWNED_READ_SECONDS = 12.0  # one answer there is about a hundred repositories
_FETCH_SECONDS = 40.0  # a submission that GitHub fails ends within a minute, its other questions included
_PLACES = threading.BoundedSemaphore(16)
_OWNED_PLACES = threading.BoundedSemaphore(16)
_MOST_PAGES = 5
_MOST_TAGS_OF_TAGS = 5


class GitHubSources:
    """A Sources.

    Args:
        root: URL of the REST API, without a slash at its end.
        user_agent: who asks.
        clock: tells how long a refusal lasts.
        seconds: how long one question may take in all; `owned_seconds` that for all repositories of somebody, and
            `fetch_seconds` one file.
        authorization: the header of the app as which what has no token is asked; None for nobody.
        request_seconds: how long all questions of one request may take.
    """

    def __init__(
        self,
        root: str,
        user_agent: str,
        clock: Clock,
        seconds: float = _SECONDS,
        owned_seconds: float = _OWNED_SECONDS,
        fetch_seconds: float = _FETCH_SECONDS,
        authorization: str | None = None,
        request_seconds: float = _REQUEST_SECONDS,
    ) -> None:
        self._clock = clock
        self._request_seconds = request_seconds
        standing = Standing(authorization)
        self._asker = Asker(root, user_agent, clock, seconds, _PLACES, standing=standing)
        self._lister = Asker(root, user_agent, clock, owned_seconds, _OWNED_PLACES, _OWNED_READ_SECONDS)
        self._graphql_url = graphql.url_of(root)
        self._fetching = Fetching(root, user_agent, fetch_seconds, standing)

    def together(self) -> "GitHubSources":
        """The same, for one request of somebody who waits."""
        until = time.monotonic() + self._request_seconds
        found = copy(self)
        found._asker, found._lister = (evolve(each, until=until) for each in (self._asker, self._lister))  # noqa: SLF001 - our own
        return found

    def owned(self, token: str) -> Sequence[Owned]:
        """The public repositories of the person with this token that are no forks, last pushed first."""

        def question(asking: Asking) -> Sequence[Owned]:
            found = graphql.owned(asking, self._graphql_url)
            return listing.owned(asking) if found is None else found

        return self._lister.ask(question, token)

    def repository(self, full_name: str, token: str | None = None) -> Source:
        """The repository of this name, also if it was renamed since."""

        def question(asking: Asking) -> Source:
            reply = asking.get(_place(full_name))
            if reply is None:
                raise no_repository(full_name)
            source = repository(json_object(reply.body), self._clock.now())
            if source is None:
                raise nonsense(reply)
            return source

        return self._asker.ask(question, token)

    def latest_release(self, full_name: str, token: str | None = None) -> str | None:
        """The tag of the latest release; None if there is none, or of none that could be published."""

        def question(asking: Asking) -> str | None:
            reply = asking.get(f"{_place(full_name)}/releases/latest")
            tag = reply and _object(reply).get("tag_name")
            return tag if isinstance(tag, str) and is_ref(tag) else None

        return self._asker.ask(question, token)

    def tags(self, full_name: str, token: str | None = None) -> Sequence[str]:
        """Names of tags, up to some hundreds."""

        def question(asking: Asking) -> Sequence[str]:
            found: dict[str, None] = {}
            for page in range(1, _MOST_PAGES + 1):
                reply = asking.get(f"{_place(full_name)}/tags?per_page=100&page={page}")
                if reply is None:
                    break
                listed = json_list(reply.body)
                if listed is None:
                    raise nonsense(reply)
                found.update(dict.fromkeys(refs(each.get("name") for each in listed if isinstance(each, dict))))
                if 'rel="next"' not in reply.headers.get("link", ""):
                    break
            return list(found)

        return self._asker.ask(question, token)

    def commit(self, full_name: str, ref: str, token: str | None = None) -> str:
        """The commit that a tag, a branch or a commit's own digits lead to, in this order."""

        def question(asking: Asking) -> str:
            place = _place(full_name)
            if not is_ref(ref):
                raise NoSuchSource(f"{full_name} has no such tag, branch or commit on GitHub.")
            found = (
                (None if sha(ref) else _pointed(asking, place, f"tags/{ref}"))
                or _resolved(asking, place, ref)
                or _pointed(asking, place, f"heads/{ref}")
            )
            if found is None:
                raise no_commit(full_name, ref)
            return found

        return self._asker.ask(question, token)

    def is_tag(self, full_name: str, ref: str, token: str | None = None) -> bool:
        """Whether there is a tag of exactly this name."""

        def question(asking: Asking) -> bool:
            return is_ref(ref) and _reference(asking, _place(full_name), f"tags/{ref}") is not None

        return self._asker.ask(question, token)

    def assets(self, full_name: str, tag: str, token: str | None = None) -> Sequence[Asset]:
        """The files of the release of this tag; none if there is no such release."""

        def question(asking: Asking) -> Sequence[Asset]:
            reply = asking.get(f"{_place(full_name)}/releases/tags/{quote(tag)}") if is_ref(tag) else None
            return assets(_object(reply).get("assets")) if reply else ()

        return self._asker.ask(question, token)

    def fetch_asset(self, full_name: str, asset: Asset, destination: Path, most_bytes: int) -> None:
        """Write the file there; it is as long as was said, or `GitHubFails`."""
        what = f"{asset.filename} of {full_name}"
        if asset.size > most_bytes:
            raise above_bytes(what, most_bytes)
        path = f"{_place(full_name)}/releases/assets/{asset.id:d}"
        self._fetch(path, "application/octet-stream", what, destination, most_bytes)
        if destination.stat().st_size != asset.size:
            destination.unlink()
            raise GitHubFails(f"GitHub does not give all of {what} now: try again in some minutes.")

    def fetch_archive(self, full_name: str, commit: str, destination: Path, most_bytes: int) -> None:
        """Write the repository's files at this commit there, as a gzipped tar."""
        what = f"The source of {full_name}"
        if sha(commit) is None:
            raise not_there(what)
        path = f"{_place(full_name)}/tarball/{commit}"
        self._fetch(path, "application/vnd.github+json", what, destination, most_bytes)

    def _fetch(self, path: str, accept: str, what: str, destination: Path, most_bytes: int) -> None:
        try:
            reply = self._fetching.fetch(path, accept, destination, most_bytes)
        except TooLong:
            raise above_bytes(what, most_bytes) from None
        except Unanswered as fault:
            raise unanswered(fault) from None
        if checked(reply, None, self._clock.now()) is None:
            raise not_there(what)


def _place(full_name: str) -> str:
    """The path of a repository; its name is looked at once more before it gets into one."""
    if not is_full_name(full_name):
        raise NoSuchSource("There is no repository of this name on GitHub.")
    return f"/repos/{full_name}"


def _object(reply: Reply) -> dict[str, Any]:
    told = dict(json_object(reply.body))
    if not told:
        raise nonsense(reply)
    return told


def _resolved(asking: Asking, place: str, ref: str) -> str | None:
    """What a revision leads to. Only its name is asked for; smaller servers tell all of it."""
    reply = asking.get(f"{place}/commits/{quote(ref)}", "application/vnd.github.sha")
    if reply is None:
        return None
    found = sha(reply.body.decode("latin-1").strip()) or sha(json_object(reply.body).get("sha"))
    if found is None:
        raise nonsense(reply)
    return found


def _reference(asking: Asking, place: str, name: str) -> dict[str, Any] | None:
    """The object that a tag or branch of exactly this name leads to."""
    reply = asking.get(f"{place}/git/ref/{quote(name)}")
    told = json_object(reply.body) if reply else {}
    found = told.get("object")
    return found if told.get("ref") == f"refs/{name}" and isinstance(found, dict) else None


def _pointed(asking: Asking, place: str, name: str) -> str | None:
    """The commit that a tag or branch leads to; annotated tags are objects of their own, also of each other."""
    found = _reference(asking, place, name)
    for _ in range(_MOST_TAGS_OF_TAGS):
        if found is None or found.get("type") != "tag" or sha(found.get("sha")) is None:
            break
        reply = asking.get(f"{place}/git/tags/{found['sha']}")
        told = json_object(reply.body).get("object") if reply else None
        found = told if isinstance(told, dict) else None
    return sha(found.get("sha")) if found is not None and found.get("type") == "commit" else None
