"""What the contracts do not tell of blobs in S3: where they are, what is not sent again, headers of copies."""

import hashlib
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from adapters.aws.blobs import S3Blobs
from domain import representations
from domain.ports.blobs import blob_key
from infrastructure.resources import Resources
from tests.adapters.aws.wire import Wire, failure
from tests.aws import client

FILENAME = "spam-1.0+local.1-py3-none-any.whl"
KEY = blob_key("spam", "ab", FILENAME)
SITE_KEY = f"packages/spam/1.0+local.1/{FILENAME}"


@pytest.fixture
def blobs(resources: Resources) -> S3Blobs:
    return S3Blobs(client("s3"), resources.data_bucket, resources.site_bucket)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(b"1")
    return path


def test_blobs_share_the_private_bucket_under_a_name_of_their_own(blobs: S3Blobs, resources: Resources) -> None:
    client("s3").put_object(Bucket=resources.data_bucket, Key="staging/0123", Body=b"")
    blobs.add_bytes(KEY, b"1")

    assert list(blobs.keys()) == [KEY]
    found = client("s3").list_objects_v2(Bucket=resources.data_bucket)["Contents"]
    assert [each["Key"] for each in found] == [f"blobs/{KEY}", "staging/0123"]


def test_a_blob_that_is_there_is_not_sent_again(blobs: S3Blobs, s3: Wire, source: Path) -> None:
    blobs.add(KEY, source, b"2")
    blobs.add(KEY, source, b"2")
    blobs.add_bytes(KEY, b"1")

    metadata, file = s3.of("PutObject")
    assert (metadata["Key"], file["Key"]) == (f"blobs/{KEY}.metadata", f"blobs/{KEY}")
    assert metadata["ChecksumAlgorithm"] == file["ChecksumAlgorithm"] == "SHA256"


def test_a_big_file_goes_in_parts(blobs: S3Blobs, s3: Wire, source: Path) -> None:
    body = b"0123456789abcdef" * 1024 * 1024
    source.write_bytes(body)

    blobs.add(KEY, source, b"2")

    assert hashlib.sha256(blobs.read(KEY)).digest() == hashlib.sha256(body).digest()
    assert [put["Key"] for put in s3.of("PutObject")] == [f"blobs/{KEY}.metadata"]
    assert len(s3.of("UploadPart")) > 1


@pytest.mark.parametrize("site_key", [SITE_KEY, f"{SITE_KEY}.metadata"])
def test_what_is_offered_is_copied_and_carries_the_sites_headers(
    blobs: S3Blobs, resources: Resources, s3: Wire, site_key: str
) -> None:
    blobs.add_bytes(KEY, b"1")

    blobs.offer(KEY, site_key)

    found = client("s3").get_object(Bucket=resources.site_bucket, Key=site_key)
    assert found["Body"].read() == b"1"
    assert found["ContentType"] == representations.content_type(site_key)
    assert found["CacheControl"] == representations.FOR_EVER
    assert [name for name, _ in s3.calls] == ["HeadObject", "PutObject", "CopyObject", "GetObject"]


@pytest.mark.parametrize(("code", "status"), [("AccessDenied", 403), ("NoSuchBucket", 404)])
def test_what_cannot_be_copied_or_read_is_not_absent(blobs: S3Blobs, s3: Wire, code: str, status: int) -> None:
    blobs.add_bytes(KEY, b"1")
    s3.answers |= {"CopyObject": [failure(code, status)], "GetObject": [failure(code, status)]}

    with pytest.raises(ClientError, match=code):
        blobs.offer(KEY, SITE_KEY)
    with pytest.raises(ClientError, match=code):
        blobs.read(KEY)


def test_whether_a_blob_is_there_must_be_known_to_add_it(blobs: S3Blobs, s3: Wire, source: Path) -> None:
    s3.answers["HeadObject"] = [failure("403", 403), failure("403", 403)]

    with pytest.raises(ClientError, match="403"):
        blobs.add(KEY, source, b"2")
    with pytest.raises(ClientError, match="403"):
        blobs.add_bytes(KEY, b"1")
    assert s3.of("PutObject") == []


def test_keys_come_in_pages(blobs: S3Blobs, s3: Wire) -> None:
    keys = [blob_key("spam", f"{each}", "f") for each in range(7)]
    for key in keys:
        blobs.add_bytes(key, b"")
    s3.added["ListObjectsV2"] = {"MaxKeys": 2}

    assert list(blobs.keys("spam/")) == keys
