"""What GitHub says, value by value: each is checked, and None if it is not what it should be."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from attrs import frozen

from adapters.github.rest import Reply
from domain.ports.identities import Unwelcome
from domain.sources import is_full_name

_MOST = 10**9
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}")
_UNKNOWN_LICENSES = frozenset({"NOASSERTION", "NONE"})
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,255}"')
_LAST = re.compile(r'<[^<>]*[?&]page=([0-9]{1,10})(?:&[^<>]*)?>\s*;\s*rel="?last"?')
# What is wrong with the app, and with nobody's code: "Troubleshooting OAuth app access token request errors", and those
# of devices.
_FAULTS_OF_THE_APP = frozenset(
    {
        "application_suspended",
        "device_flow_disabled",
        "incorrect_client_credentials",
        "invalid_client",
        "redirect_uri_mismatch",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
_SECONDS = re.compile(r"[0-9]{1,12}")
_A_MINUTE = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=2)
_CLOCKS_DIFFER = timedelta(days=1)


@frozen
class About:
    """What GitHub says about a repository itself. `open_issues` counts pull requests as well."""

    full_name: str | None
    stars: int | None
    forks: int | None
    open_issues: int | None
    pushed_at: datetime | None
    license: str | None
    archived: bool
    private: bool


def fault_of_the_app(reply: Reply) -> Unwelcome | None:
    """Why whoever logs in can do nothing about it; None if there is another reason, or no fault."""
    error = json_object(reply.body).get("error")
    if isinstance(error, str) and error in _FAULTS_OF_THE_APP:
        return Unwelcome(error)
    if reply.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return Unwelcome(f"answers {reply.status}")
    return None


def is_login(text: object) -> bool:
    """Whether somebody may be called so."""
    return isinstance(text, str) and _LOGIN.fullmatch(text) is not None


def json_object(body: bytes) -> Mapping[str, Any]:
    """The object that an answer is; empty if it is none."""
    told = _json(body)
    return told if isinstance(told, dict) else {}


def json_list(body: bytes) -> Sequence[Any] | None:
    """The list that an answer is; None if it is none."""
    told = _json(body)
    return told if isinstance(told, list) else None


def about(body: bytes, now: datetime) -> About | None:
    """What an answer says about a repository; None if that is nothing."""
    told = _json(body)
    if not isinstance(told, dict):
        return None
    license_told = told.get("license")
    found = About(
        full_name=told["full_name"] if is_full_name(told.get("full_name")) else None,
        stars=_count(told.get("stargazers_count")),
        forks=_count(told.get("forks_count")),
        open_issues=_count(told.get("open_issues_count")),
        pushed_at=past(told.get("pushed_at"), now),
        license=_license(license_told.get("spdx_id") if isinstance(license_told, dict) else None),
        archived=told.get("archived") is True,
        private=told.get("private") is True,
    )
    if found.full_name is None and found.stars is None and found.open_issues is None:
        return None
    return found


def how_many(reply: Reply) -> int | None:
    """How many things a list has, of which one was asked for."""
    if last := _LAST.search(reply.headers.get("link", "")):
        return _count(int(last[1]))
    listed = _json(reply.body)
    return len(listed) if isinstance(listed, list) else None


def etag(reply: Reply) -> str | None:
    """The answer's validator."""
    found = reply.headers.get("etag", "")
    return found if _ETAG.fullmatch(found) else None


def refused_until(reply: Reply, now: datetime) -> datetime | None:
    """When to ask again, if the answer is that too much was asked; None for any other answer."""
    headers = reply.headers
    spent = headers.get("x-ratelimit-remaining") == "0"
    if reply.status == HTTPStatus.FORBIDDEN:
        if not spent and "retry-after" not in headers and b"rate limit" not in reply.body.lower():
            return None
    elif reply.status != HTTPStatus.TOO_MANY_REQUESTS:
        return None
    wait = _A_MINUTE
    if _SECONDS.fullmatch(headers.get("retry-after", "")):
        wait = timedelta(seconds=int(headers["retry-after"][:6]))
    elif spent and _SECONDS.fullmatch(headers.get("x-ratelimit-reset", "")):
        wait = timedelta(seconds=int(headers["x-ratelimit-reset"]) - now.timestamp())
    return now + min(max(wait, timedelta(seconds=1)), _LONGEST_REST)


def past(value: object, now: datetime) -> datetime | None:
    """A time that is over, as far as clocks agree."""
    if not isinstance(value, str):
        return None
    try:
        told = datetime.fromisoformat(value)
        at = told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return at if datetime(1970, 1, 1, tzinfo=UTC) <= at <= now + _CLOCKS_DIFFER else None


def _json(body: bytes) -> Any:  # noqa: ANN401 - anything
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= _MOST else None


def _license(value: object) -> str | None:
    if isinstance(value, str) and _SPDX.fullmatch(value) and value not in _UNKNOWN_LICENSES:
        return value
    return None
