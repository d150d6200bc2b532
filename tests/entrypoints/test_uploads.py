"""Uploads of any size, step by step, as clients and mischief see them."""

import hashlib
from typing import Any

import httpx2
import pytest
from attrs import evolve

from domain.policy import Bounds
from tests.entrypoints.conftest import BOUNDS, Site
from tests.wheels import make_wheel

FILENAME, CONTENT = make_wheel("frob", "1.0")
WRONG = "wrong"
ANNOUNCED = {"filename": FILENAME, "size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}


def announce(site: Site, token: str | None = None, **changes: Any) -> httpx2.Response:
    answer: httpx2.Response = site.client.post(
        "/api/uploads", json={**ANNOUNCED, **changes}, headers=site.as_submitter(token)
    )
    return answer


def send(site: Site, url: str, content: bytes = CONTENT, token: str | None = None, **fields: str) -> httpx2.Response:
    files = {"file": (FILENAME, content, "application/octet-stream")}
    answer: httpx2.Response = site.client.post(url, data=fields, files=files, headers=site.as_submitter(token))
    return answer


def complete(site: Site, url: str, token: str | None = None) -> httpx2.Response:
    answer: httpx2.Response = site.client.post(url, headers=site.as_submitter(token))
    return answer


def served(site: Site) -> bool:
    return site.ports.objects().get("simple/frob/index.v1_json") is not None


def check_problem(answer: httpx2.Response, status: int, text: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert text in answer.json()["detail"]


def test_a_file_is_announced_sent_and_completed(site: Site) -> None:
    announced = announce(site)
    assert announced.status_code == 201
    upload = announced.json()
    assert upload["filename"] == FILENAME
    assert upload["complete"] == f"/api/uploads/{upload['id']}/complete"
    assert set(upload) == {"id", "filename", "url", "fields", "complete"}
    sent = send(site, upload["url"], **upload["fields"])
    assert (sent.status_code, sent.content) == (204, b"")
    assert not served(site)
    completed = complete(site, upload["complete"])
    assert completed.status_code == 200
    assert completed.json() == {"filename": FILENAME, "status": "published"}
    assert served(site)
    assert complete(site, upload["complete"]).json() == completed.json()
    again = announce(site)
    assert (again.status_code, again.json()) == (200, completed.json())
    assert list(site.folder.iterdir()) == []


def test_completing_too_early_is_no_fault(site: Site) -> None:
    upload = announce(site).json()
    early = complete(site, upload["complete"])
    assert early.status_code == 202
    assert early.headers["retry-after"] == "1"
    assert early.json()["status"] == "checking"
    assert "Send it" in early.json()["detail"]
    assert send(site, upload["url"]).status_code == 204
    assert served(site)


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({"filename": 1}, 422, "Send {"),
        ({"filename": None}, 422, "Send {"),
        ({"size": "10"}, 422, "Send {"),
        ({"size": True}, 422, "Send {"),
        ({"size": 1.5}, 422, "Send {"),
        ({"sha256": 7}, 422, "Send {"),
        ({"more": 1}, 422, "Send {"),
        ({"filename": ""}, 400, "Filename"),
        ({"filename": "frob.exe"}, 400, "Invalid file extension"),
        ({"filename": "api-1.0-py3-none-any.whl"}, 400, "isn't allowed"),
        ({"size": 0}, 400, "empty"),
        ({"size": BOUNDS.file_bytes + 1}, 413, "The limit of this index is 200000 bytes"),
        ({"sha256": "x"}, 400, "64 hexadecimal digits"),
    ],
)
def test_what_cannot_be_published_is_refused_at_once(
    site: Site, changes: dict[str, Any], status: int, text: str
) -> None:
    check_problem(announce(site, **changes), status, text)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"x" * 70_000])
def test_what_is_no_announcement_is_refused(site: Site, body: bytes) -> None:
    check_problem(site.client.post("/api/uploads", content=body, headers=site.as_submitter()), 422, "body")


def test_nobody_in_particular_takes_no_step(site: Site) -> None:
    upload = announce(site).json()
    check_problem(announce(site, token=WRONG), 401, "authentication")
    check_problem(send(site, upload["url"], token=WRONG), 401, "authentication")
    check_problem(complete(site, upload["complete"], token=WRONG), 401, "authentication")


