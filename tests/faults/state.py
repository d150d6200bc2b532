"""Everything that can be seen of an index, as comparable text: equal events give equal state, whatever was random."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from domain.account import UnknownToken
from domain.caller import Caller
from domain.logins import NotLoggedIn
from domain.streams import ACCOUNT, DAYS, PACKAGE, USAGE, key_of, name_claim
from domain.usecases.directory_reading import listings_of
from tests.faults import listing
from tests.scenarios.conftest import World

State = Mapping[str, str]
Site = Mapping[str, bytes]
_MOST = 1000


def site_of(world: World) -> Site:
    """All objects that are served, by key: read once, as that takes seconds where services are emulated."""
    return {key: body for key, body in world.snapshot().items() if body is not None}


def seen(world: World, notes: Mapping[str, Any], site: Site) -> State:
    """What visitors, installers, owners and the holders of secrets see, and what it is derived from.

    Args:
        world: which has settled.
        notes: what clients remember; of it ``token...`` and ``session...`` are secrets.
        site: what the world serves.
    """
    served = [(f"site {key}", hashlib.sha256(body).hexdigest()) for key, body in site.items()]
    return dict([*served, *_packages(world), *_rows(world), *_accounts(world), *_usage(world), *_held(world, notes)])


def published(site: Site) -> frozenset[tuple[str, str]]:
    """Each file that installers are told of, with its digest."""
    told = [each for page, body in site.items() if page.startswith("simple/") for each in listing.listed(page, body)]
    return frozenset((each.key, each.sha256 or "") for each in told)


def difference(found: State, expected: State) -> str:
    """What differs, in a few lines; empty if nothing does."""
    keys = sorted(key for key in {*found, *expected} if found.get(key) != expected.get(key))
    lines = [f"{key}\n  is      {found.get(key)!r:.300}\n  and not {expected.get(key)!r:.300}" for key in keys[:6]]
    return "\n".join([*lines, *([f"and {len(keys) - 6} more"] if len(keys) > 6 else [])])


def _packages(world: World) -> Iterator[tuple[str, str]]:
    store = world.ports.event_store()
    for stream in world.ports.event_log().streams(PACKAGE):
        name = key_of(stream)
        yield f"events {stream}", repr(store.read(stream))
        yield f"claim {name}", str(store.owner_of(name_claim(name)))


def _rows(world: World) -> Iterator[tuple[str, str]]:
    ports = world.ports
    entries = list(ports.catalogue().entries())
    yield "catalogue", repr(entries)
    yield "directory", repr(list(listings_of(ports.directory())))
    yield "owed", repr(ports.directory().owed(_MOST))
    yield "facts", repr(sorted(ports.facts_table().oldest(_MOST).items()))
    yield "dropped from caches", repr(getattr(ports.caches(), "forgotten", {}))  # only in memory that is known
    for entry in entries:
        yield f"dependents {entry.name}", repr(ports.dependents().of(entry.name, _MOST))
    for full_name in ports.facts_table().oldest(_MOST):
        yield f"followers {full_name}", repr(ports.facts_table().followers(full_name))


def _accounts(world: World) -> Iterator[tuple[str, str]]:
    """What the API answers each account. Of a token or submission nobody was told of there may be another one."""
    index = world.index
    for stream in world.ports.event_log().streams(ACCOUNT):
        caller = Caller(key_of(stream), "-")
        yield f"{stream} packages", repr(index.portfolio().submitted(caller))
        tokens = {(token.name, token.packages) for token in index.tokens().of(caller)}
        yield f"{stream} tokens", repr(sorted(tokens, key=repr))
        trusted = {repr(evolve(publisher, id="-")) for publisher in index.publishers().of(caller)}
        yield f"{stream} publishers", repr(sorted(trusted))
        rows = index.submissions().latest(caller, _MOST)
        told = [(repr(evolve(row, id="-")), index.submissions().log(row.id)) for row in rows]
        yield f"{stream} submissions", repr(sorted(told))


def _usage(world: World) -> Iterator[tuple[str, str]]:
    ports = world.ports
    yield "usage rows", repr(list(ports.usage_table().rows()))
    yield "usage summaries", repr(list(ports.usage_table().summaries()))
    yield "usage in brief", repr(list(ports.usage_table().briefs()))
    for category in (USAGE, DAYS):
        for stream in ports.event_log().streams(category):
            yield f"events {stream}", repr(ports.event_store().read(stream))
    for entry in ports.catalogue().entries():
        for day in ("2026-11-24", "2026-11-25"):
            detail = ports.details().get(entry.name, day)
            if detail is not None:
                # Under which key addresses are hashed is random; who is the same as whom is not.
                who = {requester: n for n, requester in enumerate(dict.fromkeys(detail.requesters))}
                renamed = evolve(detail, requesters=tuple(str(who[each]) for each in detail.requesters))
                yield f"detail {entry.name} {day}", repr(renamed)


def _held(world: World, notes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, secret in notes.items():
        if name.startswith("token"):
            try:
                caller = world.index.tokens().authenticate(secret)
                yield name, f"{caller.account} {sorted(caller.packages) if caller.packages is not None else 'all'}"
            except UnknownToken:
                yield name, "nobody's"
        elif name.startswith("session"):
            try:
                yield name, world.index.login_sessions().caller(secret).account
            except NotLoggedIn:
                yield name, "nobody's"
