"""Files that arrived in the private bucket -> the use cases: an upload is checked before it counts."""

from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext

from adapters.aws.staging import upload_of
from entrypoints.aws.observing import counted, logger
from infrastructure.functions import index


def handler(event: dict[str, Any], _: LambdaContext) -> None:
    """Check each file; a failure makes Lambda try again, and then put the event aside.

    Raises:
        ExceptionGroup: some could not be checked. The others are.
    """
    checked = 0
    failures: list[Exception] = []
    for record in event.get("Records", ()):  # Without any in the test event that S3 sends once.
        upload = upload_of(unquote_plus(record["s3"]["object"]["key"]))
        if upload is None:
            continue
        try:
            index().uploads().arrived(upload)
            checked += 1
        except Exception as failure:  # noqa: BLE001 - whatever ails one file, the others are checked
            logger.exception("an upload could not be checked", extra={"upload": upload})
            failures.append(failure)
    counted(UploadsChecked=checked, UploadsFailed=len(failures))
    if failures:
        raise ExceptionGroup("uploads could not be checked", failures)
