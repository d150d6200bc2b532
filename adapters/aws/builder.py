"""Builds in a function that has no rights: it gets forms for what it may put, and nothing else."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from adapters.aws.bucket import Bucket, code_of
from adapters.aws.build_job import (
    MOST_FILES,
    MOST_LOG_BYTES,
    MOST_OUTCOME_BYTES,
    BuildBounds,
    BuildOutcome,
    Form,
    Job,
)
from adapters.aws.build_logs import part_key
from adapters.building.answers import one_line
from adapters.keys import check_identifier
from adapters.records import Damaged, from_json, to_json
from domain.ports.build_logs import LogPart
from domain.ports.builder import Built, NotBuilt, Outcome
from domain.ports.secrets import is_identifier

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client

_PREFIX = "builds/"
_OUTCOME = re.compile(rf"{_PREFIX}([^/]+)/outcome\.json")
_FILENAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,250}\.(?:whl|tar\.gz)")
# As long as an event may wait for its turn and a function may run, and some time for clocks.
_SECONDS = 1500
_CONTENT_TYPE = "application/octet-stream"
_UNREADABLE = NotBuilt("What came of the build cannot be read: publish again.")


def build_of(key: str) -> str | None:
    """The submission whose outcome the bucket keeps under this key; None if it is something else."""
    match = _OUTCOME.fullmatch(key)
    return match[1] if match and is_identifier(match[1]) else None


class LambdaBuilder:
    """A Builder below ``builds/<submission>/``, where its logs are too.

    Args:
        s3, functions: clients of S3 and Lambda.
        data_bucket: the private bucket.
        function: name of the function that has another one build, and sees how that ends.
        bounds: what the build may use.
    """

    def __init__(
        self, s3: "S3Client", functions: "LambdaClient", data_bucket: str, function: str, bounds: BuildBounds
    ) -> None:
        self._s3 = s3
        self._functions = functions
        self._bucket = Bucket(s3, data_bucket, _PREFIX)
        self._function = function
        self._bounds = bounds

    def start(self, submission: str, source: Path, version: str | None = None) -> None:
        """Have it built, unless that was started; returns before it is over."""
        check_identifier(submission)
        # Before it is marked: whoever is killed while this lasts leaves it to the next one.
        self._bucket.upload(f"{submission}/source.tar.gz", source, _CONTENT_TYPE)
        if not self._mark(submission):
            return
        try:
            self._functions.invoke(
                FunctionName=self._function,
                InvocationType="Event",
                Payload=json.dumps(to_json(self._job(submission, version))).encode(),
            )
        except BaseException:
            # Nothing runs: whoever tries again starts anew.
            self._bucket.remove(f"{submission}/started")
            raise

    def outcome(self, submission: str) -> Outcome | None:
        """What came of it; None as long as that is not known."""
        if not is_identifier(submission):
            return None
        body = self._read(f"{submission}/outcome.json", MOST_OUTCOME_BYTES)
        return None if body is None else _told(body)

    def fetch(self, submission: str, filename: str, destination: Path) -> bool:
        """Copy one of the files that came out; False if there is none of this name, or it is too large."""
        outcome = self.outcome(submission)
        if not isinstance(outcome, Built) or filename not in outcome.filenames:
            return False
        key = f"{submission}/files/{outcome.filenames.index(filename)}"
        head = self._bucket.head(key)
        if head is None or head["ContentLength"] > self._bounds.file_bytes:
            return False
        pieces = self._bucket.pieces(key)
        if pieces is None:
            return False
        with destination.open("wb") as file:
            file.writelines(pieces)
        return True

    def forget(self, submission: str) -> None:
        """Remove what is kept of it but its logs, which are somebody else's; harmless if nothing is."""
        if not is_identifier(submission):
            return
        for number in range(MOST_FILES):
            self._bucket.remove(f"{submission}/files/{number}")
        for name in ("source.tar.gz", "outcome.json", "started"):
            self._bucket.remove(f"{submission}/{name}")

    def _mark(self, submission: str) -> bool:
        """Whether this is the first start."""
        try:
            self._s3.put_object(
                Bucket=self._bucket.name, Key=self._bucket.path(f"{submission}/started"), Body=b"", IfNoneMatch="*"
            )
        except ClientError as error:
            # 409: somebody else is just doing so.
            if code_of(error) in {"PreconditionFailed", "ConditionalRequestConflict"}:
                return False
            raise
        return True

    def _job(self, submission: str, version: str | None) -> Job:
        source = self._s3.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket.name, "Key": self._bucket.path(f"{submission}/source.tar.gz")},
            ExpiresIn=_SECONDS,
        )
        bounds = self._bounds
        return Job(
            source=source,
            files=tuple(self._form(f"{submission}/files/{number}", bounds.file_bytes) for number in range(MOST_FILES)),
            log=self._form(part_key(submission, LogPart.BUILD), MOST_LOG_BYTES),
            outcome=self._form(f"{submission}/outcome.json", MOST_OUTCOME_BYTES),
            bounds=bounds,
            version=version,
        )

    def _form(self, key: str, most_bytes: int) -> Form:
        made = self._s3.generate_presigned_post(
            self._bucket.name,
            self._bucket.path(key),
            Conditions=[["content-length-range", 0, most_bytes]],
            ExpiresIn=_SECONDS,
        )
        return Form(made["url"], made["fields"])

    def _read(self, key: str, most_bytes: int) -> bytes | None:
        """The object's bytes, none of them if they are too many; None if there is none."""
        head = self._bucket.head(key)
        if head is None:
            return None
        return self._bucket.read(key) if head["ContentLength"] <= most_bytes else b""


def _told(body: bytes) -> Outcome:
    """What an outcome says, which a build may have made up."""
    try:
        told = from_json(BuildOutcome, json.loads(body))
    except (Damaged, ValueError, RecursionError):
        return _UNREADABLE
    if told.reason is not None:
        reason = one_line(told.reason)
        return NotBuilt(reason) if reason else _UNREADABLE
    names = told.filenames
    if not 0 < len(set(names)) == len(names) <= MOST_FILES or not all(map(_FILENAME.fullmatch, names)):
        return _UNREADABLE
    return Built(names)
