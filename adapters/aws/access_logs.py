"""CloudFront's logs in S3, read by Athena: a query is started here, and what it found comes as a file of its own."""

import csv
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from io import BufferedReader, TextIOWrapper
from typing import IO, TYPE_CHECKING, cast
from uuid import UUID

from botocore.exceptions import ClientError

from adapters.aws.bucket import code_of
from domain.log_rows import Row
from domain.messages import CountDownloads
from domain.ports.access_logs import Findings, Query
from domain.ports.clock import Clock
from domain.usage import day_of

if TYPE_CHECKING:
    from io import RawIOBase

    from botocore.response import StreamingBody
    from types_boto3_athena import AthenaClient
    from types_boto3_s3 import S3Client

KEPT_DAYS = 30
"""After so many days the lifecycle of the logs' bucket removes them."""

_PREFIX = "athena/"
_SUFFIX = ".csv"
_COLUMNS = ("stem", "time", "edge", "country", "address", "agent")
_UNSAID = "-"
_BUFFER_BYTES = 1024 * 1024


class NoFindings(ValueError):
    """The file is not what the query would have written."""


def query_of(key: str) -> str | None:
    """The query whose findings the bucket keeps under this key; None if it is something else."""
    query = key.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    return query if key == _key(query) and _is_query(query) else None


class AthenaAccessLogs:
    """An AccessLogs whose findings always come later.

    Args:
        athena, s3: clients.
        workgroup: it says where findings go: below ``athena/`` in the bucket for results.
        database: where the table `access_logs` is.
        results_bucket: the bucket for results.
        sql: the query.
        clock: of days that are kept.
        kept_days: how long the logs are kept.

    Whatever Athena answers raises botocore's ClientError, also that it has too much to do: it is asked again later.
    """

    def __init__(
        self,
        athena: "AthenaClient",
        s3: "S3Client",
        workgroup: str,
        database: str,
        results_bucket: str,
        sql: str,
        clock: Clock,
        kept_days: int = KEPT_DAYS,
    ) -> None:
        self._athena = athena
        self._s3 = s3
        self._workgroup = workgroup
        self._database = database
        self._results_bucket = results_bucket
        self._sql = sql
        self._clock = clock
        self._kept = timedelta(days=kept_days)

    def keeps(self, day: str) -> bool:
        """Whether the lifecycle has removed none of the day's logs. The first are written when the day begins."""
        return date.fromisoformat(day_of(self._clock.now())) < date.fromisoformat(day) + self._kept

    def state(self, day: str) -> str:  # noqa: ARG002 - it would take a list of all files
        """Nobody knows."""
        return ""

    def start(self, request: CountDownloads) -> Query:
        """Start the query; one of the same announcement is not started twice.

        Raises:
            ClientError: Athena did not.
        """
        parameters = [_literal(request.day), _literal(",".join(request.packages) or "*")]
        # Athena answers a token that it knows with the query of then, whatever became of it.
        token = hashlib.sha256("\0".join((request.announced, self._sql, *parameters)).encode()).hexdigest()
        started = self._athena.start_query_execution(
            QueryString=self._sql,
            ExecutionParameters=parameters,
            QueryExecutionContext={"Database": self._database},
            WorkGroup=self._workgroup,
            ClientRequestToken=token,
        )
        return Query(started["QueryExecutionId"], None)

    def findings(self, query: str) -> Findings:
        """What the query found, read while it is processed. Athena does not tell of lines that it could not read.

        Raises:
            LookupError: there is nothing, or not yet.
            NoFindings: there is something else.
        """
        if not _is_query(query):
            raise LookupError(f"{query!r} is no query")
        try:
            found = self._s3.get_object(Bucket=self._results_bucket, Key=_key(query))
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                raise LookupError(f"the query {query} has found nothing, or not yet") from None
            raise
        return Findings(_rows(found["Body"], found["ContentLength"]), {})


def _key(query: str) -> str:
    return f"{_PREFIX}{query}{_SUFFIX}"


def _is_query(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _literal(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))


def _rows(body: "StreamingBody", size: int) -> Iterator[Row]:
    # A quoted cell may have any character in it, so lines are the parser's business.
    with TextIOWrapper(_at_hand(body, size), "utf-8", newline="") as file:
        yield from _parsed(csv.reader(file, strict=True))


def _at_hand(body: "StreamingBody", size: int) -> IO[bytes]:
    """A copy without a name on disk, where there is room: working on rows takes minutes, and S3 waits for nobody."""
    folder = tempfile.gettempdir()
    if size > shutil.disk_usage(folder).free // 2:
        return BufferedReader(cast("RawIOBase", body), _BUFFER_BYTES)
    copy = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - whoever reads it closes it
    with body:
        shutil.copyfileobj(body, copy, _BUFFER_BYTES)
    copy.seek(0)
    return copy


def _parsed(lines: Iterator[list[str]]) -> Iterator[Row]:
    header = next(lines, [])
    try:
        places = [header.index(column) for column in _COLUMNS]
    except ValueError:
        # What stands there instead may be somebody's request.
        raise NoFindings(f"the first line does not name the columns {', '.join(_COLUMNS)}") from None
    for line in lines:
        yield cast("Row", tuple(line[place] or _UNSAID for place in places))  # nothing at all is how null is written
