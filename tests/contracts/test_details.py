"""What every Details promises."""

from attrs import evolve

from domain.agents import Agent, Kind
from domain.detail import Detail, DetailFile
from domain.ports.details import Details

DAY = "2026-11-24"
DETAIL = Detail(
    files=(DetailFile("1.0", "spam-1.0.tar.gz"), DetailFile("1.0+ünï", "spam-1.0+ünï-py3-none-any.whl")),
    agents=(
        Agent(Kind.DOWNLOAD, "pip", "25.3", "3.13", "Linux", ci=True, text='pip/25.3 {"ci":true}'),
        Agent(Kind.DOWNLOAD, "unknown", None, None, None, ci=False, text="\x1b\U0001f40d"),
    ),
    times=("00:00:00", "12:34:56", "23:59:59"),
    file=(0, 1, 0),
    agent=(1, 0, 0),
    edges=("FRA", "", "IAD"),
    countries=("DE", "", "US"),
    requesters=("0f" * 16, "", "1e" * 16),
)
NOTHING = Detail((), (), (), (), (), (), (), ())


def test_an_unknown_day_has_no_detail(details: Details) -> None:
    assert details.get("spam", DAY) is None
    assert list(details.packages(DAY)) == []


def test_a_detail_comes_back_equal(details: Details) -> None:
    details.put(DAY, {"spam": DETAIL})
    details.put(DAY, {"eggs": NOTHING})

    assert details.get("spam", DAY) == DETAIL
    assert details.get("eggs", DAY) == NOTHING


def test_a_detail_takes_the_place_of_an_earlier_one(details: Details) -> None:
    details.put(DAY, {"spam": DETAIL})
    details.put(DAY, {"spam": NOTHING})

    assert details.get("spam", DAY) == NOTHING


def test_details_are_by_package_and_day(details: Details) -> None:
    other = evolve(DETAIL, edges=("FRA", "FRA", "FRA"))

    details.put(DAY, {"spam": DETAIL})
    details.put("2026-11-25", {"spam": other})

    assert details.get("spam", DAY) == DETAIL
    assert details.get("spam", "2026-11-25") == other
    assert details.get("spam-1", DAY) is None
    assert details.get("spa", DAY) is None


def test_the_packages_of_a_day_come_in_their_order(details: Details) -> None:
    names = ["b", "a-b", "a", "ab", "a1", "2", "z"]
    for name in names:
        details.put(DAY, {name: NOTHING})
    details.put("2026-11-25", {"other": NOTHING})

    assert list(details.packages(DAY)) == sorted(names)
    assert list(details.packages("2026-11")) == []


def test_what_was_put_is_whole(details: Details) -> None:
    details.put(DAY, {"spam": DETAIL, "eggs": NOTHING})

    assert list(details.whole(DAY)) == ["eggs", "spam"]
    assert list(details.whole("2026-11-25")) == []
