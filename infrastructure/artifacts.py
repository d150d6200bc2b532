"""The bucket from which CloudFormation takes template and functions, and what lies in it."""

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.cloud import CloudUnusable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

TEMPLATE = Path(__file__).with_name("template.yaml")
_NAME = re.compile(r"^(?P<start> +(?:BucketName|TableName): )!(?:Sub|Ref) (?P<name>\S+)$", re.MULTILINE)


class Artifacts:
    """Everything is named by its digest, so what is there need not be sent again."""

    def __init__(self, client: "S3Client", stack: str, account: str) -> None:
        self._client = client
        self._account = account
        self.bucket = artifacts_bucket(stack, account)

    def prepare(self) -> bool:
        """Make the bucket, private, if there is none; returns whether it is new.

        Raises:
            CloudUnusable: somebody else has a bucket of this name.
        """
        known = self._client.exceptions.ClientError
        try:
            self._client.head_bucket(Bucket=self.bucket, ExpectedBucketOwner=self._account)
        except known as error:
            code = error.response.get("Error", {}).get("Code")
            if code == "403":
                raise CloudUnusable(
                    f"The bucket {self.bucket} is not yours, or these credentials may not use it: give the stack "
                    "another name with --stack, or look at the permissions in docs/operator.md."
                ) from None
            if code not in ("404", "NoSuchBucket"):
                raise
        else:
            return False
        self._client.create_bucket(Bucket=self.bucket)
        self._client.put_public_access_block(
            Bucket=self.bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        )
        return True

    def keep(self, key: str, content: bytes) -> bool:
        """Put the object if there is none of this key; returns whether it was sent."""
        try:
            self._client.head_object(Bucket=self.bucket, Key=key, ExpectedBucketOwner=self._account)
        except self._client.exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") not in ("404", "NoSuchKey"):
                raise
        else:
            return False
        self._client.put_object(Bucket=self.bucket, Key=key, Body=content, ExpectedBucketOwner=self._account)
        return True

    def url(self, key: str) -> str:
        """Where CloudFormation finds the object."""
        return f"{self._client.meta.endpoint_url}/{self.bucket}/{key}"


def artifacts_bucket(stack: str, account: str) -> str:
    """The bucket's name."""
    return f"{stack}-code-{account}"


def template_of(stack: str, account: str) -> bytes:
    """The template for one stack, with the names of its buckets and its table written out.

    CloudFormation finds what an earlier stack has kept by such names only; it does not look at what a function in the
    template gives.
    """

    def written_out(found: re.Match[str]) -> str:
        name = found["name"].replace("${AWS::StackName}", stack).replace("${AWS::AccountId}", account)
        return f'{found["start"]}"{stack if name == "AWS::StackName" else name}"'

    return _NAME.sub(written_out, TEMPLATE.read_text()).encode()


def template_key(template: bytes) -> str:
    """Its place in the bucket."""
    return f"templates/{hashlib.sha256(template).hexdigest()}.yaml"
