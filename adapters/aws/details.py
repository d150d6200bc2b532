"""Details in the private bucket: ``usage/<day>/<package>.json.gz``."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from adapters.aws.bucket import Bucket
from adapters.details import decode_detail, encode_detail
from domain.ports.details import Detail

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_PREFIX = "usage/"
_SUFFIX = ".json.gz"
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
                Key=self._bucket.path(_key(package, day)),
                Body=encode_detail(detail),
                ContentType=_CONTENT_TYPE,
                ChecksumAlgorithm="SHA256",
            )

    def get(self, package: str, day: str) -> Detail | None:
        """The detail.

        Raises:
            Unreadable: it is damaged, or a newer version of this software wrote it.
        """
        content = self._bucket.read(_key(package, day))
        return None if content is None else decode_detail(content)

    def packages(self, day: str) -> Iterator[str]:
        """All packages of the day, in their order."""
        names = (key.removeprefix(f"{day}/") for key in self._bucket.keys(f"{day}/"))
        # The suffix of a file's name sorts between characters of packages' names.
        return iter(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def _key(package: str, day: str) -> str:
    return f"{day}/{package}{_SUFFIX}"
