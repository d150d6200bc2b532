"""The upload address that forwards: publishers see what the index would have said."""

import base64
import errno
import hashlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from attrs import frozen
from starlette.testclient import TestClient

from entrypoints.http.form import FormReader
from entrypoints.local.proxy import application
from entrypoints.local.sending import Sender
from tests.entrypoints.conftest import BOUNDS, Site
from tests.wheels import make_sdist, make_wheel

FILENAME, CONTENT = make_wheel("frob", "1.0")
FORM = {":action": "file_upload", "protocol_version": "1", "name": "frob", "version": "1.0", "filetype": "bdist_wheel"}
UV = "application/json;q=0.9, text/plain;q=0.8"


def basic(password: str) -> str:
    """What publishers send."""
    return f"Basic {base64.b64encode(f'__token__:{password}'.encode()).decode()}"


@frozen
class Proxy:
    """The address, and an index behind it."""

    site: Site
    client: TestClient
    folder: Path

    def post(
        self, form: dict[str, str] | None = None, file: tuple[str, bytes] = (FILENAME, CONTENT), **headers: str
    ) -> httpx2.Response:
        answer: httpx2.Response = self.client.post(
            "/legacy/",
            data=FORM if form is None else form,
            files={"content": file},
            headers={"authorization": f"Bearer {self.site.token}", **headers},
        )
        assert list(self.folder.iterdir()) == []
        return answer

    def served(self) -> bytes | None:
        return self.site.ports.objects().get(f"packages/frob/1.0/{FILENAME}")


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Callable[[Site, Any], Proxy]]:
    """A proxy before whatever answers requests."""
    folder = tmp_path / "proxy"
    folder.mkdir()
    with ThreadPoolExecutor(2) as executor:

        def made(site: Site, http: Any) -> Proxy:
            sender = Sender("http://testserver", http, lambda _: None)
            return Proxy(site, TestClient(application(sender, folder, executor)), folder)

        yield made


@pytest.fixture
def proxy(site: Site, behind: Callable[[Site, Any], Proxy]) -> Proxy:
    return behind(site, site.client)


@pytest.mark.parametrize("file", [(FILENAME, CONTENT), make_sdist("frob", "1.0")])
def test_a_file_is_published_on_the_index(proxy: Proxy, file: tuple[str, bytes]) -> None:
    form = {**FORM, "filetype": "sdist"} if file[0].endswith(".gz") else FORM
    for _ in range(2):
        answer = proxy.post({**form, "sha256_digest": hashlib.sha256(file[1]).hexdigest()}, file)
        assert (answer.status_code, answer.text) == (200, "OK\n")
    assert proxy.site.ports.objects().get(f"packages/frob/1.0/{file[0]}") == file[1]


def test_credentials_are_passed_on_whichever_way_they_come(proxy: Proxy) -> None:
    pair = base64.b64encode(f"__token__:{proxy.site.token}".encode()).decode()
    assert proxy.post(authorization=f"Basic {pair}").status_code == 200


def test_no_credential_is_written_anywhere(proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    proxy.post()
    proxy.post(authorization="Bearer wrong-token")
    assert proxy.site.token not in caplog.text
    assert "wrong-token" not in caplog.text


@pytest.mark.parametrize(
    "authorization", ["", "Basic !!!", "Bearer wrong", basic("p\u00e4ssword"), basic("pass\nword"), basic("pass\0word")]
)
def test_nobody_in_particular_is_refused_as_by_the_index(proxy: Proxy, authorization: str) -> None:
    answer = proxy.post(authorization=authorization)
    assert answer.status_code == 403
    assert answer.text == "Invalid or non-existent authentication information.\n"


def test_others_read_one_line_of_text_and_uv_reads_json(proxy: Proxy) -> None:
    proxy.post()
    other = make_wheel("frob", "1.0", description="Changed.")
    text, json = proxy.post(file=other), proxy.post(file=other, accept=UV)
    assert text.status_code == json.status_code == 400
    assert text.text.startswith("File already exists ('frob-1.0-py3-none-any.whl', with blake2_256 hash")
    assert text.text.count("\n") == 1
    assert json.json()["code"] == f"400 {text.text.strip()}"


def test_an_owner_is_respected(proxy: Proxy) -> None:
    proxy.post()
    bob = proxy.site.index.tokens().create_local("bob")
    answer = proxy.post({**FORM, "version": "2.0"}, make_wheel("frob", "2.0"), authorization=f"Bearer {bob}")
    assert answer.status_code == 403
    assert "isn't allowed to upload to project 'frob'" in answer.text


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({":action": "file_delete"}, ":action"),
        ({"name": "other"}, "Start filename"),
        ({"version": "2.0"}, "Version in filename should be"),
        ({"filetype": "sdist"}, "sdist"),
        ({"md5_digest": "0" * 32}, "The digest supplied does not match"),
        ({"blake2_256_digest": "0" * 64}, "The digest supplied does not match"),
    ],
)
def test_a_form_that_disagrees_is_refused_before_anything_is_sent(
    proxy: Proxy, change: dict[str, str], text: str
) -> None:
    answer = proxy.post({**FORM, **change})
    assert answer.status_code == 400
    assert text in answer.text
    assert proxy.served() is None


