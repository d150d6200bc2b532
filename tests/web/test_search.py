"""Search by keyboard, as people use it who have no mouse or want none."""

import re
from typing import Any

import pytest

from tests.web.tools import SHOTS, Tools

pytestmark = pytest.mark.browser


def pressed(tools: Tools, site: str, path: str, *steps: dict[str, Any], shot: str | None = None) -> dict[str, Any]:
    SHOTS.mkdir(parents=True, exist_ok=True)
    job = {"origin": site, "url": f"{site}{path}", "steps": steps}
    seen = tools.browser(job | ({"shot": str(SHOTS / shot)} if shot else {}))
    assert seen["errors"] == []
    assert seen["foreign"] == []
    return seen


@pytest.mark.parametrize("path", ["/", "/project/mudflat/"])
def test_a_slash_arrows_and_enter_lead_to_a_package(tools: Tools, site: str, path: str) -> None:
    steps = (
        {"press": "/"},
        {"type": "tide", "status": r"\d"},
        {"press": "ArrowDown"},
        {"press": "ArrowDown"},
        {"press": "ArrowUp"},
    )
    focused, typed, first, second, again = pressed(tools, site, path, *steps)["states"]
    assert focused["focused"]
    assert focused["value"] == ""
    assert focused["expanded"] == "false"
    assert typed["shown"]
    assert typed["expanded"] == "true"
    assert {"tidegauge", "tideback"} <= set(typed["names"])
    assert typed["links"] == [f"/project/{name}/" for name in typed["names"]]
    assert first["active"] == again["active"] == typed["names"][0]
    assert second["active"] == typed["names"][1]
    # Where the system chooses all colours, an outline is what is left of how the active one looks.
    assert first["marked"] == "solid"
    opened = pressed(
        tools,
        site,
        path,
        {"press": "/"},
        {"type": "tidegauge", "status": r"\d"},
        {"press": "ArrowDown"},
        {"press": "Enter", "url": "**/project/tidegauge/"},
    )
    assert opened["states"][-1]["url"] == f"{site}/project/tidegauge/"


def test_escape_closes_the_results(tools: Tools, site: str) -> None:
    steps = {"press": "/"}, {"type": "heron", "status": r"\d"}, {"press": "Escape"}
    *_, shown, closed = pressed(tools, site, "/", *steps)["states"]
    assert shown["shown"]
    assert not closed["shown"]
    assert closed["expanded"] == "false"


def test_escape_leaves_the_text_on_the_page_of_the_search(tools: Tools, site: str) -> None:
    steps = {"status": r"\d"}, {"press": "ArrowDown"}, {"press": "Escape"}
    *_, chosen, escaped = pressed(tools, site, "/search/?q=tide", *steps)["states"]
    assert chosen["active"] == chosen["names"][0]
    assert escaped["active"] is None
    assert escaped["shown"]


def test_the_exact_name_comes_first(tools: Tools, site: str) -> None:
    for name in ("tideback", "tidegauge", "driftlog", "heron-sql"):
        state = pressed(tools, site, "/", {"press": "/"}, {"type": name, "status": r"\d"})["states"][-1]
        assert state["names"][0] == name


@pytest.mark.parametrize("typo", ["tidegaugr", "tidgauge", "idegauge", "tidegaguge", "itdegauge"])
def test_one_wrong_letter_does_no_harm(tools: Tools, site: str, typo: str) -> None:
    state = pressed(tools, site, "/", {"press": "/"}, {"type": typo, "status": r"\d"})["states"][-1]
    assert "tidegauge" in state["names"][:10]


def test_results_say_what_a_package_is(tools: Tools, site: str) -> None:
    seen = pressed(tools, site, "/", {"press": "/"}, {"type": "saltmarsh", "status": r"\d"}, shot="search-results.png")
    text = seen["states"][-1]["texts"][0]
    assert "Tide tables and storm warnings" in text
    assert "1.3.0" in text
    assert re.search(r"\b[1-9]\d? (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 20\d\d\b", text)
    assert seen["axe"] == []


def test_words_of_a_summary_are_found(tools: Tools, site: str) -> None:
    state = pressed(tools, site, "/", {"press": "/"}, {"type": "checksums", "status": r"\d"})["states"][-1]
    assert "fjordhash" in state["names"]


def test_nothing_is_said_to_be_nothing(tools: Tools, site: str) -> None:
    steps = {"press": "/"}, {"type": "zzzqqqxxx", "status": "No packages found"}
    state = pressed(tools, site, "/", *steps)["states"][-1]
    assert state["status"] == "No packages found"
    assert state["names"] == []


def test_the_address_follows_what_is_searched_so_that_nobody_loses_it_by_going_back(tools: Tools, site: str) -> None:
    steps = {"press": "Control+A"}, {"type": "bracki", "status": "1 package"}
    state = pressed(tools, site, "/search/?q=tide", *steps)["states"][-1]
    assert "brackish" in state["names"]
    assert state["url"] == f"{site}/search/?q=bracki"


def test_what_is_found_can_be_sorted_and_the_address_keeps_how(tools: Tools, site: str) -> None:
    steps = {"status": r"\d"}, {"choose": ["#sort", "name"]}
    best, by_name = pressed(tools, site, "/search/?q=tide", *steps)["states"]
    assert by_name["names"] == sorted(best["names"]) != best["names"]
    assert by_name["url"] == f"{site}/search/?q=tide&sort=name"
    seen = pressed(tools, site, "/search/?q=tide&sort=name", {"status": r"\d"}, shot="search-sorted.png")
    assert seen["states"][-1]["names"] == by_name["names"]
    assert seen["axe"] == []
