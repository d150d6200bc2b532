"""Blobs in the private bucket."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from adapters.aws.bucket import Bucket, code_of
from domain import representations

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CONTENT_TYPE = "application/octet-stream"


class S3Blobs:
    """A Blobs below ``blobs/``, which offers copies that S3 makes itself, of at most 5 GB each."""

    def __init__(self, client: "S3Client", data_bucket: str, site_bucket: str) -> None:
        self._client = client
        self._blobs = Bucket(client, data_bucket, "blobs/")
        self._site = Bucket(client, site_bucket)

    def add(self, key: str, source: Path, core_metadata: bytes) -> None:
        """Keep the file's bytes and the core metadata in it. Harmless if they are there."""
        self.add_bytes(f"{key}.metadata", core_metadata)
        if self._blobs.head(key) is None:
            self._blobs.upload(key, source, _CONTENT_TYPE)

    def add_bytes(self, key: str, body: bytes) -> None:
        """Keep these bytes, of one blob that was lost. Harmless if the blob is there."""
        path = self._blobs.path(key)
        if self._blobs.head(key) is None:
            self._client.put_object(
                Bucket=self._blobs.name, Key=path, Body=body, ContentType=_CONTENT_TYPE, ChecksumAlgorithm="SHA256"
            )

    def read(self, key: str) -> bytes:
        """The blob's bytes.

        Raises:
            LookupError: there is none; its argument is the key.
        """
        body = self._blobs.read(key)
        if body is None:
            raise LookupError(key)
        return body

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the blob's bytes, read piece by piece; None if there is none."""
        return self._blobs.sha256(key)

    def offer(self, key: str, site_key: str) -> None:
        """Serve the blob's bytes as the site's object `site_key`.

        Raises:
            LookupError: there is no such blob; its argument is the key.
        """
        if not self._blobs.possible(key):
            raise LookupError(key)
        try:
            self._client.copy_object(
                Bucket=self._site.name,
                Key=self._site.path(site_key),
                CopySource={"Bucket": self._blobs.name, "Key": self._blobs.path(key)},
                MetadataDirective="REPLACE",
                ContentType=representations.content_type(site_key),
                CacheControl=representations.cache_control(site_key),
            )
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                raise LookupError(key) from None
            raise

    def remove(self, key: str) -> None:
        """Forget the blob; objects that were offered stay. Harmless if there is none."""
        self._blobs.remove(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys of all blobs that start with `prefix`, in their order."""
        return self._blobs.keys(prefix)
