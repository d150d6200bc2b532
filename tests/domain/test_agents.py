"""Who made a request: user agents of past and present, and hostile ones."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.agents import INSTALLERS, Agent, Kind, parse_agent

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "cases" / "agents.json").read_text())
TOLD = "cost centre 42"


def expected(case: Mapping[str, Any]) -> Agent:
    """The agent of a case, which says only what is not the usual."""
    return Agent(
        kind=Kind(case["kind"]),
        installer=case.get("installer", "unknown"),
        version=case.get("version"),
        python=case.get("python"),
        system=case.get("system"),
        ci=case.get("ci", False),
        text=case.get("text", case["agent"]),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["agent"][:40] or "nothing")
def test_agents_of_past_and_present_are_known(case: dict[str, Any]) -> None:
    assert parse_agent(case["agent"]) == expected(case)


def test_the_cases_have_every_kind_and_every_installer() -> None:
    assert len({case["agent"] for case in CASES}) == len(CASES)
    assert {case["kind"] for case in CASES} == set(Kind)
    assert {case.get("installer", "unknown") for case in CASES} == set(INSTALLERS)


def said(**data: object) -> Agent:
    """What pip is taken to say with this JSON."""
    return parse_agent(f"pip/25.0 {json.dumps(data)}")


@pytest.mark.parametrize(
    "version",
    [
        "",
        "3",
        "3.",
        "3.x",
        "3.012",
        "3.1234",
        "33.1",
        "1.5",
        "3.12 or so",
        "3.12.1\x00",
        "٣.١٢",
        "3.12." + "1" * 64,
        -3.12,
        None,
        True,
        [],
        {"3.12": 1},
    ],
)
def test_what_is_no_version_of_python_is_unknown(version: object) -> None:
    assert said(python=version).python is None


@pytest.mark.parametrize("version", ["3.12", "3.12.1", "3.12.0rc1", "3.12.0a3+", "3.12+local", "3.12-dev"])
def test_versions_of_python_are_told_by_two_numbers(version: str) -> None:
    assert said(python=version).python == "3.12"


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 65, "Li\nnux", "\ud800", "\x1b[2J", "unknown", "Unknown", 1, None, {}, ["Linux"]]
)
def test_what_is_no_name_of_a_platform_is_unknown(name: object) -> None:
    assert said(system={"name": name}).system is None


def test_platforms_are_called_as_they_call_themselves() -> None:
    assert said(system={"name": "Haiku", "release": "1"}).system == "Haiku"


@pytest.mark.parametrize(("ci", "is_ci"), [(True, True), (False, False), (None, False), (1, False), ("true", False)])
def test_continuous_integration_is_what_json_says_is_true(ci: object, is_ci: bool) -> None:  # noqa: FBT001
    assert said(ci=ci).ci is is_ci


def test_an_installer_that_is_not_in_the_list_is_unknown_and_keeps_its_version() -> None:
    agent = said(installer={"name": "SuperPip", "version": "9"})

    assert (agent.kind, agent.installer, agent.version) == (Kind.DOWNLOAD, "unknown", "9")


def test_a_version_that_is_not_said_is_the_one_before_the_json() -> None:
    assert said(installer={"name": "pip"}).version == "25.0"
    assert said(installer={"name": "uv"}).version is None


@pytest.mark.parametrize(
    "agent",
    [
        f'pip/25.0 {{"ci":null,"user_data":"{TOLD}"}}',
        f'pip/25.0 {{"user_data":{{"a":["{TOLD}"]}},"ci":null}}',
        f'pip/25.0 {{"user_data":"{TOLD}","user_data":"{TOLD}"}}',
        f'pip/25.0 {{"a":[{{"user_data":"{TOLD}"}}],"b":{{"c":{{"user_data":"{TOLD}"}}}}}}',
        f'pip/25.0 {{"user\\u005fdata":"{TOLD}","\\u0075ser_data":"{TOLD}"}}',
        f'pip/25.0 {{"a":"{{\\"user_data\\":\\"{TOLD}\\"}}","b":["user_data={TOLD}"]}}',
        f'pip/25.0 {{"ci":null,"user_data":"{TOLD}"',
        f'pip/25.0 {{"ci":null,"user\\u005Fdata":"{TOLD}"',
        f'pip/25.0 {{"ci":null}} {{"user_data":"{TOLD}"}}',
        f'pip/25.0 {{"ci":null}} user_data={TOLD}',
        f'pip/25.0 {{"user_data":"{TOLD}\t","ci":null}}',
        f'pip/25.0 ({{"user_data":"{TOLD}"}})',
        f'{{"user_data":"{TOLD}"}}',
        'pip/25.0 {"user_data":"' + TOLD + '","a":' + "[" * 5000 + "]" * 5000 + "}",
        'pip/25.0 {"a":' + "[" * 900 + f'{{"user_data":"{TOLD}"}}' + "]" * 900 + "}",
    ],
    ids=range(15),
)
def test_what_people_tell_pip_about_themselves_is_dropped(agent: str) -> None:
    kept = parse_agent(agent).text

    assert TOLD not in kept
    assert "user_data" not in kept


def test_dropping_it_leaves_the_rest_as_it_was_sent() -> None:
    agent = parse_agent('pip/25.0 {"a":"\\u00e4","ci":true,"user_data":"x","z":[1,{"b":2.5}]} etc/1')

    assert agent.text == 'pip/25.0 {"a":"\\u00e4","ci":true,"z":[1,{"b":2.5}]} etc/1'
    assert agent.ci


def test_at_most_512_characters_are_kept_but_all_are_read() -> None:
    agent = said(a="x" * 600, python="3.12.1")

    assert len(agent.text) == 512
    assert agent.python == "3.12"


@pytest.mark.parametrize(
    "agent",
    [
        "pip/25.0 " + '{"a":' * 100_000,
        "pip/25.0 " + "[" * 1_000_000,
        'pip/25.0 {"python":' + "9" * 6000 + "}",
        'pip/25.0 {"python":1e999999,"ci":NaN}',
        "pip/25.0" + " " * 1_000_000,
        "pip/25.0 " * 100_000,
        "a/b" * 400_000,
        " pex/1" * 200_000,
        "x CPython/" * 100_000,
        "Python-urllib/ " * 100_000,
        "Mozilla/5.0 " + "cubot" * 200_000,
        "\\u002" * 200_000,
        "(" * 1_000_000,
        "\ud800" * 100_000,
    ],
    ids=range(14),
)
def test_hostile_agents_are_no_errors(agent: str) -> None:
    assert_well_formed(parse_agent(agent))


WORDS = st.sampled_from(
    [
        *("pip/25.0", "uv/1", "Hatch/1", "poetry/1", "Mozilla/5.0", "bot", "CPython/3.12.1", "Linux/6", "Nexus/3"),
        " ",
        "  ",
        "{",
        "}",
        '{"installer":',
        '{"name":"pip"',
        '"user_data"',
        ":",
        ",",
        '"',
        "\\u005f",
        "[",
        "]",
        "null",
        "\t",
        "\u017f",
        "\u0130",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda of: st.lists(of) | st.dictionaries(st.text(), of),
)
DATA = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("installer", "python", "system", "ci", "user_data", "implementation"), VALUES)
)


@given(
    st.text()
    | st.lists(WORDS | st.text(max_size=3)).map("".join)
    | DATA.map(lambda data: f"pip/25.0 {json.dumps(data)}")
)
@example("pip/25.0 {}")
def test_nothing_that_anybody_sends_is_an_error(agent: str) -> None:
    assert_well_formed(parse_agent(agent))


@given(DATA, st.sampled_from(["", " HTTPX2/2.16.2", "x"]))
def test_whatever_the_json_holds_the_installer_that_it_names_wins(data: dict[str, object], after: str) -> None:
    named = data | {"installer": {"name": "UV", "version": "1"}}

    agent = parse_agent(f"pip/25.0 {json.dumps(named)}{after}")

    assert (agent.kind, agent.installer, agent.version) == (Kind.DOWNLOAD, "uv", "1")


@given(st.text())
def test_what_was_kept_is_understood_the_same_again(agent: str) -> None:
    once = parse_agent(agent)

    assert parse_agent(once.text).text == once.text


def assert_well_formed(agent: Agent) -> None:
    assert agent.installer in INSTALLERS
    assert len(agent.text) <= 512
    assert "user_data" not in agent.text
    for text in (agent.text, agent.version or "", agent.python or "", agent.system or ""):
        assert not any(ord(character) < 32 for character in text)
        assert text.encode().decode() == text
    for word in (agent.version, agent.python, agent.system):
        assert word is None or 0 < len(word) <= 64
