"""API Gateway's requests reach the same application as those to the server of one machine."""

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve

from domain.policy import Bounds
from domain.ports.identities import Identified
from domain.ports.objects import ABSENT
from domain.usecases.ever_had import ever_had
from entrypoints.aws import api
from entrypoints.http.app import application
from tests.aws_events import Context, http_event
from tests.entrypoints.aws.conftest import Stack
from tests.entrypoints.conftest import functions_of
from tests.wheels import make_wheel

LEGACY_BYTES = 4 * 2**20


@pytest.fixture(autouse=True)
def loop() -> Iterator[None]:
    """Mangum runs the application in its thread's event loop, which lives as long as a function; here it has to end."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def secret(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A token of the index that the function serves."""
    index, store = stack.index, stack.ports.event_store()
    functions = evolve(
        functions_of(index, tmp_path, base_url="https://index.test"),
        lag=lambda: 7,
        bounds=Bounds(),
        upstream="https://upstream.test/simple/",
        ever_had=ever_had(store),
        legacy_bytes=LEGACY_BYTES,
        missing_page=lambda: stack.ports.objects().get("404.html"),
        has_page=lambda key: stack.ports.objects().etag(key) != ABSENT,
    )
    executor = ThreadPoolExecutor(2)
    app = application(functions, executor, executor)
    monkeypatch.setattr(api, "app", lambda: app)
    return index.tokens().create_local("alice")


def ask(
    method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> tuple[int, bytes, dict[str, str]]:
    answer: dict[str, Any] = api.handler(http_event(method, path, headers, body), Context())
    text = answer["body"]
    return (
        answer["statusCode"],
        base64.b64decode(text) if answer["isBase64Encoded"] else text.encode(),
        answer["headers"],
    )


def form(filename: str, content: bytes, **fields: str) -> tuple[dict[str, str], bytes]:
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
    ]
    head = f'--limit\r\nContent-Disposition: form-data; name="content"; filename="{filename}"\r\n\r\n'.encode()
    return {"Content-Type": "multipart/form-data; boundary=limit"}, b"".join(
        [*parts, head, content, b"\r\n--limit--\r\n"]
    )


@pytest.mark.usefixtures("secret")
def test_it_tells_how_far_pages_are_behind() -> None:
    status, body, headers = ask("GET", "/healthz")
    assert (status, json.loads(body)) == (200, {"status": "ok", "lag": 7})
    assert headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("secret")
def test_workflows_are_told_whom_their_identity_is_for_and_what_is_wrong_with_it() -> None:
    assert ask("GET", "/_/oidc/audience")[:2] == (200, b'{"audience":"sls-pypi"}')
    event = http_event("GET", "/.well-known/pytp", query="discover=%2Flegacy%2F")
    found = api.handler(event, Context())
    assert (found["statusCode"], found["headers"]["content-type"]) == (200, "application/vnd.pypi.pytp.v1+json")
    status, body, _ = ask("POST", "/_/oidc/mint-token", body=b'{"token": "none"}')
    assert (status, json.loads(body)["errors"][0]["code"]) == (422, "invalid-token")


def test_a_binary_upload_arrives_whole(stack: Stack, secret: str) -> None:
    filename, content = make_wheel("frob", "1.0+a.b")
    headers, body = form(filename, content, **{":action": "file_upload", "name": "frob", "filetype": "bdist_wheel"})
    basic = base64.b64encode(f"__token__:{secret}".encode()).decode()

    status, told, _ = ask("POST", "/legacy/", {**headers, "Authorization": f"Basic {basic}"}, body)

    assert (status, told) == (200, b"OK\n")
    assert stack.ports.objects().get(f"packages/frob/1.0+a.b/{filename}") == content


def test_a_file_above_the_limit_is_told_what_to_run(secret: str) -> None:
    headers, body = form("frob-1.0-py3-none-any.whl", b"x" * (LEGACY_BYTES + 1))
    status, told, _ = ask("POST", "/legacy/", {**headers, "Authorization": f"Bearer {secret}"}, body)
    assert status == 413
    assert b"sls-pypi upload --url https://index.test" in told


def test_paths_are_decoded_once(stack: Stack, secret: str) -> None:
    stack.upload("frob", "1.0")
    filename = "frob-1.0-py3-none-any.whl"
    status, body, _ = ask(
        "PATCH",
        f"/api/packages/frob/files/{filename}",
        {"Authorization": f"Bearer {secret}"},
        b'{"yanked": true, "reason": "why"}',
    )
    assert (status, json.loads(body)["yanked"]) == (200, True)


@pytest.mark.usefixtures("secret")
def test_a_page_that_the_bucket_has_not_may_be_elsewhere(stack: Stack) -> None:
    stack.upload("frob", "1.0")
    status, _, headers = ask("GET", "/simple/attrs/index.v1_json")
    assert (status, headers["location"]) == (302, "https://upstream.test/simple/attrs/")
    assert ask("GET", "/simple/frob/index.v1_json")[0] == 404