def test_what_the_index_finds_in_the_file_is_told(proxy: Proxy) -> None:
    answer = proxy.post(file=(FILENAME, b"junk"))
    assert (answer.status_code, answer.text) == (400, "Invalid distribution file. File is not a zipfile\n")


def test_the_limit_is_that_of_the_index(proxy: Proxy) -> None:
    answer = proxy.post(file=(FILENAME, bytes(BOUNDS.file_bytes + 1)))
    assert answer.status_code == 413
    assert answer.text == "File too large. The limit of this index is 200000 bytes a file.\n"


def test_files_above_the_limit_of_a_request_get_through(site: Site, behind: Callable[[Site, Any], Proxy]) -> None:
    with site.limited(BOUNDS, len(CONTENT) - 1) as limited:
        refused = limited.post(
            "/legacy/", data=FORM, files={"content": (FILENAME, CONTENT)}, headers=site.as_submitter()
        )
        assert refused.status_code == 413
        proxy = behind(site, limited)
        assert proxy.post().status_code == 200
    assert proxy.served() == CONTENT


def test_an_index_that_cannot_be_reached_is_a_bad_gateway(site: Site, behind: Callable[[Site, Any], Proxy]) -> None:
    def refuse(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("[Errno 111] Connection refused")

    with httpx2.Client(transport=httpx2.MockTransport(refuse)) as http:
        proxy = behind(site, http)
        text, json = proxy.post(), proxy.post(accept=UV)
    assert text.status_code == json.status_code == 502
    assert text.text == "http://testserver cannot be reached: [Errno 111] Connection refused\n"
    assert json.json()["message"] == text.text.strip()


def test_an_index_that_takes_its_time_is_a_gateway_timeout(site: Site, behind: Callable[[Site, Any], Proxy]) -> None:
    told = {"url": "/file", "fields": {}, "complete": "/complete"}

    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(201, json=told) if request.url.path == "/api/uploads" else httpx2.Response(202)

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as http:
        assert behind(site, http).post().status_code == 504


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/legacy/+simple/frob/", 404),
        ("GET", "/legacy/", 405),
        ("GET", "/", 404),
        ("POST", "/api/uploads", 404),
        ("POST", "/legacy", 403),
    ],
)
def test_there_is_nothing_but_the_upload_address(proxy: Proxy, method: str, path: str, status: int) -> None:
    assert proxy.client.request(method, path).status_code == status


def test_a_body_that_is_no_form_is_refused(proxy: Proxy) -> None:
    answer = proxy.client.post("/legacy/", content=b"x", headers=proxy.site.as_submitter())
    assert answer.status_code == 400
    assert "multipart/form-data" in answer.text


def test_a_full_disk_is_told_in_a_line(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FormReader, "feed", full)
    answer = proxy.post()
    why = f"The disk of the proxy is full: make room in {proxy.folder} and send it again."
    assert (answer.status_code, answer.text) == (503, f"{why}\n")
    assert caplog.messages == [why]
    monkeypatch.undo()
    assert proxy.post().status_code == 200
