"""Somebody's repositories by the REST API, for servers that do not speak GraphQL: a request for each that may count."""

import queue
import threading
from collections.abc import Iterator, Sequence

from attrs import evolve

from adapters.github.asking import Asking, nonsense
from adapters.github.source_values import repository
from adapters.github.values import json_list
from domain.github_faults import GitHubFails
from domain.repository import Owned, Source
from domain.sources import PACKAGING_FILES, is_eligible

MOST = 1000
_A_PAGE = 100
_AT_ONCE = 8


def owned(asking: Asking) -> Sequence[Owned]:
    """All of them that are no forks. Raises as `Asking.get`."""
    found = {source.id: Owned(source, has_packaging=False) for source in _listed(asking)}
    candidates = [each.source for each in found.values() if is_eligible(evolve(each, has_packaging=True))]
    for source in _with_packaging(asking, candidates):
        found[source.id] = Owned(source, has_packaging=True)
    return list(found.values())


def _listed(asking: Asking) -> Iterator[Source]:
    for page in range(1, MOST // _A_PAGE + 1):
        reply = asking.get(
            f"/user/repos?visibility=public&affiliation=owner&sort=pushed&per_page={_A_PAGE}&page={page}"
        )
        if reply is None:
            raise GitHubFails("GitHub lists no repositories of yours now: try again in some minutes.")
        listed = json_list(reply.body)
        if listed is None:
            raise nonsense(reply)
        now = asking.clock.now()
        for told in listed:
            source = repository(told, now) if isinstance(told, dict) else None
            if source is None:
                raise nonsense(reply)
            if not source.is_private and not source.is_fork:
                yield source
        if len(listed) < _A_PAGE:
            return


def _with_packaging(asking: Asking, candidates: Sequence[Source]) -> Sequence[Source]:
    """Those with a packaging file at their root, a few asked for at a time. One fault is enough: all shall be known."""
    waiting: queue.SimpleQueue[Source] = queue.SimpleQueue()
    for source in candidates:
        waiting.put(source)
    found: list[Source] = []
    faults: list[Exception] = []

    def work() -> None:
        try:
            while not faults:
                source = waiting.get_nowait()
                if _has_packaging(asking, source):
                    found.append(source)
        except queue.Empty:
            return
        except Exception as fault:  # noqa: BLE001 - raised where somebody waits
            faults.append(fault)

    threads = [threading.Thread(target=work, name="github", daemon=True) for _ in candidates[:_AT_ONCE]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return found


def _has_packaging(asking: Asking, source: Source) -> bool:
    reply = asking.get(f"/repos/{source.full_name}/contents/")
    listed = (json_list(reply.body) or []) if reply else []
    return any(
        isinstance(each, dict) and each.get("type") == "file" and each.get("name") in PACKAGING_FILES for each in listed
    )