def test_an_upload_of_somebody_else_is_unknown(site: Site) -> None:
    upload = announce(site).json()
    bob = site.index.tokens().create_local("bob")
    check_problem(send(site, upload["url"], token=bob), 404, "no such upload")
    check_problem(complete(site, upload["complete"], token=bob), 404, "no such upload")
    check_problem(complete(site, "/api/uploads/nonsense/complete"), 404, "no such upload")
    send(site, upload["url"])
    complete(site, upload["complete"])
    check_problem(announce(site, token=bob, sha256="0" * 64), 403, "isn't allowed")


@pytest.mark.parametrize(
    ("content", "status", "text"),
    [
        (CONTENT + b"x", 413, "more arrived"),
        (CONTENT[:-1], 400, "were announced"),
        (bytes(len(CONTENT)), 400, "SHA-256 differs"),
        (b"", 400, "were announced"),
    ],
)
def test_other_bytes_are_refused_and_the_right_ones_may_follow(
    site: Site, content: bytes, status: int, text: str
) -> None:
    upload = announce(site).json()
    check_problem(send(site, upload["url"], content), status, text)
    assert list(site.folder.iterdir()) == []
    assert send(site, upload["url"]).status_code == 204
    assert complete(site, upload["complete"]).status_code == 200


def test_what_is_no_distribution_is_told_on_completion(site: Site) -> None:
    junk = b"junk"
    upload = announce(site, size=len(junk), sha256=hashlib.sha256(junk).hexdigest()).json()
    assert send(site, upload["url"], junk).status_code == 204
    check_problem(complete(site, upload["complete"]), 400, "Invalid distribution file")


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ([("content", (FILENAME, CONTENT))], "Should not be a tuple"),
        ([("other", (None, "x"))], "does not have a file"),
        ([("file", (FILENAME, CONTENT)), ("file", (FILENAME, CONTENT))], "more than one file"),
        ([(f"f{n}", (None, "x")) for n in range(BOUNDS.form_fields + 1)], "more than 50 fields"),
    ],
)
def test_forms_without_their_file_are_refused(site: Site, files: list[Any], text: str) -> None:
    url = announce(site).json()["url"]
    check_problem(site.client.post(url, files=files, headers=site.as_submitter()), 400, text)
    assert list(site.folder.iterdir()) == []


def test_a_body_that_is_no_form_is_refused(site: Site) -> None:
    url = announce(site).json()["url"]
    check_problem(site.client.post(url, content=b"x", headers=site.as_submitter()), 400, "multipart/form-data")


@pytest.mark.parametrize("path", ["", "/0123456789abcdef/file", "/0123456789abcdef/complete"])
def test_uploads_cannot_be_read(site: Site, path: str) -> None:
    answer = site.client.get(f"/api/uploads{path}", headers=site.as_submitter())
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("limit", "shown"), [(4 * 2**20, "4 MiB"), (150_000, "150000 bytes"), (BOUNDS.file_bytes - 1, "199999 bytes")]
)
def test_the_old_address_says_how_larger_files_are_uploaded(site: Site, limit: int, shown: str) -> None:
    bounds = evolve(BOUNDS, file_bytes=Bounds().file_bytes) if limit > BOUNDS.file_bytes else BOUNDS
    with site.limited(bounds, limit) as client:
        answer = client.post("/legacy/", files={"content": (FILENAME, bytes(limit + 1))}, headers=site.as_submitter())
    assert answer.status_code == 413
    assert answer.text == (
        f"File too large: this address takes files up to {shown}. Run: sls-pypi upload --url https://index.test "
        "FILE... (twine and others at any size: sls-pypi proxy --url https://index.test)\n"
    )


def test_a_limit_above_that_of_the_index_says_nothing_new(site: Site) -> None:
    with site.limited(BOUNDS, BOUNDS.file_bytes) as client:
        content = bytes(BOUNDS.file_bytes + 1)
        answer = client.post("/legacy/", files={"content": (FILENAME, content)}, headers=site.as_submitter())
    assert answer.status_code == 413
    assert answer.text == "File too large. The limit of this index is 200000 bytes a file.\n"
