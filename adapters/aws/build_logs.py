"""Logs of submissions in the private bucket: ``builds/<submission>/log-<part>``."""

from typing import TYPE_CHECKING

from adapters.aws.bucket import Bucket
from adapters.keys import check_identifier
from domain.ports.build_logs import LogPart
from domain.ports.secrets import is_identifier

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_PREFIX = "builds/"
_CONTENT_TYPE = "text/plain; charset=utf-8"


class S3BuildLogs:
    """A BuildLogs."""

    def __init__(self, client: "S3Client", data_bucket: str) -> None:
        self._client = client
        self._bucket = Bucket(client, data_bucket, _PREFIX)

    def put(self, submission: str, part: LogPart, text: bytes) -> None:
        """Keep this text as the part."""
        check_identifier(submission)
        self._client.put_object(
            Bucket=self._bucket.name,
            Key=self._bucket.path(part_key(submission, part)),
            Body=text,
            ContentType=_CONTENT_TYPE,
            ChecksumAlgorithm="SHA256",
        )

    def get(self, submission: str) -> bytes:
        """All parts in their order."""
        if not is_identifier(submission):
            return b""
        return b"".join(self._bucket.read(part_key(submission, part)) or b"" for part in LogPart)


def part_key(submission: str, part: LogPart) -> str:
    """Where a part is kept, below ``builds/``."""
    return f"{submission}/log-{part}"
