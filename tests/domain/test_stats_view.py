"""`stats/<name>.json`."""

import json

import pytest

from domain.usage import Usage
from domain.views.stats import stats_json
from tests.domain.usage_examples import UNUSED, figures, used

MAPS = ("versions", "files", "installers", "pythons", "systems", "countries", "edges")


def test_has_the_contract_s_shape_to_the_byte() -> None:
    day = figures("2026-11-25", 2, 1, versions={"1.0": 2}, installers={"pip": 1, "unknown": 1}, systems={"Łinux": 2})
    assert stats_json("frob", Usage((day,), "2026-11-25")).decode() == (
        '{"package":"frob","complete_through":"2026-11-25","total":2,"days":[{"day":"2026-11-25","downloads":2,'
        '"requesters":1,"versions":{"1.0":2},"files":{},"installers":{"pip":1,"unknown":1},"pythons":{},'
        '"systems":{"Łinux":2},"countries":{},"edges":{},"ci":0,"mirrors":0,"rules":1}]}'
    )


def test_of_a_package_without_figures_there_are_no_days() -> None:
    assert json.loads(stats_json("frob", UNUSED)) == {
        "package": "frob",
        "complete_through": None,
        "total": 0,
        "days": [],
    }


@pytest.mark.parametrize("which", MAPS)
def test_every_map_adds_up(which: str) -> None:
    told = json.loads(stats_json("frob", used()))
    assert [sum(day[which].values()) for day in told["days"]] == [day["downloads"] for day in told["days"]]
    assert told["total"] == sum(day["downloads"] for day in told["days"])
    assert [day["day"] for day in told["days"]] == sorted(day["day"] for day in told["days"])
