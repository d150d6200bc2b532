"""What a destroyed stack leaves behind: buckets and a table, found by their names."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from infrastructure.artifacts import artifacts_bucket

if TYPE_CHECKING:
    import boto3
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

Progress = Callable[[str], None]

_KEPT, _PASSING = ("site", "data"), ("logs", "results")
_KEYS, _INDEX = ["pk", "sk"], "by-group"
_AT_ONCE = 1000
_ATTEMPTS = 5


@frozen
class Leftover:
    """One thing.

    Attributes:
        kind: ``bucket`` or ``table``.
        price: what it costs to keep, as of docs/operator.md.
    """

    kind: str
    name: str
    price: str


class Leftovers:
    """All that a stack of this name has made and CloudFormation does not delete."""

    def __init__(self, clients: "boto3.Session", stack: str, account: str) -> None:
        self._s3 = clients.client("s3")
        self._dynamodb = clients.client("dynamodb")
        self._table = stack
        self._kept = [f"{stack}-{kind}-{account}" for kind in _KEPT]
        self._artifacts = artifacts_bucket(stack, account)
        self._passing = [f"{stack}-{kind}-{account}" for kind in _PASSING]
        self._account = account

    def kept(self) -> Sequence[Leftover]:
        """What is there of the things that a next stack of this name takes over."""
        return [leftover for leftover in self.found() if leftover.name in (*self._kept, self._table)]

    def found(self) -> Sequence[Leftover]:
        """What is there."""
        buckets = [
            Leftover("bucket", name, "$0.023 a GB and month")
            for name in (*self._kept, self._artifacts, *self._passing)
            if self._has_bucket(name)
        ]
        if self._has_table():
            return [*buckets, Leftover("table", self._table, "$0.45 a GB and month, with its backup")]
        return buckets

    def passing(self) -> Sequence[str]:
        """The buckets whose contents expire by themselves: access logs and results of queries."""
        return [name for name in self._passing if self._has_bucket(name)]

    def empty(self, bucket: str, progress: Progress) -> None:
        """Delete every version of every object, and parts of uploads that never ended."""
        deleted = 0
        for some in self._versions(bucket):
            self._s3.delete_objects(
                Bucket=bucket, Delete={"Objects": list(some), "Quiet": True}, ExpectedBucketOwner=self._account
            )
            deleted += len(some)
            progress(f"{deleted} objects of {bucket}")
        for page in self._s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in page.get("Uploads", []):
                self._s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])

    def delete(self, leftover: Leftover, progress: Progress) -> None:
        """Delete it with its contents."""
        if leftover.kind == "table":
            self._delete_table()
        else:
            self._delete_bucket(leftover.name, progress)

    def _delete_bucket(self, bucket: str, progress: Progress) -> None:
        for attempt in range(_ATTEMPTS):
            self.empty(bucket, progress)
            try:
                self._s3.delete_bucket(Bucket=bucket, ExpectedBucketOwner=self._account)
            except self._s3.exceptions.ClientError as error:
                # CloudFront may deliver logs for a while after its end.
                if error.response.get("Error", {}).get("Code") != "BucketNotEmpty" or attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def _delete_table(self) -> None:
        described = self._dynamodb.describe_table(TableName=self._table)["Table"]
        if described.get("DeletionProtectionEnabled"):
            self._dynamodb.update_table(TableName=self._table, DeletionProtectionEnabled=False)
        self._dynamodb.delete_table(TableName=self._table)
        self._dynamodb.get_waiter("table_not_exists").wait(TableName=self._table)

    def _versions(self, bucket: str) -> Iterator[Sequence["ObjectIdentifierTypeDef"]]:
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found: list[ObjectIdentifierTypeDef] = [
                {"Key": version["Key"], "VersionId": version["VersionId"]}
                for version in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            ]
            for start in range(0, len(found), _AT_ONCE):
                yield found[start : start + _AT_ONCE]

    def _has_bucket(self, name: str) -> bool:
        try:
            self._s3.head_bucket(Bucket=name, ExpectedBucketOwner=self._account)
        except self._s3.exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("403", "404", "NoSuchBucket"):
                return False
            raise
        return True

    def _has_table(self) -> bool:
        """Whether there is a table of this name that is an index's: others may be called so as well."""
        try:
            table = self._dynamodb.describe_table(TableName=self._table)["Table"]
        except self._dynamodb.exceptions.ResourceNotFoundException:
            return False
        return [key["AttributeName"] for key in table["KeySchema"]] == _KEYS and _INDEX in {
            index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])
        }
