"""Details in the private bucket: ``usage/<day>/<package>.json.gz``."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from adapters.aws.bucket import Bucket
from adapters.details import decode_detail, encode_detail, packages_of
from domain.detail import Detail
from domain.ports.details import detail_key

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_PREFIX = "usage/"
_CONTENT_TYPE = "application/gzip"


class S3Details:
    """A Details."""

    def __init__(self, client: "S3Client", data_bucket: str) -> None:
        self._client = client
        self._bucket = Bucket(client, data_bucket, _PREFIX)

    def put(self, day: str, details: Mapping[str, Detail]) -> None:
        """Keep the details; S3 compares digests."""
        for package, detail in details.items():
            self._client.put_object(
                Bucket=self._bucket.name,
                Key=self._bucket.path(detail_key(package, day)),
                Body=encode_detail(detail),
                ContentType=_CONTENT_TYPE,
                ChecksumAlgorithm="SHA256",
            )

    def get(self, package: str, day: str) -> Detail | None:
        """The detail.

        Raises:
            Unreadable: it is damaged, or a newer version of this software wrote it.
        """
        content = self._bucket.read(detail_key(package, day))
        return None if content is None else decode_detail(content)

    def packages(self, day: str) -> Iterator[str]:
        """All packages of the day, in their order."""
        return packages_of(day, self._bucket.keys(f"{day}/"))

    def whole(self, day: str) -> Iterator[str]:
        """All that are there: S3 looks after its bytes, and reading millions of objects would take days."""
        return self.packages(day)
