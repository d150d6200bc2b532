"""What arrives, in the private bucket: clients send it there themselves, by a form that S3 checks."""

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.aws.bucket import Bucket
from adapters.keys import check_identifier
from domain.ports.secrets import is_identifier
from domain.ports.staging import Target

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_PREFIX = "staging/"
_SECONDS = 900
_CONTENT_TYPE = "application/octet-stream"


def upload_of(key: str) -> str | None:
    """The upload whose file the bucket keeps under this key; None if it is something else."""
    upload = key.removeprefix(_PREFIX)
    return upload if key.startswith(_PREFIX) and is_identifier(upload) else None


class S3Staging:
    """A Staging below ``staging/``, which the bucket's lifecycle empties after a day."""

    def __init__(self, client: "S3Client", data_bucket: str) -> None:
        self._client = client
        self._arrived = Bucket(client, data_bucket, _PREFIX)

    def target(self, upload: str, size: int, sha256: str) -> Target:
        """Where exactly these bytes may be sent within a quarter of an hour; S3 refuses any others."""
        check_identifier(upload)
        checksum = {
            "x-amz-checksum-algorithm": "SHA256",
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(sha256)).decode(),
        }
        form = self._client.generate_presigned_post(
            self._arrived.name,
            self._arrived.path(upload),
            Fields=dict(checksum),
            Conditions=[["content-length-range", size, size], *({name: value} for name, value in checksum.items())],
            ExpiresIn=_SECONDS,
        )
        return Target(form["url"], form["fields"])

    def keep(self, upload: str, source: Path) -> None:
        """Keep what arrived through the index itself."""
        check_identifier(upload)
        self._arrived.upload(upload, source, _CONTENT_TYPE)

    def fetch(self, upload: str, destination: Path) -> bool:
        """Copy what arrived to a file; False if nothing did."""
        pieces = self._arrived.pieces(upload) if is_identifier(upload) else None
        if pieces is None:
            return False
        with destination.open("wb") as file:
            file.writelines(pieces)
        return True

    def remove(self, upload: str) -> None:
        """Forget what arrived; harmless if nothing did."""
        if is_identifier(upload):
            self._arrived.remove(upload)
