"""Athena within this process: queries run at once, over a stack's logs, as far as the adapter can see."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from attrs import define, field

from infrastructure.resources import Resources
from tests.aws import Clients, logs_bucket
from tests.emulator.athena import Execution, as_csv, check
from tests.emulator.hive import Table
from tests.emulator.query import run
from tests.infrastructure.stack_template import Stack


@define
class Athena:
    """A client.

    Attributes:
        started: each query that was started, by its token.
        finished: the keys of results that nobody was told of yet.
    """

    _clients: Clients
    _resources: Resources
    started: dict[str, Execution] = field(factory=dict)
    finished: list[str] = field(factory=list)

    def start_query_execution(self, **request: Any) -> Mapping[str, str]:
        """Run it, unless its token is known."""
        check(request)
        assert request["WorkGroup"] == self._resources.workgroup
        assert request["QueryExecutionContext"] == {"Database": self._resources.usage_database}
        token = request["ClientRequestToken"]
        if token not in self.started:
            self.started[token] = execution = Execution(str(uuid4()), request, "")
            self._run(execution)
        assert self.started[token].request == request
        return {"QueryExecutionId": self.started[token].id}

    def _run(self, execution: Execution) -> None:
        table = _table(logs_bucket(self._resources))
        rows = table.rows(self._clients("s3"))
        found = run(execution.request["QueryString"], execution.parameters(), table.name, table.columns, rows)
        key = f"athena/{execution.id}.csv"
        self._clients("s3").put_object(Bucket=self._resources.results_bucket, Key=key, Body=as_csv(*found))
        self.finished += [f"{key}.metadata", key]


@cache
def _table(bucket: str) -> Table:
    """The template's table over this bucket."""
    described = Stack().one("Glue::Table")["TableInput"]
    described["Parameters"]["storage.location.template"] = described["Parameters"]["storage.location.template"].replace(
        "<LogsBucket>", bucket
    )
    return Table.of(described)
