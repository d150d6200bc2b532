"""Logs of submissions in the private bucket: ``builds/<submission>/log-<part>``."""

from typing import TYPE_CHECKING

from adapters.aws.bucket import Bucket
from adapters.keys import check_identifier
from domain.ports.build_logs import PARTS
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

    def put(self, submission: str, part: int, text: bytes) -> None:
        """Take this for the part."""
        check_identifier(submission)
        self._client.put_object(
            Bucket=self._bucket.name,
            Key=self._bucket.path(_key(submission, part)),
            Body=text,
            ContentType=_CONTENT_TYPE,
            ChecksumAlgorithm="SHA256",
        )

    def get(self, submission: str) -> bytes:
        """All parts in their order."""
        if not is_identifier(submission):
            return b""
        return b"".join(self._bucket.read(_key(submission, part)) or b"" for part in PARTS)


def _key(submission: str, part: int) -> str:
    return f"{submission}/log-{part}"
