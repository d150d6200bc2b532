"""What GraphQL answers: whatever is asked for of the things that are known here, by a resolver of its own."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from infrastructure.github_double.query import Field, NotUnderstood, Selected, Spread, Variable, parse
from infrastructure.github_double.repository import Commit, Repository, sha_of
from infrastructure.github_double.shapes import node_id

Thing = Mapping[str, Any]
"""Values by the names of fields, with `__typename`; a value that depends on arguments is a function of them."""

_LARGEST_PAGE = 100
_INTERFACES = {"Node": {"User", "Repository", "Blob", "Commit", "Tree"}, "GitObject": {"Blob", "Commit", "Tree"}}
_INTERFACES |= {"RepositoryOwner": {"User"}, "Actor": {"User"}}


def execute(text: str, variables: Mapping[str, Any], root: Thing) -> dict[str, Any]:
    """The answer to a query, or what is wrong with it."""
    try:
        return {"data": _selected(root, parse(text), variables)}
    except NotUnderstood as refusal:
        return {"errors": [{"message": str(refusal)}]}


def root_of(login: str, number: int, repositories: Sequence[Repository], url: str, remaining: int) -> Thing:
    """What somebody can ask for.

    Args:
        login: who asks.
        number: theirs.
        repositories: that they may see, of anybody.
        url: of the site.
        remaining: points of the hour.
    """
    own = [each for each in repositories if each.owner_number == number]
    viewer = {
        "__typename": "User",
        "id": node_id("U", number),
        "login": login,
        "databaseId": number,
        "url": f"{url}/{login}",
        "repositories": lambda **how: _repositories(own, how, url),
    }

    def repository(owner: str, name: str, **_: object) -> Thing | None:
        wanted = f"{owner}/{name}".lower()
        return next((_repository(each, url) for each in repositories if each.full_name.lower() == wanted), None)

    limit = {"__typename": "RateLimit", "limit": 5000, "cost": 1, "remaining": remaining, "used": 5000 - remaining}
    reset = datetime.now(UTC).replace(minute=59, second=59, microsecond=0).isoformat().replace("+00:00", "Z")
    return {
        "__typename": "Query",
        "viewer": viewer,
        "repository": repository,
        "rateLimit": {**limit, "nodeCount": 100, "resetAt": reset},
    }


def _selected(thing: Thing, selection: Sequence[Selected], variables: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for each in selection:
        match each:
            case Spread(kind, below):
                if kind in (None, thing["__typename"]) or thing["__typename"] in _INTERFACES.get(kind or "", set()):
                    answer |= _selected(thing, below, variables)
            case Field(name, alias, arguments, below):
                if name not in thing:
                    raise NotUnderstood(f"Field '{name}' doesn't exist on type '{thing['__typename']}'")
                value = thing[name]
                if callable(value):
                    value = value(**{key: _valued(told, variables) for key, told in arguments.items()})
                answer[alias] = _completed(value, below, variables)
    return answer


def _completed(value: Any, selection: Sequence[Selected], variables: Mapping[str, Any]) -> Any:  # noqa: ANN401 - anything
    if isinstance(value, Mapping):
        return _selected(value, selection, variables)
    if isinstance(value, list | tuple):
        return [_completed(each, selection, variables) for each in value]
    return value


def _valued(value: Any, variables: Mapping[str, Any]) -> Any:  # noqa: ANN401 - anything
    match value:
        case Variable(name):
            return variables.get(name)
        case dict():
            return {key: _valued(each, variables) for key, each in value.items()}
        case list():
            return [_valued(each, variables) for each in value]
        case _:
            return value


def _repositories(own: Sequence[Repository], how: Mapping[str, Any], url: str) -> Thing:
    privacy, visibility = how.get("privacy"), how.get("visibility")
    wanted = [
        each
        for each in own
        if how.get("isFork") in (None, each.fork)
        and how.get("isArchived") in (None, each.archived)
        and ("PRIVATE" if each.private else "PUBLIC") in (privacy or visibility or "PUBLIC PRIVATE")
    ]
    order = how.get("orderBy") or {"field": "NAME", "direction": "ASC"}
    key: Callable[[Repository], str] = _ORDERS.get(order["field"], lambda each: each.name)
    wanted.sort(key=key, reverse=order["direction"] == "DESC")
    return _connection([_repository(each, url) for each in wanted], how, "Repository")


_ORDERS: Mapping[str, Callable[[Repository], str]] = {
    "PUSHED_AT": lambda each: each.pushed_at or "",
    "UPDATED_AT": lambda each: each.pushed_at or "",
    "NAME": lambda each: each.name,
}


def _connection(nodes: Sequence[Thing], how: Mapping[str, Any], kind: str) -> Thing:
    """A page of so many things."""
    size, after = how.get("first"), how.get("after")
    if not isinstance(size, int) or not 0 < size <= _LARGEST_PAGE:
        raise NotUnderstood(f"Give `first`, and no more than {_LARGEST_PAGE}")
    start = int(base64.b64decode(after)) if after else 0
    here = nodes[start : start + size]
    cursors = [base64.b64encode(str(start + number + 1).encode()).decode() for number in range(len(here))]
    pages = {
        "__typename": "PageInfo",
        "hasNextPage": start + size < len(nodes),
        "hasPreviousPage": start > 0,
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
    }
    edge = f"{kind}Edge"
    return {
        "__typename": f"{kind}Connection",
        "totalCount": len(nodes),
        "nodes": here,
        "edges": [{"__typename": edge, "cursor": at, "node": node} for at, node in zip(cursors, here, strict=True)],
        "pageInfo": pages,
    }


def _repository(told: Repository, url: str) -> Thing:
    tip = told.head and _object(told, told.head, None)
    branch = tip and {"__typename": "Ref", "name": told.default_branch, "prefix": "refs/heads/", "target": tip}
    tags = [{"__typename": "Ref", "name": name, "prefix": "refs/tags/", "target": None} for name in told.tags]
    releases = sorted(told.releases, key=lambda each: each.published_at, reverse=True)
    shown = [
        {
            "__typename": "Release",
            "tagName": each.tag,
            "name": each.name,
            "isPrerelease": each.prerelease,
            "isDraft": each.draft,
            "publishedAt": each.published_at,
        }
        for each in releases
    ]
    spdx = told.spdx_id and {"__typename": "License", "spdxId": told.spdx_id, "name": told.spdx_id}
    return {
        "__typename": "Repository",
        "id": node_id("R", told.id),
        "databaseId": told.id,
        "name": told.name,
        "nameWithOwner": told.full_name,
        "owner": {
            "__typename": "User",
            "id": node_id("U", told.owner_number),
            "login": told.owner,
            "databaseId": told.owner_number,
        },
        "url": f"{url}/{told.full_name}",
        "description": told.description,
        "isFork": told.fork,
        "isPrivate": told.private,
        "isArchived": told.archived,
        "isDisabled": False,
        "isEmpty": told.head is None,
        "visibility": "PRIVATE" if told.private else "PUBLIC",
        "primaryLanguage": told.language and {"__typename": "Language", "name": told.language},
        "pushedAt": told.pushed_at,
        "stargazerCount": told.stars,
        "forkCount": told.forks,
        "licenseInfo": spdx or None,
        "defaultBranchRef": branch,
        "issues": lambda **_: {"__typename": "IssueConnection", "totalCount": told.issues},
        "pullRequests": lambda **_: {"__typename": "PullRequestConnection", "totalCount": told.pulls},
        "releases": lambda **how: _connection(shown, how, "Release"),
        "refs": lambda **how: _connection(tags if how.get("refPrefix") == "refs/tags/" else [], how, "Ref"),
        "object": lambda expression=None, **_: _expressed(told, expression or ""),
    }


def _expressed(told: Repository, expression: str) -> Thing | None:
    """What ``revision:path`` or ``revision`` leads to."""
    revision, colon, path = expression.partition(":")
    commit = told.commit(revision or "HEAD")
    return _object(told, commit, path if colon else None) if commit else None


def _object(told: Repository, commit: Commit, path: str | None) -> Thing | None:
    def thing(kind: str, sha: str, **more: object) -> Thing:
        return {"__typename": kind, "id": node_id("O", f"{told.id}:{sha}"), "oid": sha, **more}

    if path is None:
        return thing("Commit", commit.sha, message=commit.message, committedDate=commit.at)
    content = commit.files.get(path)
    if content is not None:
        text = content.decode(errors="replace")
        sha = sha_of(b"blob", path.encode(), content)
        return thing("Blob", sha, text=text, byteSize=len(content), isBinary=b"\0" in content)
    if path == "" or any(each.startswith(f"{path}/") for each in commit.files):
        return thing("Tree", sha_of(b"tree", path.encode(), commit.sha.encode()))
    return None
