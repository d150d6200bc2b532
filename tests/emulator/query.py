"""Athena's SQL in DuckDB, by way of sqlglot."""

from collections.abc import Iterable, Sequence

import duckdb
import sqlglot
from sqlglot import exp

from tests.emulator.hive import Row


def tables_in(query: str) -> set[str]:
    """The tables that a query reads, without those that it makes itself."""
    parsed = sqlglot.parse_one(query, read="athena")
    own = {common.alias for common in parsed.find_all(exp.CTE)}
    return {table.name for table in parsed.find_all(exp.Table)} - own


def run(
    query: str, parameters: Sequence[str], table: str, columns: Sequence[str], rows: Iterable[Row]
) -> tuple[Sequence[str], Sequence[Row]]:
    """The names of the result's columns, and its rows, over a table of strings with these rows."""
    (translated,) = sqlglot.transpile(query, read="athena", write="duckdb")
    some = list(rows)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE {quoted(table)} ({', '.join(f'{quoted(name)} VARCHAR' for name in columns)})")
        if some:
            places = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {quoted(table)} VALUES ({places})", some)  # noqa: S608 - quoted
        found = connection.execute(translated, list(parameters))
        return [column[0] for column in found.description], found.fetchall()


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"{}"'.format(name.replace('"', '""'))
