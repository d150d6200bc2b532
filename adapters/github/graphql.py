"""Somebody's repositories by the GraphQL API: a hundred of them, with what lies at their roots, in one request."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from adapters.github.asking import Asking, nonsense, refused
from adapters.github.rest import Reply
from adapters.github.source_values import node
from adapters.github.values import json_object
from domain.repository import Owned
from domain.sources import PACKAGING_FILES

MOST = 1000
_A_PAGE = 100
_LONGEST_CURSOR = 1024
_RATE_LIMITED = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
_FILES = {f"file{number}": filename for number, filename in enumerate(PACKAGING_FILES)}
_AT_ROOT = " ".join(f'{alias}: object(expression: "HEAD:{name}") {{ __typename }}' for alias, name in _FILES.items())
_QUERY = f"""
query($size: Int!, $after: String) {{
  viewer {{
    repositories(
      first: $size, after: $after, privacy: PUBLIC, isFork: false, ownerAffiliations: OWNER,
      orderBy: {{field: PUSHED_AT, direction: DESC}}
    ) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{
        databaseId nameWithOwner isPrivate isFork isArchived description pushedAt
        primaryLanguage {{ name }}
        defaultBranchRef {{ name }}
        owner {{ ... on User {{ databaseId }} ... on Organization {{ databaseId }} }}
        {_AT_ROOT}
      }}
    }}
  }}
}}
"""


def url_of(root: str) -> str:
    """Where it is spoken, by the root of the REST API: a GitHub Enterprise has it beside that, and GitHub below."""
    return f"{root.removesuffix('/v3') if root.endswith('/api/v3') else root}/graphql"


def owned(asking: Asking, url: str) -> Sequence[Owned] | None:
    """All of them; None where GraphQL is not spoken, or not to this token. Raises as `Asking.get`."""
    found: dict[int, Owned] = {}
    after: str | None = None
    for _ in range(MOST // _A_PAGE):
        reply = asking.query(url, {"query": _QUERY, "variables": {"size": _A_PAGE, "after": after}})
        page = _page(asking, reply) if reply else None
        if reply is None or page is None:
            return None
        now = asking.clock.now()
        # Null is what may not be seen, such as what was made private just now.
        for told in filter(None, page["nodes"]):
            each = _owned(told, now)
            if each is None:
                raise nonsense(reply)
            found[each.source.id] = each
        more = page.get("pageInfo")
        if not isinstance(more, dict) or more.get("hasNextPage") is not True:
            break
        following = more.get("endCursor")
        if not isinstance(following, str) or len(following) > _LONGEST_CURSOR or following == after:
            raise nonsense(reply)
        after = following
    return list(found.values())


def _page(asking: Asking, reply: Reply) -> Mapping[str, Any] | None:
    """The repositories that were answered; None if they were not. Faults are answered with status 200 as well."""
    told = json_object(reply.body)
    errors = told.get("errors")
    for error in errors if isinstance(errors, list) else []:
        if isinstance(error, dict) and _is_rate_limit(error):
            raise refused(reply, asking.clock.now())
    place: Any = told
    for key in ("data", "viewer", "repositories"):
        place = place.get(key) if isinstance(place, dict) else None
    return place if isinstance(place, dict) and isinstance(place.get("nodes"), list) else None


def _is_rate_limit(error: Mapping[str, Any]) -> bool:
    return error.get("type") in _RATE_LIMITED or "rate limit" in str(error.get("message", ""))[:1000].lower()


def _owned(told: object, now: datetime) -> Owned | None:
    if not isinstance(told, dict):
        return None
    source = node(told, now)
    if source is None:
        return None
    found = (told.get(alias) for alias in _FILES)
    return Owned(source, any(isinstance(each, dict) and each.get("__typename") == "Blob" for each in found))
