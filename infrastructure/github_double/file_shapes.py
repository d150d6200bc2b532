"""Releases, files and what people discuss, as the REST API tells of them."""

import base64
import hashlib
from typing import Any
from urllib.parse import quote

from infrastructure.github_double.repository import Commit, Release, ReleaseAsset, Repository, number_of, sha_of
from infrastructure.github_double.shapes import license_of, node_id, person

_LINE = 60  # GitHub breaks base64 into such lines


def release_number(told: Repository, release: Release) -> int:
    """Its id."""
    return number_of(f"{told.id}:{release.tag}")


def asset_number(told: Repository, release: Release, asset: ReleaseAsset) -> int:
    """Its id."""
    return number_of(f"{told.id}:{release.tag}:{asset.name}")


def release(told: Repository, made: Release, url: str) -> dict[str, Any]:
    """A release and its files."""
    itself, web, number = f"{url}/repos/{told.full_name}", f"{url}/{told.full_name}", release_number(told, made)
    return {
        "url": f"{itself}/releases/{number}",
        "assets_url": f"{itself}/releases/{number}/assets",
        "upload_url": f"{itself}/releases/{number}/assets{{?name,label}}",
        "html_url": f"{web}/releases/tag/{made.tag}",
        "id": number,
        "author": _owner(told, url),
        "node_id": node_id("RE", number),
        "tag_name": made.tag,
        "target_commitish": told.default_branch,
        "name": made.name,
        "draft": made.draft,
        "immutable": False,
        "prerelease": made.prerelease,
        "created_at": made.published_at,
        "updated_at": made.published_at,
        "published_at": None if made.draft else made.published_at,
        "assets": [asset(told, made, each, url) for each in made.assets],
        "tarball_url": f"{itself}/tarball/{made.tag}",
        "zipball_url": f"{itself}/zipball/{made.tag}",
        "body": made.body,
    }


def asset(told: Repository, made: Release, attached: ReleaseAsset, url: str) -> dict[str, Any]:
    """A file of a release."""
    number = asset_number(told, made, attached)
    return {
        "url": f"{url}/repos/{told.full_name}/releases/assets/{number}",
        "id": number,
        "node_id": node_id("RA", number),
        "name": attached.name,
        "label": "",
        "uploader": _owner(told, url),
        "content_type": attached.content_type,
        "state": "uploaded",
        "size": len(attached.content),
        "digest": f"sha256:{hashlib.sha256(attached.content).hexdigest()}",
        "download_count": 0,
        "created_at": made.published_at,
        "updated_at": made.published_at,
        "browser_download_url": f"{url}/{told.full_name}/releases/download/{quote(made.tag)}/{quote(attached.name)}",
    }


def entry(told: Repository, commit: Commit, path: str, url: str) -> dict[str, Any]:
    """A file or folder, without what is in it."""
    itself, web = f"{url}/repos/{told.full_name}", f"{url}/{told.full_name}"
    content = commit.files.get(path)
    kind, of_git = ("dir", "tree") if content is None else ("file", "blob")
    sha = sha_of(of_git.encode(), path.encode(), content or commit.sha.encode())
    here = f"{itself}/contents/{quote(path)}?ref={commit.sha}"
    there, git = f"{web}/{of_git}/{commit.sha}/{quote(path)}", f"{itself}/git/{of_git}s/{sha}"
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": len(content or b""),
        "url": here,
        "html_url": there,
        "git_url": git,
        "download_url": None if content is None else f"{web}/raw/{commit.sha}/{quote(path)}",
        "type": kind,
        "_links": {"self": here, "git": git, "html": there},
    }


def file(told: Repository, commit: Commit, path: str, url: str) -> dict[str, Any]:
    """A file and what is in it."""
    encoded = base64.b64encode(commit.files[path]).decode()
    lines = "".join(f"{encoded[at : at + _LINE]}\n" for at in range(0, len(encoded), _LINE))
    return {**entry(told, commit, path, url), "content": lines, "encoding": "base64"}


def licence_file(told: Repository, commit: Commit, path: str, url: str) -> dict[str, Any]:
    """The text of the licence, and which one it is."""
    return {**file(told, commit, path, url), "license": license_of(told, url)}


def contributor(told: Repository, number: int, url: str) -> dict[str, Any]:
    """The owner, and then people whom GitHub does not know."""
    if number == 0:
        return {**_owner(told, url), "contributions": 100}
    return {"type": "Anonymous", "name": f"Somebody {number}", "email": f"{number}@example.org", "contributions": 1}


def pull(told: Repository, number: int, url: str) -> dict[str, Any]:
    """An open pull request."""
    itself, web = f"{url}/repos/{told.full_name}", f"{url}/{told.full_name}/pull/{number}"
    here, by = f"{itself}/pulls/{number}", _owner(told, url)
    whole = told.told(url)
    end = {"label": f"{told.owner}:topic", "ref": "topic", "sha": "0" * 40, "user": by, "repo": whole}
    links = {
        "self": here,
        "html": web,
        "issue": f"{itself}/issues/{number}",
        "comments": f"{itself}/issues/{number}/comments",
        "review_comments": f"{here}/comments",
        "review_comment": f"{itself}/pulls/comments{{/number}}",
        "commits": f"{here}/commits",
        "statuses": f"{itself}/statuses/{'0' * 40}",
    }
    nothing = (
        "closed_at",
        "merged_at",
        "merge_commit_sha",
        "assignee",
        "milestone",
        "auto_merge",
        "active_lock_reason",
    )
    return {
        "url": here,
        "id": number_of(here.partition("/repos/")[2]),
        "node_id": node_id("PR", f"{told.id}:{number}"),
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        **{f"{name}_url": links[name] for name in links if name not in {"self", "html"}},
        "number": number,
        "state": "open",
        "locked": False,
        "title": f"Change {number}",
        "user": by,
        "body": None,
        "created_at": told.pushed_at or "2020-01-01T00:00:00Z",
        "updated_at": told.pushed_at or "2020-01-01T00:00:00Z",
        **dict.fromkeys(nothing),
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": [],
        "head": end,
        "base": {**end, "ref": told.default_branch, "label": f"{told.owner}:{told.default_branch}"},
        "_links": {name: {"href": link} for name, link in links.items()},
        "author_association": "OWNER",
        "draft": False,
    }


def _owner(told: Repository, url: str) -> dict[str, Any]:
    return person(told.owner, told.owner_number, url)
