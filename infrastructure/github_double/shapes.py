"""People, repositories and commits, as the REST API tells of them."""

import base64
from typing import Any

from infrastructure.github_double.repository import AnnotatedTag, Commit, Repository

_SINCE = "2020-01-01T00:00:00Z"
_OF_PEOPLE = ("followers", "organizations", "repos", "received_events", "subscriptions")
_PATHS_OF_PEOPLE = {"following": "/{other_user}", "gists": "{/gist_id}", "starred": "{/owner}{/repo}"}
_OF_REPOSITORIES = (
    "comments",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "hooks",
    "languages",
    "merges",
    "stargazers",
    "subscribers",
    "subscription",
    "tags",
    "teams",
)
_PATHS_OF_REPOSITORIES = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}",
    "commits": "/commits{/sha}",
    "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}",
    "keys": "/keys{/key_id}",
    "labels": "/labels{/name}",
    "milestones": "/milestones{/number}",
    "pulls": "/pulls{/number}",
    "statuses": "/statuses/{sha}",
    "trees": "/git/trees{/sha}",
}


def node_id(kind: str, number: int | str) -> str:
    """As GraphQL knows it."""
    return f"{kind}_{base64.urlsafe_b64encode(str(number).encode()).decode().rstrip('=')}"


def person(login: str, number: int, url: str) -> dict[str, Any]:
    """What is told of whoever owns or does something."""
    itself = f"{url}/users/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": node_id("U", number),
        "avatar_url": f"{url}/avatars/u/{number}?v=4",
        "gravatar_id": "",
        "url": itself,
        "html_url": f"{url}/{login}",
        **{f"{name}_url": f"{itself}/{name}" for name in _OF_PEOPLE},
        **{f"{name}_url": f"{itself}/{name}{path}" for name, path in _PATHS_OF_PEOPLE.items()},
        "events_url": f"{itself}/events{{/privacy}}",
        "type": "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def profile(login: str, number: int, url: str, repositories: int) -> dict[str, Any]:
    """What is told of them without any scope."""
    unsaid = ("name", "company", "location", "email", "hireable", "bio", "twitter_username", "notification_email")
    nothing = dict.fromkeys(unsaid)
    numbers = {"public_repos": repositories, "public_gists": 0, "followers": 0, "following": 0}
    times = {"created_at": _SINCE, "updated_at": _SINCE}
    return {**person(login, number, url), **nothing, "blog": "", **numbers, **times}


def repository(told: Repository, url: str) -> dict[str, Any]:
    """A repository as a whole. `open_issues_count` counts pull requests as well."""
    itself, web = f"{url}/repos/{told.full_name}", f"{url}/{told.full_name}"
    size = sum(len(content) for content in told.head.files.values()) // 1024 if told.head else 0
    return {
        "id": told.id,
        "node_id": node_id("R", told.id),
        "name": told.name,
        "full_name": told.full_name,
        "owner": person(told.owner, told.owner_number, url),
        "private": told.private,
        "html_url": web,
        "description": told.description,
        "fork": told.fork,
        "url": itself,
        **{f"{name}_url": f"{itself}/{name}" for name in _OF_REPOSITORIES},
        **{f"{name}_url": f"{itself}{path}" for name, path in _PATHS_OF_REPOSITORIES.items()},
        "archive_url": f"{itself}/{{archive_format}}{{/ref}}",
        "notifications_url": f"{itself}/notifications{{?since,all,participating}}",
        "releases_url": f"{itself}/releases{{/id}}",
        "git_url": f"git:{web.partition(':')[2]}.git",
        "ssh_url": f"git@{url.partition('//')[2]}:{told.full_name}.git",
        "clone_url": f"{web}.git",
        "svn_url": web,
        "mirror_url": None,
        "homepage": None,
        "language": told.language,
        "size": size,
        "forks": told.forks,
        "forks_count": told.forks,
        "network_count": told.forks,
        "stargazers_count": told.stars,
        "watchers": told.stars,
        "watchers_count": told.stars,
        "subscribers_count": 1,
        "open_issues": told.issues + told.pulls,
        "open_issues_count": told.issues + told.pulls,
        "default_branch": told.default_branch,
        "is_template": False,
        "topics": [],
        **{f"has_{each}": True for each in ("issues", "projects", "wiki", "downloads")},
        "has_pages": False,
        "has_discussions": False,
        "archived": told.archived,
        "disabled": False,
        "visibility": "private" if told.private else "public",
        "pushed_at": told.pushed_at,
        "created_at": _SINCE,
        "updated_at": told.pushed_at or _SINCE,
        "license": license_of(told, url),
        "permissions": {"admin": False, "maintain": False, "push": False, "triage": False, "pull": True},
    }


