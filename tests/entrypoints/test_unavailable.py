"""What is answered while the machine takes nothing."""

import errno
from typing import Any

import pytest

from tests.entrypoints.conftest import Site
from tests.wheels import make_wheel

FILENAME, CONTENT = make_wheel("frob", "1.0")
FORM = {":action": "file_upload", "name": "frob", "version": "1.0", "filetype": "bdist_wheel"}
FULL = (errno.ENOSPC, "The disk of this index is full.")
LOCKED = (errno.ETIMEDOUT, "The index is busy with other changes.")


def failing(site: Site, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise OSError(number, "as the system says it", "/somewhere/events.db")

    monkeypatch.setattr(site.ports.event_store(), "append", fails)


@pytest.mark.parametrize(("number", "told"), [FULL, LOCKED], ids=["full", "locked"])
def test_publishers_are_told_in_a_line_that_it_may_pass(
    site: Site, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    failing(site, monkeypatch, number)
    answer = site.client.post(
        "/legacy/", data=FORM, files={"content": (FILENAME, CONTENT)}, headers=site.as_submitter()
    )
    assert answer.status_code == 503
    assert told in answer.text
    assert answer.text.count("\n") == 1
    assert "somewhere" not in answer.text
    assert answer.headers["retry-after"] == "30"
    monkeypatch.undo()
    again = site.client.post("/legacy/", data=FORM, files={"content": (FILENAME, CONTENT)}, headers=site.as_submitter())
    assert again.status_code == 200


@pytest.mark.parametrize(("number", "told"), [FULL, LOCKED], ids=["full", "locked"])
def test_the_api_answers_a_problem(site: Site, monkeypatch: pytest.MonkeyPatch, number: int, told: str) -> None:
    failing(site, monkeypatch, number)
    answer = site.client.post("/api/tokens", json={"name": "mine"}, headers=site.as_submitter())
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert told in answer.json()["detail"]


def test_what_does_not_pass_by_itself_is_a_fault(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(site, monkeypatch, errno.EIO)
    answer = site.client.post("/api/tokens", json={"name": "mine"}, headers=site.as_submitter())
    assert answer.status_code == 500
