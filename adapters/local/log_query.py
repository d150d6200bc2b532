"""The query that chooses what may be a download, run by DuckDB over files as they are."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from domain.messages import CountDownloads
from domain.ports.access_logs import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COLUMNS: Mapping[str, str] = {
    "date": "date",
    "time": "time",
    "timestamp_ms": "timestamp(ms)",
    "x_edge_location": "x-edge-location",
    "c_ip": "c-ip",
    "c_country": "c-country",
    "cs_method": "cs-method",
    "cs_uri_stem": "cs-uri-stem",
    "sc_status": "sc-status",
    "sc_bytes": "sc-bytes",
    "cs_user_agent": "cs(User-Agent)",
    "x_edge_result_type": "x-edge-result-type",
    "x_edge_request_id": "x-edge-request-id",
    "x_host_header": "x-host-header",
    "sc_range_start": "sc-range-start",
    "sc_range_end": "sc-range-end",
}
"""The columns of the table `access_logs`, as on AWS, and what CloudFront calls them."""

_MOST_THREADS = 8
_MEMORY = "400MB"
_BUFFER_BYTES = 8 * 2**20
_ROWS_AT_ONCE = 10_000
_MANY_AGENTS = 65_536
_PATTERN = re.compile(r"[*?\[\]{}\\\0]")
"""What makes a path name other files than itself."""


@frozen
class Table:
    """Files of the same fields.

    Attributes:
        fields: in the order of their columns.
        compressed: whether the files are gzip.
    """

    fields: tuple[str, ...]
    compressed: bool
    paths: Sequence[Path]


class LogQuery:
    """One run of the query; what it found lies in memory and in a folder until it is closed.

    Args:
        sql: the query in Athena's dialect.
        folder: for whatever does not find room in memory.
    """

    def __init__(self, sql: str, folder: Path) -> None:
        import duckdb  # noqa: PLC0415 - whoever reads no logs does not wait for it

        self.errors = duckdb.Error
        self._select, self._order = _translated(sql)
        self._connection: DuckDBPyConnection = duckdb.connect(
            config={
                "threads": min(os.cpu_count() or 1, _MOST_THREADS),
                "memory_limit": _MEMORY,
                "temp_directory": str(folder),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )

    def run(self, request: CountDownloads, tables: Sequence[Table]) -> None:
        """Choose from the files.

        Raises:
            errors: a file cannot be read as it should, or resources do not suffice.
        """
        selects = [_select(table) for table in tables] or [_nothing()]
        year, month, day = request.day.split("-")
        self._connection.execute(
            f"CREATE TEMP VIEW access_logs AS SELECT *, '{year}' AS year, '{month}' AS month, '{day}' AS day "  # noqa: S608
            f"FROM ({' UNION ALL '.join(selects)})"
        )
        packages = ",".join(request.packages) or "*"
        self._connection.execute(f"CREATE TEMP TABLE found AS {self._select}", [request.day, packages])

    def rows(self) -> Iterator[Row]:
        """What was found."""
        # Agents are long and few: making each once is most of what it takes to fetch them.
        self._connection.execute(
            "CREATE TEMP TABLE agents AS SELECT agent AS text, row_number() OVER () AS number FROM "  # noqa: S608
            f"(SELECT agent FROM found GROUP BY agent ORDER BY count(*) DESC LIMIT {_MANY_AGENTS})"
        )
        agents: dict[int, str] = dict(self._connection.execute("SELECT number, text FROM agents").fetchall())
        found = self._connection.execute(
            "SELECT stem, time, edge, country, address, CASE WHEN number IS NULL THEN agent END, request, number "  # noqa: S608
            f"FROM found LEFT JOIN agents ON agent = text {self._order}"
        )
        while rows := found.fetchmany(_ROWS_AT_ONCE):
            for stem, time, edge, country, address, agent, request, number in rows:
                yield stem, time, edge, country, address, agents[number] if number else agent, request

    def close(self) -> None:
        """Forget what was found."""
        self._connection.close()


def can_be_named(path: Path) -> bool:
    """Whether the query can read the file under its own name."""
    text = str(path)
    return _PATTERN.search(text) is None and text.isprintable()


@cache
def _translated(sql: str) -> tuple[str, str]:
    """The query for DuckDB without its order, and that order, which a table does not keep."""
    from sqlglot import parse_one  # noqa: PLC0415

    tree = parse_one(sql, read="athena")
    order = tree.args.pop("order")
    return tree.sql("duckdb", comments=False), order.sql("duckdb")


def _select(table: Table) -> str:
    """The rows of the files. Every column of the files is text, and all are named, so that nothing is guessed."""
    numbers = {name: number for number, name in enumerate(table.fields)}
    columns = ", ".join(
        # Athena knows no absent text.
        f"coalesce(c{numbers[name]}, '') AS {column}" if name in numbers else f"'-' AS {column}"
        for column, name in COLUMNS.items()
    )
    paths = ", ".join(_quoted(str(path)) for path in table.paths)
    types = ", ".join(f"c{number}: 'VARCHAR'" for number in range(len(table.fields)))
    return (
        f"SELECT {columns} FROM read_csv([{paths}], columns = {{{types}}}, "  # noqa: S608
        f"compression = '{'gzip' if table.compressed else 'none'}', delim = '\t', quote = '', escape = '', "
        f"header = false, auto_detect = false, ignore_errors = true, hive_partitioning = false, "
        f"buffer_size = {_BUFFER_BYTES})"
    )


def _nothing() -> str:
    columns = ", ".join(f"'-' AS {column}" for column in COLUMNS)
    return f"SELECT {columns} WHERE false"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
