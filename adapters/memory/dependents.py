"""Who needs what, in dictionaries."""

import threading
from collections.abc import Iterable, Sequence
from itertools import count

from adapters.needs import by_package
from domain.needs import Dependents, Need
from domain.ports.dependents import Untold


class MemoryDependents:
    """A DependentsTable that forgets with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_dependent: dict[str, tuple[Need, ...]] = {}
        self._by_package: dict[str, dict[str, tuple[Need, ...]]] = {}
        self._untold: dict[str, Untold] = {}
        self._marks = count(1)

    def put(self, dependent: str, needs: Sequence[Need]) -> Untold:
        """Keep what a package needs in place of what it needed."""
        with self._lock:
            untold = self._untold.get(dependent, Untold(dependent, frozenset(), ""))
            known = self._by_dependent.get(dependent, ())
            before, after = by_package(known), by_package(needs)
            changed = {package for package in before.keys() | after.keys() if before.get(package) != after.get(package)}
            if not changed:
                return untold
            self._by_dependent[dependent] = tuple(needs)
            for package in changed:
                dependents = self._by_package.setdefault(package, {})
                dependents.pop(dependent, None)
                if package in after:
                    dependents[dependent] = after[package]
            self._untold[dependent] = Untold(dependent, untold.packages | changed, str(next(self._marks)))
            return self._untold[dependent]

    def forget(self, dependent: str, packages: Iterable[str]) -> None:
        """Remove the needs of a package, and whatever stands for it under `packages`."""
        with self._lock:
            for package in {*packages, *by_package(self._by_dependent.pop(dependent, ()))}:
                self._by_package.get(package, {}).pop(dependent, None)

    def told(self, untold: Untold) -> None:
        """Note that messages about these packages are on their way."""
        with self._lock:
            known = self._untold.get(untold.dependent)
            if known and known.mark == untold.mark:
                self._untold[untold.dependent] = Untold(known.dependent, frozenset(), known.mark)

    def of(self, package: str, limit: int | None = None) -> Dependents:
        """The dependents of a package in the order of names, with the needs of at most `limit` of them, or of all."""
        with self._lock:
            found = self._by_package.get(package, {})
            needs = tuple(need for dependent in sorted(found)[:limit] for need in found[dependent])
            return Dependents(len(found), needs)
