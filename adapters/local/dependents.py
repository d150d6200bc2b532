"""Who needs what, in SQLite."""

import json
from collections.abc import Iterable, Sequence
from uuid import uuid4

from attrs import evolve

from adapters.local.database import Database
from adapters.needs import by_package, decode_needs, encode_needs
from domain.needs import Dependents, Need
from domain.ports.dependents import Untold


class SqliteDependents:
    """A DependentsTable in the same file as the events; `rebuild` derives it again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, dependent: str, needs: Sequence[Need]) -> Untold:
        """Keep what a package needs in place of what it needed."""
        after = {package: encode_needs(group) for package, group in by_package(needs).items()}
        with self._database.transaction(derived=True) as connection:
            rows = connection.execute("SELECT package, data FROM needs WHERE dependent = ?", (dependent,))
            before = dict(rows.fetchall())
            told = connection.execute("SELECT packages, mark FROM untold WHERE dependent = ?", (dependent,)).fetchone()
            untold = _untold(dependent, told)
            changed = {package for package in before.keys() | after.keys() if before.get(package) != after.get(package)}
            if not changed:
                return untold
            connection.executemany(
                "DELETE FROM needs WHERE package = ? AND dependent = ?", [(package, dependent) for package in changed]
            )
            connection.executemany(
                "INSERT INTO needs (package, dependent, data) VALUES (?, ?, ?)",
                [(package, dependent, after[package]) for package in changed if package in after],
            )
            untold = Untold(dependent, untold.packages | changed, uuid4().hex)
            connection.execute(
                "INSERT OR REPLACE INTO untold (dependent, packages, mark) VALUES (?, ?, ?)",
                (dependent, json.dumps(sorted(untold.packages)), untold.mark),
            )
            return untold

    def forget(self, dependent: str, packages: Iterable[str]) -> None:  # noqa: ARG002 - here both ends are one row
        """Remove the needs of a package."""
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM needs WHERE dependent = ?", (dependent,))

    def told(self, untold: Untold) -> None:
        """Note that messages about these packages are on their way."""
        with self._database.transaction(derived=True) as connection:
            connection.execute("DELETE FROM untold WHERE dependent = ? AND mark = ?", (untold.dependent, untold.mark))

    def of(self, package: str, limit: int | None = None) -> Dependents:
        """The dependents of a package in the order of names, with the needs of at most `limit` of them, or of all."""
        # The count comes with the first row, of the same state.
        found = self._database.rows(
            "SELECT dependent, data, count(*) OVER () FROM needs WHERE package = ? ORDER BY dependent LIMIT ?",
            (package, -1 if limit is None else max(limit, 1)),
        )
        count = found[0][2] if found else 0
        # Whose it is says the key, by which it is replaced and removed.
        needs = (evolve(need, dependent=name) for name, data, _ in found[:limit] for need in decode_needs(data))
        return Dependents(count, tuple(needs))


def _untold(dependent: str, row: tuple[str, str] | None) -> Untold:
    packages, mark = row or ("[]", "")
    return Untold(dependent, frozenset(json.loads(packages)), mark)
