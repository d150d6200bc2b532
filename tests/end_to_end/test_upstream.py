"""One safe URL: with an upstream, names that the index never had lead there, and its own never do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.clients import write
from tests.clients.index import JSON_PAGE
from tests.emulator.ministack import MiniStack
from tests.end_to_end.stack import Stack, deployed
from tests.end_to_end.transcript import Transcript
from tests.wheels import make_wheel

pytestmark = pytest.mark.end_to_end

UPSTREAM = "https://upstream.example/simple/"


@pytest.fixture(scope="module")
def guarded(cloud: MiniStack, transcript: Transcript) -> Iterator[Stack]:
    """Another index of the account, with an upstream."""
    with deployed(cloud, transcript, "guarded", ("--upstream", UPSTREAM)) as index:
        yield index


@pytest.fixture(scope="module")
def bob(guarded: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token of its submitter, who has published two packages and withdrawn one."""
    token = guarded.command("token", "create", "bob", "--stack", guarded.name).out.strip()
    wheels = [make_wheel("kept", "1.0"), make_wheel("given-up", "1.0")]
    guarded.twine(token, *write(tmp_path_factory.mktemp("guarded"), *wheels))
    url = f"{guarded.index.url}/api/packages/given-up"
    assert guarded.http.delete(url, headers={"Authorization": f"Bearer {token}"}).status_code == 204
    return token


@pytest.mark.parametrize("accept", [JSON_PAGE, "text/html"])
def test_unknown_names_lead_to_the_upstream(guarded: Stack, bob: str, accept: str) -> None:
    del bob
    answer = guarded.index.get("/simple/somebody-elses/", Accept=accept)

    assert answer.status_code == 302
    assert answer.headers["location"] == f"{UPSTREAM}somebody-elses/"
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_own_names_do_not_also_when_they_were_given_up(guarded: Stack, bob: str) -> None:
    del bob
    guarded.transcript.eventually(
        "the page of the withdrawn package is gone",
        lambda: guarded.quiet("/simple/given-up/", Accept=JSON_PAGE).status_code == 404,
    )

    assert guarded.index.get("/simple/kept/", Accept=JSON_PAGE).status_code == 200
    assert guarded.index.get("/simple/given-up/", Accept=JSON_PAGE).status_code == 404
    assert guarded.index.get("/simple/Given_Up").status_code == 301


def test_names_that_are_none_lead_nowhere(guarded: Stack) -> None:
    assert guarded.index.get("/simple/not%20a%20name/").status_code == 404
    assert guarded.index.get("/project/somebody-elses/").status_code == 404
    assert guarded.index.get("/packages/somebody-elses/1.0/x.whl").status_code == 404


def test_the_page_of_a_package_tells_the_safe_line(guarded: Stack, bob: str, tmp_path: Path) -> None:
    del tmp_path, bob
    guarded.transcript.eventually("the page is there", lambda: guarded.quiet("/project/kept/").is_success)

    page = guarded.index.get("/project/kept/").text

    assert f"--index-url {guarded.outputs['SiteUrl'].rstrip('/')}/simple/" in page
    assert "--extra-index-url" not in page
