"""Publishers do not wait for each other, and nobody's file is lost for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.clients.clients import sha256
from tests.clients.index import Index
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.clients

PEOPLE = 30


def at_once(upload: Callable[[int], httpx2.Response]) -> list[httpx2.Response]:
    """What everybody is answered who uploads at the same time."""
    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(upload, range(PEOPLE)))


def statuses(answers: list[httpx2.Response]) -> list[int]:
    """Their statuses; what was said with anything but 200 appears in a failing test's output."""
    print({answer.text for answer in answers if answer.status_code != 200})  # noqa: T201 (pytest shows it)
    return [answer.status_code for answer in answers]


def test_thirty_different_files_of_one_project_all_appear(server: Index, token: str) -> None:
    wheels = [make_wheel("together-many", f"1.{minor}") for minor in range(PEOPLE)]
    answers = at_once(lambda number: server.upload(token, "together-many", f"1.{number}", wheels[number]))
    assert statuses(answers) == [200] * PEOPLE
    files = server.page("together-many")["files"]
    assert {file["filename"]: file["hashes"]["sha256"] for file in files} == {
        filename: sha256(content) for filename, content in wheels
    }
    assert len(server.page("together-many")["versions"]) == PEOPLE
    page = server.get("/simple/together-many/", Accept="text/html").text
    assert page.count("<a ") == PEOPLE
    for file in files:
        assert sha256(server.get(server.file_url("together-many", file["filename"])).content) in file["hashes"].values()


def test_the_same_file_thirty_times_is_taken_once_and_welcomed_always(server: Index, token: str) -> None:
    wheel = make_wheel("together-same", "1.0")
    answers = at_once(lambda _: server.upload(token, "together-same", "1.0", wheel))
    assert statuses(answers) == [200] * PEOPLE
    assert len(server.page("together-same")["files"]) == 1


def test_of_thirty_contents_of_one_filename_one_wins_and_stays(server: Index, token: str) -> None:
    wheels = [make_wheel("together-rivals", "1.0", description=f"Number {number}.") for number in range(PEOPLE)]
    answers = at_once(lambda number: server.upload(token, "together-rivals", "1.0", wheels[number]))
    assert sorted(statuses(answers)) == [200] + [400] * (PEOPLE - 1)
    refusals = [answer.text for answer in answers if answer.status_code == 400]
    assert all("File already exists" in text for text in refusals)
    filename, winner = wheels[statuses(answers).index(200)]
    (file,) = server.page("together-rivals")["files"]
    assert file["hashes"]["sha256"] == sha256(winner)
    assert server.get(server.file_url("together-rivals", filename)).content == winner


def test_thirty_new_projects_at_once_are_all_there(server: Index, token: str) -> None:
    names = [f"together-new-{number:02}" for number in range(PEOPLE)]
    sdists = [make_sdist(name, "1.0") for name in names]
    answers = at_once(lambda number: server.upload(token, names[number], "1.0", sdists[number]))
    assert statuses(answers) == [200] * PEOPLE
    assert [len(server.page(name)["files"]) for name in names] == [1] * PEOPLE
