"""The owner's table of downloads."""

import csv
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from domain.agents import Agent, Kind, parse_agent
from domain.detail import Detail, DetailFile
from domain.views.downloads_csv import COLUMNS, header, lines

FILE = DetailFile("1.0", "frob-1.0.tar.gz")
PIP = Agent(Kind.DOWNLOAD, "pip", "24.3", "3.13", "Linux", ci=True, text='pip/24.3 {"ci":true}')
NOBODY = Agent(Kind.DOWNLOAD, "unknown", None, None, None, ci=False, text="")


def detail(*agents: Agent, file: DetailFile = FILE, **columns: str) -> Detail:
    """A download by each agent."""
    many = len(agents)
    return Detail(
        files=(file,),
        agents=agents,
        times=("12:00:00",) * many,
        file=(0,) * many,
        agent=tuple(range(many)),
        edges=(columns.get("edge", "FRA"),) * many,
        countries=(columns.get("country", "DE"),) * many,
        requesters=(columns.get("requester", "0a1b"),) * many,
    )


def read(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline=""), strict=True))


def test_the_columns_are_the_contract_s() -> None:
    assert header() == (
        "package,version,filename,date,time,edge,country,requester,installer,installer_version,python,system,ci,"
        "user_agent\r\n"
    )


def test_a_download_is_a_line() -> None:
    assert list(lines("frob", "2026-11-25", detail(PIP))) == [
        'frob,1.0,frob-1.0.tar.gz,2026-11-25,12:00:00,FRA,DE,0a1b,pip,24.3,3.13,Linux,true,"pip/24.3 {""ci"":true}"\r\n'
    ]


def test_what_was_not_said_is_empty() -> None:
    made = detail(NOBODY, edge="", country="", requester="")
    assert list(lines("frob", "2026-11-25", made)) == ["frob,1.0,frob-1.0.tar.gz,2026-11-25,12:00:00,,,,,,,,,\r\n"]


def test_many_downloads_come_in_pieces_of_whole_lines() -> None:
    pieces = list(lines("frob", "2026-11-25", detail(*[PIP] * 4100)))
    assert [piece.count("\r\n") for piece in pieces] == [2000, 2000, 100]
    assert all(piece.endswith("\r\n") for piece in pieces)


def test_a_day_without_downloads_is_no_piece() -> None:
    assert list(lines("frob", "2026-11-25", detail())) == []


starts = st.sampled_from(["", "=", "+", "-", "@", "\t", "\r", '"', "'", ",", "\n", "=cmd|' /C calc'!A0"])
cells = st.builds(lambda start, text: start + text, starts, st.text(st.characters(codec="utf-8")))


@given(st.lists(cells, min_size=8, max_size=8), st.booleans())
def test_whatever_was_sent_is_read_back_and_no_cell_runs(texts: list[str], ci: bool) -> None:  # noqa: FBT001 - drawn
    version, filename, installer_version, python, system, text, edge, requester = texts
    agent = Agent(Kind.DOWNLOAD, "pip", installer_version, python, system, ci, text)
    made = detail(agent, file=DetailFile(version, filename), edge=edge, requester=requester)

    columns, cells = read(header() + "".join(lines("frob", "2026-11-25", made)))

    assert tuple(columns) == COLUMNS
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    sent = ["frob", version, filename, "2026-11-25", "12:00:00", edge, "DE", requester, "pip"]
    sent += [installer_version, python, system, "true" if ci else "", text]
    assert [cell in (it, f"'{it}") for cell, it in zip(cells, sent, strict=True)] == [True] * len(COLUMNS)


@given(cells)
def test_any_user_agent_is_one_cell(text: str) -> None:
    agent = parse_agent(text)
    _, cells = read(header() + "".join(lines("frob", "2026-11-25", detail(agent))))
    assert len(cells) == len(COLUMNS)
    assert cells[-1].removeprefix("'") in {agent.text, agent.text.removeprefix("'")}
