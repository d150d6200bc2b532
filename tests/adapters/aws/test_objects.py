"""What the contracts do not tell of the site in S3: headers, what is not written again, collisions, failures."""

import hashlib
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from adapters.aws.objects import S3Objects, type_at_rest
from domain import representations
from domain.ports.objects import ABSENT, ObjectChanged
from infrastructure.resources import Resources
from tests.adapters.aws.wire import Wire, failure
from tests.aws import client

KEY = "simple/spam/index.v1_json"


@pytest.fixture
def objects(resources: Resources, pauses: list[float]) -> S3Objects:
    return S3Objects(client("s3"), resources.site_bucket, pauses.append)


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "simple/spam/index.v1_html",
        "simple/spam/index.html",
        "packages/spam/1.0/spam-1.0-py3-none-any.whl",
        "packages/spam/1.0/spam-1.0-py3-none-any.whl.metadata",
        "pypi/spam/json",
        "project/spam/index.html",
        "static/site.3f2a9c1b.css",
        "index.html",
        "favicon.ico",
    ],
)
def test_each_object_carries_its_type_and_its_lifetime(objects: S3Objects, resources: Resources, key: str) -> None:
    objects.put(key, b"1")

    found = client("s3").head_object(Bucket=resources.site_bucket, Key=key)
    assert found["ContentType"] == type_at_rest(key)
    assert found["CacheControl"] == representations.cache_control(key)


def test_cloudfront_knows_the_type_of_what_installers_read() -> None:
    """Its list of what it compresses has neither type of the Simple API."""
    assert type_at_rest("simple/spam/index.v1_json") == "application/json"
    # Without a charset: that one is of the page for browsers, whose type is not changed at the edge.
    assert type_at_rest("simple/spam/index.v1_html") == "text/html"
    assert type_at_rest("simple/spam/index.html") == "text/html; charset=utf-8"


def test_equal_bytes_are_not_written_again(objects: S3Objects, s3: Wire) -> None:
    objects.put(KEY, b"1")
    objects.put(KEY, b"1")
    objects.put(KEY, b"1", if_match=objects.etag(KEY))
    assert len(s3.of("PutObject")) == 1

    objects.put(KEY, b"2")
    objects.put(KEY, b"1")
    assert len(s3.of("PutObject")) == 3


def test_equal_bytes_that_are_presented_otherwise_are_written_again(objects: S3Objects, resources: Resources) -> None:
    client("s3").put_object(Bucket=resources.site_bucket, Key=KEY, Body=b"1", ContentType="text/plain")

    objects.put(KEY, b"1")

    found = client("s3").head_object(Bucket=resources.site_bucket, Key=KEY)
    assert found["ContentType"] == type_at_rest(KEY)


def test_an_etag_that_is_no_digest_means_that_it_is_written(objects: S3Objects, s3: Wire) -> None:
    objects.put(KEY, b"1")
    told = {"ETag": '"0123"', "ContentType": type_at_rest(KEY)}
    s3.answers["HeadObject"] = [(200, told)]

    objects.put(KEY, b"1")

    assert len(s3.of("PutObject")) == 2


def test_a_conditional_put_is_one_request(objects: S3Objects, s3: Wire) -> None:
    objects.put(KEY, b"1", if_match=ABSENT)
    objects.put(KEY, b"2", if_match=f'"{hashlib.md5(b"1", usedforsecurity=False).hexdigest()}"')

    assert [name for name, _ in s3.calls] == ["PutObject", "PutObject"]
    assert [put.get("IfNoneMatch") for put in s3.of("PutObject")] == ["*", None]


@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "OperationAborted"])
def test_while_somebody_is_writing_a_conditional_put_waits(
    objects: S3Objects, s3: Wire, pauses: list[float], code: str
) -> None:
    s3.answers["PutObject"] = [failure(code, 409), failure(code, 409)]

    objects.put(KEY, b"1", if_match=ABSENT)

    assert objects.get(KEY) == b"1"
    assert len(pauses) == 2


def test_where_somebody_never_ends_writing_the_object_counts_as_changed(
    objects: S3Objects, s3: Wire, pauses: list[float]
) -> None:
    s3.answers["PutObject"] = [failure("ConditionalRequestConflict", 409)] * 100

    with pytest.raises(ObjectChanged):
        objects.put(KEY, b"1", if_match=ABSENT)
    assert len(s3.of("PutObject")) == len(pauses) + 1 < 20


@pytest.mark.parametrize(("code", "status"), [("AccessDenied", 403), ("NoSuchBucket", 404), ("InternalError", 500)])
def test_a_put_that_fails_is_no_change(objects: S3Objects, s3: Wire, code: str, status: int) -> None:
    for if_match in (None, ABSENT, '"0123"'):
        s3.answers["PutObject"] = [failure(code, status)]
        with pytest.raises(ClientError, match=code):
            objects.put(KEY, b"1", if_match)


def test_what_cannot_be_read_is_not_absent(objects: S3Objects, s3: Wire) -> None:
    objects.put(KEY, b"1")
    reads: list[tuple[str, Callable[[], object]]] = [
        ("GetObject", lambda: objects.get(KEY)),
        ("GetObject", lambda: objects.sha256(KEY)),
        ("HeadObject", lambda: objects.etag(KEY)),
        ("HeadObject", lambda: objects.put(KEY, b"1")),
        ("ListObjectsV2", lambda: list(objects.keys())),
    ]
    for operation, read in reads:
        # Without the right to list, S3 says of missing objects that they are forbidden.
        for code, status in (("403", 403), ("AccessDenied", 403), ("NoSuchBucket", 404), ("SlowDown", 503)):
            s3.answers[operation] = [failure(code, status)]
            with pytest.raises(ClientError, match=code):
                read()


def test_keys_come_in_pages_and_without_what_is_not_ours(objects: S3Objects, resources: Resources, s3: Wire) -> None:
    keys = [f"simple/p{each}/index.html" for each in range(7)]
    for key in keys:
        objects.put(key, b"")
    for foreign in ("simple/", "simple/.hidden", "simple//x"):
        client("s3").put_object(Bucket=resources.site_bucket, Key=foreign, Body=b"")
    s3.added["ListObjectsV2"] = {"MaxKeys": 2}

    assert list(objects.keys("simple/")) == keys
    assert len(s3.of("ListObjectsV2")) == 5
