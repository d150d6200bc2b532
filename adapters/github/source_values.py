"""What GitHub says about something to publish from, value by value: nothing is taken that is not what it should be."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from adapters.github.values import past
from domain.repository import Asset, Source
from domain.sources import InvalidRef, check_ref, is_full_name

_MOST = 2**63
_LARGEST_FILE = 2**40
_MOST_ASSETS = 1000
_LONGEST_DESCRIPTION = 400
_LONGEST_LANGUAGE = 64
_SHA = re.compile(r"[0-9a-f]{40}")
# What GitHub makes of the names of files: everything else becomes a dot there.
_FILENAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@-]{0,254}", re.ASCII)


def repository(told: Mapping[str, Any], now: datetime) -> Source | None:
    """A repository by the REST API; None if that is nonsense. What does not say that it is public is private."""
    owner = told.get("owner")
    return _source(
        told,
        id=told.get("id"),
        full_name=told.get("full_name"),
        owner_id=owner.get("id") if isinstance(owner, dict) else None,
        is_private=told.get("private") is not False or told.get("visibility", "public") != "public",
        is_fork=told.get("fork") is True,
        is_archived=told.get("archived") is True,
        default_branch=told.get("default_branch"),
        language=told.get("language"),
        pushed_at=past(told.get("pushed_at"), now),
    )


def node(told: Mapping[str, Any], now: datetime) -> Source | None:
    """A repository by the GraphQL API, likewise. An empty one has no default branch."""
    owner, branch, language = told.get("owner"), told.get("defaultBranchRef"), told.get("primaryLanguage")
    return _source(
        told,
        id=told.get("databaseId"),
        full_name=told.get("nameWithOwner"),
        owner_id=owner.get("databaseId") if isinstance(owner, dict) else None,
        is_private=told.get("isPrivate") is not False,
        is_fork=told.get("isFork") is True,
        is_archived=told.get("isArchived") is True,
        default_branch=branch.get("name") if isinstance(branch, dict) else "HEAD",
        language=language.get("name") if isinstance(language, dict) else None,
        pushed_at=past(told.get("pushedAt"), now),
    )


def assets(told: object) -> tuple[Asset, ...]:
    """The files of a release that are there in whole; without those that could not be called so."""
    listed = told[:_MOST_ASSETS] if isinstance(told, list) else []
    return tuple(asset for each in listed if isinstance(each, dict) and (asset := _asset(each)))


def is_ref(value: object) -> bool:
    """Whether a tag or a branch may be called so."""
    try:
        return isinstance(value, str) and check_ref(value) == value
    except InvalidRef:
        return False


def refs(names: Iterable[object]) -> list[str]:
    """Those that may be names of tags or branches."""
    return [name for name in names if isinstance(name, str) and is_ref(name)]


def sha(value: object) -> str | None:
    """The name of an object of git."""
    return value if isinstance(value, str) and _SHA.fullmatch(value) else None


def _source(
    told: Mapping[str, Any],
    *,
    id: object,  # noqa: A002 - GitHub's and the port's word
    full_name: object,
    owner_id: object,
    is_private: bool,
    is_fork: bool,
    is_archived: bool,
    default_branch: object,
    language: object,
    pushed_at: datetime | None,
) -> Source | None:
    number, owner = _number(id), _number(owner_id)
    if number is None or owner is None or not is_full_name(full_name) or not is_ref(default_branch):
        return None
    return Source(
        id=number,
        full_name=str(full_name),
        owner_id=owner,
        is_private=is_private,
        is_fork=is_fork,
        is_archived=is_archived,
        default_branch=str(default_branch),
        description=_line(told.get("description"), _LONGEST_DESCRIPTION),
        language=_line(language, _LONGEST_LANGUAGE),
        pushed_at=pushed_at,
    )


def _asset(told: Mapping[str, Any]) -> Asset | None:
    number, name, size = _number(told.get("id")), told.get("name"), told.get("size")
    if (
        told.get("state", "uploaded") != "uploaded"
        or number is None
        or not isinstance(name, str)
        or not _FILENAME.fullmatch(name)
        or type(size) is not int
        or not 0 <= size <= _LARGEST_FILE
    ):
        return None
    return Asset(number, name, size)


def _number(value: object) -> int | None:
    # In JSON, `true` is no number; in Python it is.
    return value if type(value) is int and 0 < value < _MOST else None


def _line(value: object, longest: int) -> str | None:
    """One printable line; None if nothing is left of it."""
    if not isinstance(value, str):
        return None
    kept = "".join(character if character.isprintable() else " " for character in value[: 4 * longest])
    return " ".join(kept.split())[:longest].rstrip() or None