@pytest.mark.usefixtures("secret")
def test_nobody_is_told_so_and_other_addresses_do_not_exist() -> None:
    assert ask("GET", "/api/packages")[0] == 401
    assert ask("GET", "/login/elsewhere")[0] == 404


@pytest.mark.usefixtures("secret")
def test_somebody_logs_in_and_out(stack: Stack) -> None:
    def answer(method: str, path: str, query: str = "", **headers: str) -> dict[str, Any]:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        answered: dict[str, Any] = api.handler(http_event(method, path, told, query=query), Context())
        return answered

    started = answer("GET", "/login", "next=/project/frob/")
    address = started["headers"]["location"]
    code = stack.ports.identities().agree(address, Identified(583231, "octocat"))
    (cookie,) = started["cookies"]
    state = parse_qs(urlsplit(address).query)["state"][0]

    back = answer("GET", "/login/callback", f"code={code}&state={state}", cookie=cookie.partition(";")[0])

    assert (back["statusCode"], back["headers"]["location"]) == (303, "/project/frob/")
    session, csrf, _ = (line.partition(";")[0] for line in back["cookies"])
    cookies = f"{session}; {csrf}"
    assert answer("GET", "/api/packages", cookie=cookies)["statusCode"] == 200
    assert answer("POST", "/logout", cookie=cookies)["statusCode"] == 403
    out = answer("POST", "/logout", cookie=cookies, x_csrf_token=csrf.partition("=")[2])
    assert (out["statusCode"], out["headers"]["location"], len(out["cookies"])) == (303, "/", 2)
    assert answer("GET", "/api/packages", cookie=cookies)["statusCode"] == 401


@pytest.mark.usefixtures("secret")
def test_a_missing_page_is_the_sites_own(stack: Stack) -> None:
    stack.ports.objects().put("404.html", "<!doctype html>Nichts hier ✗".encode())
    status, body, headers = ask("GET", "/project/nobody/index.html")
    assert (status, body.decode()) == (404, "<!doctype html>Nichts hier ✗")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert ask("HEAD", "/project/nobody/index.html")[:2] == (404, b"")


@pytest.mark.usefixtures("secret")
def test_a_release_is_found_under_another_spelling_of_its_version(stack: Stack) -> None:
    stack.ports.objects().put("project/frob/1.0/index.html", b"<!doctype html>")
    status, _, headers = ask("GET", "/project/frob/v1.0.0/index.html")
    assert (status, headers["location"]) == (301, "/project/frob/1.0/")
    assert ask("GET", "/project/frob/1.1/index.html")[0] == 404


def test_a_kept_page_is_read_once_a_minute() -> None:
    now, shown, reads = [100.0], [b"first"], []

    def read() -> bytes | None:
        reads.append(now[0])
        return shown[0] if shown else None

    page = api.KeptPage(read, lambda: now[0])
    assert page() == page() == b"first"
    shown[0] = b"second"
    now[0] = 159.9
    assert page() == b"first"
    now[0] = 160
    assert page() == page() == b"second"
    assert reads == [100, 160]


def test_a_page_that_is_not_there_yet_is_looked_for_each_time() -> None:
    found = iter([None, b"there"])
    page = api.KeptPage(lambda: next(found), lambda: 0.0)
    assert page() is None
    assert page() == page() == b"there"


def test_the_owner_s_table_comes_as_text(stack: Stack, secret: str) -> None:
    stack.upload("frob", "1.0")
    status, body, headers = ask("GET", "/api/packages/frob/downloads.csv", {"Authorization": f"Bearer {secret}"})
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert body.startswith(b"package,version,")


@pytest.mark.parametrize("name", ["x" * 3000, "%00", "%C3%A9" * 400, ".", "a%2Fb"])
@pytest.mark.parametrize("address", ["", "/downloads.csv", "/files/frob-1.0.tar.gz"])
def test_what_can_be_no_name_is_no_package(
    stack: Stack, secret: str, name: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of DynamoDB has at most 2,048 bytes, of which moto knows nothing, and an address may have more."""
    store = type(stack.ports.event_store())
    read = store.read

    def checked(self: Any, stream: str) -> Any:
        assert len(stream.encode()) <= 2048 - 100
        return read(self, stream)

    monkeypatch.setattr(store, "read", checked)
    method = "GET" if address.endswith("csv") else "DELETE"
    status, body, _ = ask(method, f"/api/packages/{name}{address}", {"Authorization": f"Bearer {secret}"})
    assert status == 404, body


@pytest.mark.usefixtures("secret")
def test_the_description_is_there_for_everybody() -> None:
    status, body, headers = ask("GET", "/api/openapi.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body)["servers"] == [{"url": "https://index.test"}]
