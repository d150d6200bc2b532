"""Every figure and every row is what a plain count comes to, in every world and for whatever logs."""

import csv
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from io import StringIO
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.usage import worlds
from tests.usage.catalogue import FILES, PACKAGES
from tests.usage.generator import DAYS, Logs, generate
from tests.usage.reference import Counted, Download, counted

World = Callable[[Path], AbstractContextManager[worlds.Counter]]
WORLDS: Mapping[str, World] = {
    "memory": worlds.memory,
    "local": worlds.local,
    "local, many logs": worlds.local_with_many_logs,
    "athena": worlds.athena,
}
_REQUESTER = 7
_MAPPINGS = ("versions", "files", "installers", "pythons", "systems", "countries", "edges")
_FIGURES = ("downloads", "requesters", *_MAPPINGS)


def reference(logs: Logs) -> Counted:
    return counted([file.content for file in logs.files], FILES, logs.agents)


def check(counter: worlds.Counter, expected: Counted) -> None:
    """Compare everything."""
    for package in PACKAGES:
        told = json.loads(counter.stats(package))
        days = {day["day"]: day for day in told["days"] if day["downloads"]}
        wanted = {day: figures for (name, day), figures in expected.days.items() if name == package}
        assert {day: {key: figures[key] for key in _FIGURES} for day, figures in days.items()} == wanted
        assert {day["day"]: day["mirrors"] for day in told["days"] if day["mirrors"]} == {
            day: many for (name, day), many in expected.mirrors.items() if name == package
        }
        assert told["total"] == sum(figures["downloads"] for figures in days.values())
        rows = expected.rows.get(package, [])
        assert {day: figures["ci"] for day, figures in days.items()} == {
            day: sum(row.cells[3] == day and row.cells[11] == "true" for row in rows) for day in days
        }
        check_rows(counter.csv(package), rows)


def check_rows(text: str, expected: list[Download]) -> None:
    """Compare rows; of requesters only who is the same as who, and that nobody is told."""
    assert text.endswith("\r\n")
    _, *rows = csv.reader(StringIO(text, newline=""))
    bare = [(tuple(row[:_REQUESTER] + row[_REQUESTER + 1 :]), row[_REQUESTER]) for row in rows]
    assert sorted(cells for cells, _ in bare) == sorted(row.cells for row in expected)
    assert [cells[3:5] for cells, _ in bare] == sorted(cells[3:5] for cells, _ in bare)
    assert requesters(bare) == requesters([(row.cells, row.address) for row in expected])
    assert not {row.address for row in expected if row.address} & {cell for row in rows for cell in row}


def requesters(rows: list[tuple[tuple[str, ...], str]]) -> list[Any]:
    """For each day and requester what they downloaded, without saying who it was."""
    by_requester: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for cells, who in rows:
        by_requester.setdefault((cells[3], who), []).append(cells)
    return sorted((day, bool(who), sorted(cells)) for (day, who), cells in by_requester.items())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", WORLDS)
def test_all_figures_and_rows_are_exact(name: str, seed: int, tmp_path: Path) -> None:
    logs = generate(seed, odd=name != "athena")
    expected = reference(logs)
    assert expected.rows

    with WORLDS[name](tmp_path) as counter:
        counter.add(logs.files)
        malformed = counter.night()

        check(counter, expected)
        if name == "local":
            assert malformed == {day: expected.malformed.get(day, 0) for day in DAYS}


@given(seed=st.integers(min_value=100, max_value=2**32))
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_seed_the_local_world_counts_exactly(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    logs = generate(seed)

    with worlds.local(tmp_path_factory.mktemp("seed")) as counter:
        counter.add(logs.files)
        counter.night()

        check(counter, reference(logs))


@given(seed=st.integers(min_value=100, max_value=2**32))
@settings(max_examples=5)
def test_whatever_the_seed_memory_counts_exactly(seed: int) -> None:
    logs = generate(seed)

    with worlds.memory(Path()) as counter:
        counter.add(logs.files)
        counter.night()

        check(counter, reference(logs))


@pytest.mark.parametrize("name", WORLDS)
def test_counting_again_stores_nothing(name: str, tmp_path: Path) -> None:
    logs = generate(20, odd=name != "athena")
    with WORLDS[name](tmp_path) as counter:
        counter.add(logs.files)
        counter.night()
        before, seen = counter.events(), [counter.stats(package) for package in PACKAGES]

        counter.night()
        counter.add([file._replace(name=f"again/{file.name}") for file in logs.files])
        counter.night()

        assert counter.events() == before
        assert [counter.stats(package) for package in PACKAGES] == seen


@pytest.mark.parametrize("name", WORLDS)
def test_the_order_in_which_files_arrive_makes_no_difference(name: str, tmp_path: Path) -> None:
    logs = generate(21, odd=name != "athena")
    with WORLDS[name](tmp_path / "one") as counter:
        counter.add(logs.files)
        counter.night()
        seen = [counter.stats(package) for package in PACKAGES]

    files = sorted(logs.files, key=attrgetter("content"))
    with WORLDS[name](tmp_path / "other") as counter:
        for number, file in enumerate(files):
            counter.add([file._replace(name=f"{number}/{file.name.rpartition('/')[2]}")])
            counter.night()

        assert [counter.stats(package) for package in PACKAGES] == seen
