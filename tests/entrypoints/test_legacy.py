"""The upload endpoint, as publishers and mischief see it."""

import base64
import hashlib
import json
from typing import Any

import pytest

from tests.entrypoints.conftest import BOUNDS, Site
from tests.wheels import make_sdist, make_wheel

FILENAME, CONTENT = make_wheel("frob", "1.0")
FORM = {":action": "file_upload", "protocol_version": "1", "name": "frob", "version": "1.0", "filetype": "bdist_wheel"}


def post(
    site: Site,
    form: dict[str, Any] | None = None,
    file: tuple[str, bytes] | None = (FILENAME, CONTENT),
    **headers: str,
) -> Any:
    files = {"content": (file[0], file[1], "application/octet-stream")} if file else {"content": ("", b"")}
    return site.client.post(
        "/legacy/",
        data=FORM if form is None else form,
        files=files,
        headers={"authorization": f"Bearer {site.token}", **headers},
    )


def served(site: Site) -> dict[str, Any]:
    body = site.ports.objects().get("simple/frob/index.v1_json")
    return json.loads(body) if body else {"files": []}


def test_an_upload_is_answered_200_and_is_there(site: Site) -> None:
    answer = post(site)
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert [file["filename"] for file in served(site)["files"]] == [FILENAME]
    assert list(site.folder.iterdir()) == []


@pytest.mark.parametrize("path", ["/legacy", "/legacy/"])
def test_the_slash_is_not_needed(site: Site, path: str) -> None:
    answer = site.client.post(
        path, data=FORM, files={"content": (FILENAME, CONTENT)}, headers=site.as_submitter(), follow_redirects=False
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("user", ["__token__", "alice"])
def test_basic_authentication_carries_the_token(site: Site, user: str) -> None:
    pair = base64.b64encode(f"{user}: {site.token}\n".encode()).decode()
    assert post(site, authorization=f"Basic {pair}").status_code == 200


@pytest.mark.parametrize(
    "authorization", ["", "Basic", "Basic !!!", "Basic " + base64.b64encode(b"x").decode(), "Bearer wrong", "Digest x"]
)
def test_nobody_in_particular_is_refused(site: Site, authorization: str) -> None:
    answer = post(site, authorization=authorization)
    assert answer.status_code == 403
    assert answer.text == "Invalid or non-existent authentication information.\n"
    assert served(site)["files"] == []


def test_uv_reads_the_reason_in_json(site: Site) -> None:
    post(site)
    answer = post(site, file=(FILENAME, CONTENT + b"x"), accept="application/json;q=0.9, text/plain;q=0.8")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["code"].startswith("400 File already exists")


@pytest.mark.parametrize("accept", ["", "*/*", "application/json;q=0, */*", "text/application/json"])
def test_others_read_one_line_of_text(site: Site, accept: str) -> None:
    post(site)
    answer = post(site, file=(FILENAME, CONTENT + b"x"), accept=accept)
    assert answer.status_code == 400
    assert answer.text.startswith("File already exists")
    assert answer.text.count("\n") == 1


def test_the_same_file_again_is_fine(site: Site) -> None:
    assert post(site).status_code == post(site).status_code == 200


DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({":action": "file_delete"}, ":action"),
        ({"protocol_version": "7"}, "Unknown protocol version."),
        ({"name": "-bad-"}, "invalid value for Name"),
        ({"name": "x" * 201}, "longer than 200 characters"),
        ({"name": ""}, "name"),
        ({"name": "other"}, "Start filename"),
        ({"version": "2.0"}, "Version in filename should be"),
        ({"version": "one"}, "version"),
        ({"filetype": "sdist"}, "sdist"),
        ({"filetype": "bdist_egg"}, "Use a known file type."),
        ({"sha256_digest": "0" * 64}, "The digest supplied does not match"),
        ({"sha256_digest": "x"}, "valid, hex-encoded, SHA256"),
        ({"blake2_256_digest": DIGEST}, "The digest supplied does not match"),
        ({"md5_digest": "0" * 32}, "The digest supplied does not match"),
    ],
)
def test_a_form_that_disagrees_is_refused_and_changes_nothing(site: Site, change: dict[str, str], text: str) -> None:
    answer = post(site, {**FORM, **change})
    assert answer.status_code == 400
    assert text in answer.text
    assert served(site)["files"] == []
    assert list(site.ports.blobs().keys()) == []
    assert list(site.folder.iterdir()) == []


