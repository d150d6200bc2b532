"""What the contracts do not tell of uploads to S3: what the form permits, and what S3 makes of it."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from botocore.exceptions import ClientError

from adapters.aws.staging import S3Staging, upload_of
from domain.ports.staging import Target
from infrastructure.resources import Resources
from tests.adapters.aws.wire import Wire, failure
from tests.aws import client, make_bucket
from tests.emulator.ministack import MiniStack

UPLOAD = "0123456789abcdef"
BODY = b"PK\x03\x04" * 1000
SHA256 = hashlib.sha256(BODY).hexdigest()
CHECKSUM = base64.b64encode(hashlib.sha256(BODY).digest()).decode()


@pytest.fixture
def staging(resources: Resources) -> S3Staging:
    return S3Staging(client("s3"), resources.data_bucket)


def policy_of(target: Target) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads(base64.b64decode(target.fields["policy"]))
    return policy


def test_a_form_permits_these_bytes_under_this_key_and_nothing_else(staging: S3Staging, resources: Resources) -> None:
    target = staging.target(UPLOAD, len(BODY), SHA256)

    signature = {name: target.fields[name] for name in ("x-amz-algorithm", "x-amz-credential", "x-amz-date")}
    assert signature["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    conditions = policy_of(target)["conditions"]
    wanted = [
        ["content-length-range", len(BODY), len(BODY)],
        {"x-amz-checksum-algorithm": "SHA256"},
        {"x-amz-checksum-sha256": CHECKSUM},
        {"bucket": resources.data_bucket},
        {"key": f"staging/{UPLOAD}"},
        *({name: value} for name, value in signature.items()),
    ]
    assert sorted(conditions, key=str) == sorted(wanted, key=str)
    assert target.fields["key"] == f"staging/{UPLOAD}"
    assert target.fields["x-amz-checksum-sha256"] == CHECKSUM
    assert target.fields["x-amz-checksum-algorithm"] == "SHA256"
    assert target.url.startswith("https://")


def test_a_form_is_good_for_a_quarter_of_an_hour(staging: S3Staging) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    expires = datetime.fromisoformat(policy_of(staging.target(UPLOAD, len(BODY), SHA256))["expiration"])
    after = datetime.now(UTC)

    lasts = timedelta(minutes=15)
    assert before + lasts <= expires <= after + lasts


def test_what_arrived_lies_where_the_form_sends_it(staging: S3Staging, resources: Resources, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(BODY)
    staging.keep(UPLOAD, tmp_path / "in")

    assert client("s3").head_object(Bucket=resources.data_bucket, Key=f"staging/{UPLOAD}")["ContentLength"] == len(BODY)


@pytest.mark.parametrize(
    ("key", "upload"),
    [
        (f"staging/{UPLOAD}", UPLOAD),
        ("staging/", None),
        ("staging/a/b", None),
        ("staging/../x", None),
        (f"blobs/{UPLOAD}", None),
        (UPLOAD, None),
    ],
)
def test_the_upload_is_told_by_the_key(key: str, upload: str | None) -> None:
    assert upload_of(key) == upload


def test_what_cannot_be_fetched_did_not_fail_to_arrive(staging: S3Staging, s3: Wire, tmp_path: Path) -> None:
    s3.answers["GetObject"] = [failure("AccessDenied", 403)]

    with pytest.raises(ClientError, match="AccessDenied"):
        staging.fetch(UPLOAD, tmp_path / "out")


@pytest.mark.emulator
class TestSending:
    """On MiniStack only: moto takes every form as it comes."""

    @pytest.fixture
    def staging(self, ministack: MiniStack) -> S3Staging:
        s3 = ministack.client("s3")
        return S3Staging(s3, make_bucket(s3, f"index-{uuid4().hex[:12]}-data"))

    @staticmethod
    def send(target: Target, body: bytes, **changed: str) -> httpx2.Response:
        fields = {**target.fields, **changed}
        return httpx2.post(target.url, data=fields, files={"file": ("spam.whl", body)}, trust_env=False)

    def test_the_very_bytes_arrive(self, staging: S3Staging, tmp_path: Path) -> None:
        answer = self.send(staging.target(UPLOAD, len(BODY), SHA256), BODY)

        assert answer.is_success, answer.text
        assert staging.fetch(UPLOAD, tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == BODY

    # S3 compares the digest of the form too; MiniStack does not.
    @pytest.mark.parametrize("body", [BODY + b"x", BODY[:-1], b""])
    def test_bytes_of_another_size_do_not(self, staging: S3Staging, tmp_path: Path, body: bytes) -> None:
        answer = self.send(staging.target(UPLOAD, len(BODY), SHA256), body)

        assert answer.is_client_error, answer.text
        assert not staging.fetch(UPLOAD, tmp_path / "out")

    @pytest.mark.parametrize(
        "changed",
        [
            {"key": "staging/fedcba9876543210"},
            {"key": "blobs/spam/ab/spam.whl"},
            {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(b"x").digest()).decode()},
        ],
    )
    def test_a_form_that_was_changed_is_refused(self, staging: S3Staging, changed: dict[str, str]) -> None:
        answer = self.send(staging.target(UPLOAD, len(BODY), SHA256), BODY, **changed)

        assert answer.is_client_error, answer.text