def license_of(told: Repository, url: str) -> dict[str, Any] | None:
    """The licence that was recognised."""
    if told.spdx_id is None:
        return None
    key = told.spdx_id.lower()
    where = None if told.spdx_id == "NOASSERTION" else f"{url}/licenses/{key}"
    return {"key": key, "name": told.spdx_id, "spdx_id": told.spdx_id, "url": where, "node_id": node_id("L", key)}


def commit(told: Repository, made: Commit, url: str) -> dict[str, Any]:
    """A commit without its files."""
    itself, tree = f"{url}/repos/{told.full_name}", made.sha[::-1]
    by = {"name": told.owner, "email": f"{told.owner}@users.noreply.github.example", "date": made.at}
    owner = person(told.owner, told.owner_number, url)
    unsigned = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    return {
        "sha": made.sha,
        "node_id": node_id("C", made.sha),
        "commit": {
            "author": by,
            "committer": by,
            "message": made.message,
            "tree": {"sha": tree, "url": f"{itself}/git/trees/{tree}"},
            "url": f"{itself}/git/commits/{made.sha}",
            "comment_count": 0,
            "verification": unsigned,
        },
        "url": f"{itself}/commits/{made.sha}",
        "html_url": f"{url}/{told.full_name}/commit/{made.sha}",
        "comments_url": f"{itself}/commits/{made.sha}/comments",
        "author": owner,
        "committer": owner,
        "parents": [],
        "stats": {"total": 0, "additions": 0, "deletions": 0},
        "files": [],
    }


def tag(told: Repository, name: str, url: str) -> dict[str, Any]:
    """A tag in a list of them."""
    itself = f"{url}/repos/{told.full_name}"
    leads_to = told.tag_commit(name)
    sha = leads_to.sha if leads_to else ""
    return {
        "name": name,
        "zipball_url": f"{itself}/zipball/refs/tags/{name}",
        "tarball_url": f"{itself}/tarball/refs/tags/{name}",
        "commit": {"sha": sha, "url": f"{itself}/commits/{sha}"},
        "node_id": node_id("REF", f"{told.id}:refs/tags/{name}"),
    }


def ref(told: Repository, name: str, target: Commit | AnnotatedTag, url: str) -> dict[str, Any]:
    """A ref, by its whole name, and the object that it leads to."""
    itself = f"{url}/repos/{told.full_name}/git"
    kind = "tag" if isinstance(target, AnnotatedTag) else "commit"
    return {
        "ref": name,
        "node_id": node_id("REF", f"{told.id}:{name}"),
        "url": f"{itself}/{name}",
        "object": {"sha": target.sha, "type": kind, "url": f"{itself}/{kind}s/{target.sha}"},
    }


def tag_object(told: Repository, annotated: AnnotatedTag, url: str) -> dict[str, Any]:
    """An annotated tag."""
    itself, sha = f"{url}/repos/{told.full_name}/git", annotated.commit.sha
    by = {"name": told.owner, "email": f"{told.owner}@users.noreply.github.example", "date": annotated.at}
    unsigned = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    return {
        "node_id": node_id("TA", annotated.sha),
        "sha": annotated.sha,
        "url": f"{itself}/tags/{annotated.sha}",
        "object": {"sha": sha, "type": "commit", "url": f"{itself}/commits/{sha}"},
        "tagger": by,
        "tag": annotated.name,
        "message": annotated.message,
        "verification": unsigned,
    }