@pytest.mark.parametrize("action", ["submit", "doc_upload"])
def test_actions_of_old_are_gone(site: Site, action: str) -> None:
    assert post(site, {":action": action, "name": "frob"}).status_code == 410


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("frob-1.0-py3-none-any.exe", CONTENT),
        ("../frob-1.0-py3-none-any.whl", CONTENT),
        ("frob-1.0.whl", CONTENT),
        ("frob-1.0-py3-none-any.whl", b""),
        ("frob-1.0-py3-none-any.whl", b"PK\x05\x06" + bytes(18)),
        ("frob-1.0-py3-none-any.whl", make_wheel("other", "1.0")[1]),
        ("frob-1.0-py3-none-any.whl", make_wheel("frob", "2.0")[1]),
        ("frob-1.0-py3-none-any.whl", make_sdist("frob", "1.0")[1]),
        ("", b""),
    ],
)
def test_what_is_no_distribution_is_refused_and_changes_nothing(site: Site, filename: str, content: bytes) -> None:
    answer = post(site, file=(filename, content))
    assert answer.status_code == 400
    assert answer.text.count("\n") == 1
    assert served(site)["files"] == []
    assert list(site.folder.iterdir()) == []


def test_fields_may_be_empty_or_unknown_or_come_after_the_file(site: Site) -> None:
    parts = [
        ("content", (FILENAME, CONTENT)),
        *((key, (None, value)) for key, value in FORM.items()),
        ("md5_digest", (None, "")),
        ("license", (None, "UNKNOWN")),
        *(("classifiers", (None, "Topic :: Software Development")) for _ in range(20)),
        ("attestations", (None, "[]")),
        ("gpg_signature", (f"{FILENAME}.asc", b"-----BEGIN PGP SIGNATURE-----")),
    ]
    answer = site.client.post("/legacy/", files=parts, headers=site.as_submitter())  # type: ignore[arg-type]
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("parts", "status", "text"),
    [
        ([("content", (FILENAME, CONTENT)), ("content", (FILENAME, CONTENT))], 400, "more than one file"),
        ([("content", (FILENAME, CONTENT)), ("name", (None, "frob")), ("name", (None, "x"))], 400, "sent twice"),
        ([("signature", ("x.asc", b"x"))], 400, "Should not be a tuple"),
        ([("name", (None, "x" * 5000))], 400, "too long"),
        ([("description", (None, "x" * (BOUNDS.field_bytes + 1)))], 400, "longer than"),
        ([(f"f{n}", (None, "x")) for n in range(BOUNDS.form_fields + 1)], 400, "more than 50 fields"),
        ([("name", (None, "frob"))], 400, "does not have a file"),
        ([("content", (None, "not a file"))], 400, "does not have a file"),
        ([("content", (FILENAME, bytes(BOUNDS.file_bytes + 1)))], 413, "File too large. The limit of this index is"),
    ],
)
def test_forms_out_of_bounds_are_refused(site: Site, parts: list[Any], status: int, text: str) -> None:
    answer = site.client.post("/legacy/", files=parts, headers=site.as_submitter())
    assert answer.status_code == status
    assert text in answer.text
    assert list(site.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=name\r\n\r\nfrob"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n--y--"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 5000 + b"\r\n--x--"),
    ],
)
def test_what_is_no_form_is_refused(site: Site, content_type: str, body: bytes) -> None:
    headers = {**site.as_submitter(), "content-type": content_type}
    answer = site.client.post("/legacy/", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.text.count("\n") == 1


def test_reading_the_endpoint_is_the_wrong_method(site: Site) -> None:
    answer = site.client.get("/legacy/")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
