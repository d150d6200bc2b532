"""Publishers do not wait for each other, and nobody's file is lost for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.clients.clients import Index, sha256
from tests.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.clients

PEOPLE = 30


def at_once(work: Callable[[int], int]) -> list[int]:
    """The work of everybody at the same time: the statuses of the answers."""
    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(work, range(PEOPLE)))


def test_thirty_different_files_of_one_project_all_appear(server: Index, token: str) -> None:
    wheels = [make_wheel("together-many", f"1.{minor}") for minor in range(PEOPLE)]

    def upload(number: int) -> int:
        return server.upload(token, "together-many", f"1.{number}", wheels[number]).status_code

    assert at_once(upload) == [200] * PEOPLE
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
    assert at_once(lambda _: server.upload(token, "together-same", "1.0", wheel).status_code) == [200] * PEOPLE
    assert len(server.page("together-same")["files"]) == 1


def test_of_thirty_contents_of_one_filename_one_wins_and_stays(server: Index, token: str) -> None:
    wheels = [make_wheel("together-rivals", "1.0", description=f"Number {number}.") for number in range(PEOPLE)]

    def upload(number: int) -> int:
        return server.upload(token, "together-rivals", "1.0", wheels[number]).status_code

    statuses = at_once(upload)
    assert sorted(statuses) == [200] + [400] * (PEOPLE - 1)
    filename, winner = wheels[statuses.index(200)]
    (file,) = server.page("together-rivals")["files"]
    assert file["hashes"]["sha256"] == sha256(winner)
    assert server.get(server.file_url("together-rivals", filename)).content == winner


def test_thirty_new_projects_at_once_are_all_there(server: Index, token: str) -> None:
    names = [f"together-new-{number:02}" for number in range(PEOPLE)]

    def upload(number: int) -> int:
        return server.upload(token, names[number], "1.0", make_sdist(names[number], "1.0")).status_code

    assert at_once(upload) == [200] * PEOPLE
    assert [len(server.page(name)["files"]) for name in names] == [1] * PEOPLE
