"""Files that arrived -> the use cases.

An upload is checked before it counts, what was built is published, what a query found is counted.
"""

from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext

from adapters.aws.access_logs import query_of
from adapters.aws.builder import build_of
from adapters.aws.staging import upload_of
from entrypoints.aws.observing import counted, logger
from infrastructure.functions import index


def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Process each file; a failure makes Lambda try again, and then put the event aside.

    Raises:
        ExceptionGroup: some could not be processed. The others are.
    """
    failures: list[Exception] = []
    for record in event.get("Records", ()):  # Without any in the test event that S3 sends once.
        key = unquote_plus(record["s3"]["object"]["key"])
        try:
            _process(key)
        except Exception as failure:  # noqa: BLE001 - whatever ails one file, the others are processed
            logger.exception("a file could not be processed", extra={"key": key})
            failures.append(failure)
    counted(FilesFailed=len(failures))
    if failures:
        raise ExceptionGroup("files could not be processed", failures)


def _process(key: str) -> None:
    upload, build, query = upload_of(key), build_of(key), query_of(key)
    if upload is not None:
        index().uploads().arrived(upload)
        counted(UploadsChecked=1)
    elif build is not None:
        index().building().carry_on(build)
        counted(BuildsEnded=1)
    elif query is not None:
        _count(query)


def _count(query: str) -> None:
    report = index().counting().arrived(query)
    told = {"downloads": report.downloads, "packages": report.packages, "changed": report.changed}
    batch = {"day": report.request.day, "number": report.request.number, "of": report.request.of}
    logger.info("counted downloads", extra={"query": query, **batch, **told, "malformed": dict(report.malformed)})
    counted(
        QueriesProcessed=1,
        DownloadsCounted=report.downloads,
        FiguresChanged=report.changed,
        RequestsMalformed=sum(report.malformed.values()),
    )
