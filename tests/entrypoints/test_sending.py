"""Sending files to an index: where credentials go, what is tried again, what is told."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

from entrypoints.local.sending import PAUSES, NotTaken, Outgoing, Sender, StillChecking, Unreachable
from entrypoints.local.uploading import outgoing
from tests.entrypoints.conftest import Site
from tests.wheels import make_wheel

FILENAME, CONTENT = make_wheel("frob", "1.0")
URL = "https://index.test"
STORAGE = "https://bucket.storage.test/"
FIELDS = {"key": "staging/7", "policy": "permits", "x-amz-checksum-sha256": "c="}
ANNOUNCED = {
    "id": "7",
    "filename": FILENAME,
    "url": STORAGE,
    "fields": FIELDS,
    "complete": "/api/uploads/7/complete",
}
TOKEN = "slspypi-secret"  # noqa: S105 - of nobody

Step = httpx2.Response | Exception


@pytest.fixture
def file(tmp_path: Path) -> Outgoing:
    path = tmp_path / FILENAME
    path.write_bytes(CONTENT)
    return outgoing(path, FILENAME)


def announced(**changes: Any) -> httpx2.Response:
    return httpx2.Response(201, json={**ANNOUNCED, **changes})


def problem(status: int, detail: str) -> httpx2.Response:
    return httpx2.Response(status, json={"detail": detail}, headers={"Content-Type": "application/problem+json"})


def published() -> httpx2.Response:
    return httpx2.Response(200, json={"filename": FILENAME, "status": "published"})


def sent() -> httpx2.Response:
    return httpx2.Response(204)


def checking() -> httpx2.Response:
    return httpx2.Response(202, json={"status": "checking"}, headers={"Retry-After": "1"})


class Scripted:
    """An index that answers as it is told, and a sender to it that does not really wait."""

    def __init__(self, steps: Sequence[Step] | Iterator[Step]) -> None:
        self.requests: list[httpx2.Request] = []
        self.pauses: list[float] = []
        self._steps = iter(steps)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.requests.append(request)
        step = next(self._steps)
        if isinstance(step, Exception):
            raise step
        return step

    def send(self, file: Outgoing) -> bool:
        with httpx2.Client(transport=httpx2.MockTransport(self.answer)) as http:
            return Sender(URL, http, self.pauses.append).send(file, TOKEN)

    def asked(self) -> list[str]:
        return [str(request.url) for request in self.requests]


def test_a_file_arrives_in_an_index(site: Site, file: Outgoing) -> None:
    sender = Sender(str(site.client.base_url).rstrip("/"), site.client)
    assert sender.send(file, site.token)
    body = site.ports.objects().get(f"packages/frob/1.0/{FILENAME}")
    assert body == CONTENT
    assert not sender.send(file, site.token)
    with pytest.raises(NotTaken, match="authentication") as refusal:
        sender.send(file, "wrong")
    assert refusal.value.status == 401


def test_a_file_is_measured_without_being_kept(file: Outgoing) -> None:
    assert (file.size, file.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def test_the_storage_gets_its_fields_then_the_file_and_no_credentials(file: Outgoing) -> None:
    index = Scripted([announced(), sent(), published()])
    assert index.send(file)
    assert index.asked() == [f"{URL}/api/uploads", STORAGE, f"{URL}/api/uploads/7/complete"]
    first, second, third = index.requests
    assert first.headers["authorization"] == third.headers["authorization"] == f"Bearer {TOKEN}"
    assert "authorization" not in second.headers
    assert TOKEN.encode() not in second.content
    assert int(second.headers["content-length"]) == len(second.content)
    names = re.findall(rb'Content-Disposition: form-data; name="([^"]+)"', second.content)
    assert [name.decode() for name in names] == [*FIELDS, "file"]
    assert CONTENT in second.content


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("/api/uploads/7/file", True),
        (f"{URL}/api/uploads/7/file", True),
        (f"{URL}:443/api/uploads/7/file", True),
        ("http://index.test/api/uploads/7/file", False),
        (f"{URL}:8443/api/uploads/7/file", False),
        ("https://index.test.evil.test/", False),
        ("//evil.test/", False),
    ],
)
def test_credentials_stay_on_the_indexs_own_origin(file: Outgoing, url: str, is_own: bool) -> None:  # noqa: FBT001
    index = Scripted([announced(url=url), sent(), published()])
    assert index.send(file)
    assert ("authorization" in index.requests[1].headers) is is_own


def test_what_fails_on_the_way_is_tried_again_from_its_start(file: Outgoing) -> None:
    steps: list[Step] = [
        httpx2.ConnectError("refused"),
        httpx2.Response(503),
        announced(),
        httpx2.Response(500, text="<Error><Message>We encountered an internal error.</Message></Error>"),
        announced(id="8", complete="/api/uploads/8/complete"),
        sent(),
        httpx2.ReadTimeout("slow"),
        httpx2.Response(429),
        checking(),
        published(),
    ]
    index = Scripted(steps)
    assert index.send(file)
    assert index.asked()[-1] == f"{URL}/api/uploads/8/complete"
    assert CONTENT in index.requests[5].content
    assert index.pauses == [*PAUSES, PAUSES[0], PAUSES[1], 1.0]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (lambda: httpx2.ConnectError("[Errno 111] Connection refused"), "https://index.test cannot be reached: [Errno"),
        (lambda: httpx2.ReadTimeout(""), "https://index.test cannot be reached: ReadTimeout"),
        (lambda: httpx2.Response(502), "https://index.test fails: 502 Bad Gateway"),
        (lambda: problem(503, "Too many changes.\n\x1b[31m"), "https://index.test fails: 503 Too many changes. [31m"),
    ],
)
def test_an_index_that_stays_away_is_told_in_one_line(file: Outgoing, step: Callable[[], Step], told: str) -> None:
    index = Scripted([step() for _ in range(len(PAUSES) + 1)])
    with pytest.raises(Unreachable) as fault:
        index.send(file)
    assert str(fault.value).startswith(told)
    assert str(fault.value).isprintable()
    assert index.pauses == list(PAUSES)


@pytest.mark.parametrize(
    ("steps", "status", "told"),
    [
        ([problem(403, "The user 'bob' isn't allowed.")], 403, "The user 'bob' isn't allowed."),
        ([problem(413, "File too large.")], 413, "File too large."),
        ([announced(), problem(400, "SHA-256 differs.")], 400, "SHA-256 differs."),
        ([announced(), sent(), problem(400, "Not a zipfile.")], 400, "Not a zipfile."),
        (
            [announced(), httpx2.Response(403, text="<Error><Message>Policy expired.</Message></Error>")],
            403,
            "Policy expired.",
        ),
        ([announced(), httpx2.Response(403)], 403, "Forbidden"),
    ],
)
def test_a_refusal_is_told_as_it_is_and_not_tried_again(
    file: Outgoing, steps: list[Step], status: int, told: str
) -> None:
    index = Scripted(steps)
    with pytest.raises(NotTaken) as refusal:
        index.send(file)
    assert refusal.value.status == status
    assert str(refusal.value) == told
    assert index.pauses == []


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (httpx2.Response(404, text="<h1>Not Found</h1>"), "is there an sls-pypi index at https://index.test?"),
        (httpx2.Response(301, headers={"Location": "https://other.test/api/uploads"}), "give https://other.test/"),
        (httpx2.Response(302), "sends elsewhere."),
        (httpx2.Response(201, text="<html>"), "an answer that sls-pypi"),
        (httpx2.Response(201, json=[]), "an answer that sls-pypi"),
        (announced(url=None, fields=None), "an answer that sls-pypi"),
        (announced(url="https://bucket:port/"), "an answer that sls-pypi"),
    ],
)
def test_what_is_no_index_is_told_at_once(file: Outgoing, step: httpx2.Response, told: str) -> None:
    index = Scripted([step])
    with pytest.raises(Unreachable, match=re.escape(told)):
        index.send(file)
    assert index.pauses == []


def test_a_file_is_only_sent_over_the_web(file: Outgoing) -> None:
    transport_less = announced(url="file:///etc/passwd")
    with (
        httpx2.Client(mounts={"https://": httpx2.MockTransport(lambda _: transport_less)}) as http,
        pytest.raises(Unreachable, match="cannot be reached"),
    ):
        Sender(URL, http, lambda _: None).send(file, TOKEN)


def test_checking_is_waited_for_with_growing_pauses(file: Outgoing) -> None:
    index = Scripted([announced(), sent(), *(checking() for _ in range(7)), published()])
    assert index.send(file)
    assert index.pauses == sorted(index.pauses)
    assert index.pauses[0] == 1.0


def test_checking_is_waited_for_some_minutes(file: Outgoing) -> None:
    def steps() -> Iterator[Step]:
        yield announced()
        yield sent()
        while True:
            yield checking()

    index = Scripted(steps())
    with pytest.raises(StillChecking, match="Send it again later"):
        index.send(file)
    assert 300 <= sum(index.pauses) < 320
