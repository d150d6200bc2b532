"""Athena as far as counting downloads needs it: queries really run, over the emulator's S3 and Glue, in DuckDB.

MiniStack decides who may start a query and passes it on (`start.py`); the query itself, and where its result goes, are
as on AWS. It runs in the process of the tests, which has DuckDB and sqlglot.
"""

import json
import re
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from attrs import define, field

from tests.emulator.hive import Row, Table
from tests.emulator.query import run, tables_in

Clients = Callable[[str], Any]
"""Clients of the account by the names of services."""

MOST_QUERY_BYTES = 262_144
MOST_PARAMETER_CHARACTERS = 1024
TOKEN_CHARACTERS = range(32, 129)
STRING = re.compile(r"'((?:[^']|'')*)'")
QUOTED_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*")


class InvalidRequest(Exception):
    """Athena's answer to what makes no sense."""


@define
class Execution:
    """A query that was started.

    Attributes:
        request: as it was sent.
        state: RUNNING, then SUCCEEDED or FAILED.
        reason: why it failed.
        output: where its result is.
    """

    id: str
    request: dict[str, Any]
    output: str
    state: str = "RUNNING"
    reason: str = ""
    ended: threading.Event = field(factory=threading.Event)

    def parameters(self) -> list[str]:
        """The values for the query's question marks."""
        return [value_of(text) for text in self.request.get("ExecutionParameters", [])]


class Athena:
    """A server on a loopback port.

    Attributes:
        url: where it listens.
        executions: everything that was started, in this order.
    """

    def __init__(self) -> None:
        self.executions: list[Execution] = []
        self._clients: Clients | None = None
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def over(self, clients: Clients) -> None:
        """Serve this account."""
        self._clients = clients

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        athena = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                operation = self.headers["X-Amz-Target"].rpartition(".")[2]
                try:
                    status, told = HTTPStatus.OK, athena.answer(operation, request)
                except InvalidRequest as error:
                    told = {"__type": "InvalidRequestException", "Message": str(error)}
                    status = HTTPStatus.BAD_REQUEST
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One request.

        Raises:
            InvalidRequest: it makes no sense.
        """
        match operation:
            case "StartQueryExecution":
                return {"QueryExecutionId": self._started(request).id}
            case "GetQueryExecution":
                return {"QueryExecution": self._described(request["QueryExecutionId"])}
            case _:
                raise InvalidRequest(f"{operation} is not emulated")

    def _started(self, request: dict[str, Any]) -> Execution:
        check(request)
        with self._lock:
            for known in self.executions:
                if known.request["ClientRequestToken"] == request["ClientRequestToken"]:
                    if known.request != request:
                        raise InvalidRequest("Idempotent parameters do not match")
                    return known
            execution = Execution(str(uuid4()), request, "")
            execution.output = f"{self._folder_of(request['WorkGroup']).rstrip('/')}/{execution.id}.csv"
            self.executions.append(execution)
        threading.Thread(target=self._run, args=(execution,), daemon=True).start()
        return execution

    def _described(self, query: str) -> dict[str, Any]:
        for known in self.executions:
            if known.id == query:
                return {
                    "QueryExecutionId": known.id,
                    "Query": known.request["QueryString"],
                    "WorkGroup": known.request["WorkGroup"],
                    "ExecutionParameters": known.request.get("ExecutionParameters", []),
                    "ResultConfiguration": {"OutputLocation": known.output},
                    "Status": {"State": known.state, "StateChangeReason": known.reason},
                }
        raise InvalidRequest(f"QueryExecution {query} was not found")

    def _client(self, service: str) -> Any:
        assert self._clients is not None
        return self._clients(service)

    def _folder_of(self, group: str) -> str:
        client = self._client("athena")
        try:
            described = client.get_work_group(WorkGroup=group)["WorkGroup"]
        except client.exceptions.ClientError:
            raise InvalidRequest(f"WorkGroup {group} is not found.") from None
        configuration = described["Configuration"]
        assert configuration["EnforceWorkGroupConfiguration"]  # Whatever the request says of it is passed over.
        return str(configuration["ResultConfiguration"]["OutputLocation"])

    def _run(self, execution: Execution) -> None:
        try:
            header, rows = self._found(execution)
            s3 = self._client("s3")
            bucket, _, key = execution.output.removeprefix("s3://").partition("/")
            s3.put_object(
                Bucket=bucket, Key=f"{key}.metadata", Body=b"\x08\x01", ContentType="application/octet-stream"
            )
            execution.state = "SUCCEEDED"
            s3.put_object(Bucket=bucket, Key=key, Body=as_csv(header, rows), ContentType="application/octet-stream")
        except Exception as error:  # noqa: BLE001 - whatever ails a query, it failed
            execution.state, execution.reason = "FAILED", repr(error)
        finally:
            execution.ended.set()

    def _found(self, execution: Execution) -> tuple[Sequence[str], Sequence[Row]]:
        text, database = execution.request["QueryString"], execution.request["QueryExecutionContext"]["Database"]
        (name,) = tables_in(text)
        table = Table.of(self._client("glue").get_table(DatabaseName=database, Name=name)["Table"])
        return run(text, execution.parameters(), table.name, table.columns, table.rows(self._client("s3")))


def check(request: dict[str, Any]) -> None:
    """See whether Athena would take this.

    Raises:
        InvalidRequest: it would not.
    """
    query, parameters = request.get("QueryString", ""), request.get("ExecutionParameters", [])
    if not 1 <= len(query.encode()) <= MOST_QUERY_BYTES:
        raise InvalidRequest("Query string has to have 1 to 262144 bytes")
    if len(request.get("ClientRequestToken", "")) not in TOKEN_CHARACTERS:
        raise InvalidRequest("ClientRequestToken has to have 32 to 128 characters")
    for parameter in parameters:
        if not 1 <= len(parameter) <= MOST_PARAMETER_CHARACTERS:
            raise InvalidRequest("Each execution parameter has to have 1 to 1024 characters")
        value_of(parameter)
    wanted = QUOTED_OR_COMMENT.sub("", query).count("?")
    if len(parameters) != wanted:
        raise InvalidRequest(f"Incorrect number of parameters: expected {wanted} but found {len(parameters)}")


def value_of(parameter: str) -> str:
    """What a literal means; Athena puts parameters into the query as they are.

    Raises:
        InvalidRequest: it is no string in quotes.
    """
    match = STRING.fullmatch(parameter)
    if match is None:
        raise InvalidRequest(f"{parameter} is no literal")
    return match[1].replace("''", "'")


def as_csv(header: Sequence[str], rows: Sequence[Row]) -> bytes:
    """A result as Athena writes it: every cell in quotes, and nothing at all for null."""
    return "".join(f"{','.join(map(cell, row))}\n" for row in (header, *rows)).encode()


def cell(value: str | None) -> str:
    """One value in a line."""
    return "" if value is None else '"{}"'.format(value.replace('"', '""'))
