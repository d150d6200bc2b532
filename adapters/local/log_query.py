"""The query that chooses what may be a download, run by DuckDB over files as they are."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.local.log_agents import AGENT, Table, coded
from domain.log_rows import Row
from domain.messages import CountDownloads

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
    "cs_user_agent": AGENT,
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
_PATTERN = re.compile(r"[*?\[\]{}\\\0]")
"""What makes a path name other files than itself."""


class QueryFailed(OSError):
    """A file cannot be read as it should, or memory or disk do not suffice; the text says which."""


class LogQuery:
    """One run of the query; what it found lies in memory and in a folder until it is closed.

    Args:
        sql: the query in Athena's dialect.
        folder: for whatever does not find room in memory.
    """

    def __init__(self, sql: str, folder: Path) -> None:
        import duckdb  # noqa: PLC0415 - whoever reads no logs does not wait for it

        self._error = duckdb.Error
        self._select, self._order = _translated(sql)
        self._agents: Mapping[str, str] = {}
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
            QueryFailed: a file cannot be read as it should, or memory or disk do not suffice.
        """
        with self._failing():
            self._run(request, tables)

    def _run(self, request: CountDownloads, tables: Sequence[Table]) -> None:
        self._agents = coded(tables)
        self._connection.execute(
            "CREATE TEMP TABLE agents AS SELECT unnest(?) AS code, unnest(?) AS agent",
            [list(self._agents), list(self._agents.values())],
        )
        selects = [_select(table) for table in tables]
        year, month, day = request.day.split("-")
        self._connection.execute(
            f"CREATE TEMP VIEW access_logs AS SELECT *, '{year}' AS year, '{month}' AS month, '{day}' AS day "  # noqa: S608
            f"FROM ({' UNION ALL '.join(selects)})"
        )
        packages = ",".join(request.packages) or "*"
        self._connection.execute(f"CREATE TEMP TABLE found AS {self._select}", [request.day, packages])

    def rows(self) -> Iterator[Row]:
        """What was found.

        Raises:
            QueryFailed: memory or disk do not suffice.
        """
        with self._failing():
            yield from self._rows()

    def _rows(self) -> Iterator[Row]:
        # As one text a row, as each value takes long to come out. No value holds a tab: the logs have them in between.
        text = "concat_ws('\t', *COLUMNS(* EXCLUDE request))"
        found = self._connection.execute(f"SELECT {text} FROM found {self._order}")  # noqa: S608
        agents = self._agents.get
        while rows := found.fetchmany(_ROWS_AT_ONCE):
            for (row,) in rows:
                stem, time, edge, country, address, agent = row.split("\t")
                yield stem, time, edge, country, address, agents(agent, agent)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except self._error as error:
            line, *_ = str(error).splitlines() or [type(error).__name__]
            raise QueryFailed(f"the access logs cannot be queried: {line}") from error

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
    numbers = {name: table.fields.index(name) for name in table.fields}  # of two of the same name the first one
    columns = ", ".join(
        # Athena knows no absent text.
        f"coalesce({'code, ' * (name == AGENT)}c{numbers[name]}, '') AS {column}"
        if name in numbers
        else f"'-' AS {column}"
        for column, name in COLUMNS.items()
    )
    join = f" LEFT JOIN agents ON agent = c{numbers[AGENT]}" if AGENT in numbers else ""
    paths = ", ".join(_quoted(str(path)) for path in table.paths)
    types = ", ".join(f"c{number}: 'VARCHAR'" for number in range(len(table.fields)))
    return (
        f"SELECT {columns} FROM read_csv([{paths}], columns = {{{types}}}, "  # noqa: S608
        f"compression = '{'gzip' if table.compressed else 'none'}', delim = '\t', quote = '', escape = '', "
        f"header = false, auto_detect = false, ignore_errors = true, hive_partitioning = false, "
        f"buffer_size = {_BUFFER_BYTES}){join}"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
