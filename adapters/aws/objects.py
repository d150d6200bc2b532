"""The site as a bucket."""

import hashlib
from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from adapters.aws.bucket import Bucket, code_of
from adapters.aws.retrying import Sleep, attempts, sleep
from domain import negotiation, representations
from domain.ports.objects import ABSENT, ObjectChanged

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import PutObjectRequestTypeDef

# Somebody is writing at this moment, and it is not decided yet who was first.
_UNDECIDED = frozenset({"ConditionalRequestConflict", "OperationAborted"})

# CloudFront compresses what has one of these types ("Serve compressed files" in its developer guide), and its function
# `infrastructure/edge/viewer_response.js` says what it is.
_AT_REST = MappingProxyType(
    {negotiation.JSON.content_type: "application/json", negotiation.HTML.content_type: "text/html"}
)


def type_at_rest(key: str) -> str:
    """The media type that S3 says of the object."""
    kind = representations.content_type(key)
    return _AT_REST.get(kind, kind)


class S3Objects:
    """An Objects whose keys are those of the bucket. Media type and lifetime are kept with each object."""

    def __init__(self, client: "S3Client", bucket: str, pause: Sleep = sleep) -> None:
        self._client = client
        self._bucket = Bucket(client, bucket)
        self._pause = pause

    def get(self, key: str) -> bytes | None:
        """The object's bytes; None if there is none."""
        return self._bucket.read(key)

    def etag(self, key: str) -> str:
        """S3's own validator, with its quotes; `ABSENT` if there is none."""
        found = self._bucket.head(key)
        return found["ETag"] if found else ABSENT

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the object's bytes, read piece by piece; None if there is none."""
        return self._bucket.sha256(key)

    def put(self, key: str, body: bytes, if_match: str | None = None) -> None:
        """Create or replace the object; with `if_match` only if its etag is still that.

        What is there already is not written again: most pages that are derived again are the same, and asking costs a
        twelfth of writing.

        Raises:
            ObjectChanged: another writer was faster.
            InvalidKey: the key is no plain relative path.
        """
        request: PutObjectRequestTypeDef = {
            "Bucket": self._bucket.name,
            "Key": self._bucket.path(key),
            "Body": body,
            "ContentType": type_at_rest(key),
            "CacheControl": representations.cache_control(key),
        }
        # The etag of what was put at once is its MD5. Where it is not, as with keys of KMS, everything is written.
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        if if_match in (None, etag) and self._has(key, etag, request):
            return
        if if_match == ABSENT:
            request["IfNoneMatch"] = "*"
        elif if_match is not None:
            request["IfMatch"] = if_match
        self._put(key, request)

    def delete(self, key: str) -> None:
        """Remove the object; harmless if there is none."""
        self._bucket.remove(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that start with `prefix`, in their order."""
        return self._bucket.keys(prefix)

    def _has(self, key: str, etag: str, request: "PutObjectRequestTypeDef") -> bool:
        """Whether these very bytes are there, presented in this very way."""
        found = self._bucket.head(key)
        return found is not None and (found["ETag"], found.get("ContentType"), found.get("CacheControl")) == (
            etag,
            request.get("ContentType"),
            request.get("CacheControl"),
        )

    def _put(self, key: str, request: "PutObjectRequestTypeDef") -> None:
        conditional = "IfMatch" in request or "IfNoneMatch" in request
        for _ in attempts(self._pause):
            try:
                self._client.put_object(**request)
            except ClientError as error:
                code = code_of(error)
                # NoSuchKey: the object that the writer saw is deleted.
                if code == "PreconditionFailed" or (code == "NoSuchKey" and conditional):
                    raise ObjectChanged(key) from error
                if code not in _UNDECIDED or not conditional:
                    raise
            else:
                return
        raise ObjectChanged(key)
