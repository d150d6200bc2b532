"""A bucket, or what lies below a prefix of one: what objects, blobs and uploads have in common."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from adapters.keys import check_key, is_key

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import HeadObjectOutputTypeDef

_PIECE = 1024 * 1024


class Bucket:
    """Objects of S3 under keys as `adapters.keys` knows them; under others nothing is there.

    Args:
        client: of S3.
        name: the bucket's name.
        prefix: stands before every key; empty, or with a slash at its end.

    Only a missing object is absent. Whatever else S3 answers raises botocore's ClientError: a missing permission too,
    which is what S3 says of missing objects to those who may not list the bucket.
    """

    def __init__(self, client: "S3Client", name: str, prefix: str = "") -> None:
        self._client = client
        self.name = name
        self._prefix = prefix

    def path(self, key: str) -> str:
        """Where the key's object is in the bucket.

        Raises:
            InvalidKey: it is no key.
        """
        check_key(self._prefix + key)
        return self._prefix + key

    def head(self, key: str) -> "HeadObjectOutputTypeDef | None":
        """What is told of the object without its bytes; None if there is none."""
        if not self.possible(key):
            return None
        try:
            return self._client.head_object(Bucket=self.name, Key=self._prefix + key)
        except ClientError as error:
            # An answer without a body: that the bucket is missing looks the same, but then no write succeeds.
            if code_of(error) == "404":
                return None
            raise

    def read(self, key: str) -> bytes | None:
        """The object's bytes; None if there is none."""
        body = self._body(key)
        if body is None:
            return None
        with body:
            return body.read()

    def pieces(self, key: str) -> Iterator[bytes] | None:
        """The object's bytes one piece after the other; None if there is none."""
        body = self._body(key)
        return None if body is None else _pieces_of(body)

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the object's bytes, read piece by piece; None if there is none."""
        pieces = self.pieces(key)
        if pieces is None:
            return None
        digest = hashlib.sha256()
        for piece in pieces:
            digest.update(piece)
        return digest.hexdigest()

    def upload(self, key: str, source: Path, content_type: str) -> None:
        """Create or replace the object by a file of any size; S3 compares digests.

        Raises:
            boto3.exceptions.S3UploadFailedError: it could not.
        """
        self._client.upload_file(
            str(source),
            self.name,
            self.path(key),
            ExtraArgs={"ContentType": content_type, "ChecksumAlgorithm": "SHA256"},
        )

    def remove(self, key: str) -> None:
        """Remove the object; harmless if there is none."""
        if self.possible(key):
            self._client.delete_object(Bucket=self.name, Key=self._prefix + key)

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that start with `prefix`, in the order of their bytes."""
        if prefix and not self.possible(prefix.removesuffix("/")):
            return
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self._prefix + prefix)
        for page in pages:
            for found in page.get("Contents", ()):
                # Whatever else lies there, such as the folders that consoles make, is not ours.
                if is_key(found["Key"]):
                    yield found["Key"].removeprefix(self._prefix)

    def _body(self, key: str) -> "StreamingBody | None":
        if not self.possible(key):
            return None
        try:
            return self._client.get_object(Bucket=self.name, Key=self._prefix + key)["Body"]
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                return None
            raise

    def possible(self, key: str) -> bool:
        """Whether there can be an object under this key."""
        return is_key(self._prefix + key)


def code_of(error: ClientError) -> str:
    """What went wrong, in one word of the service."""
    return error.response["Error"]["Code"]


def _pieces_of(body: "StreamingBody") -> Iterator[bytes]:
    with body:
        yield from body.iter_chunks(_PIECE)
