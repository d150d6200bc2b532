"""What counts as a download."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import quote

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from domain.agents import Agent, Kind
from domain.detail import Detail, DetailFile
from domain.downloads import RULES, Counted, Location, Malformed, agent, count, country, edge, location, same
from domain.events import DownloadsAggregated
from domain.log_rows import Row

DAY = "2026-11-24"
AT = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
WHEEL = Location("frob", "1.0", "frob-1.0-py3-none-any.whl")
SDIST = Location("frob", "1.1", "frob-1.1.tar.gz")
LOCAL = Location("frob", "2.0+local.1", "frob-2.0+local.1-py3-none-any.whl")
PUBLISHED = (WHEEL, SDIST, LOCAL)

PIP = 'pip/25.0 {"ci":true,"installer":{"name":"pip","version":"25.0"},"python":"3.13.1","system":{"name":"Linux"}}'
UV = 'uv/0.9.11 {"installer":{"name":"uv","version":"0.9.11"},"python":"3.12.2","system":{"name":"Darwin"},"ci":null}'
MIRROR = "bandersnatch/6.6.0 (cpython 3.13.5-final0, Linux x86_64)"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
MAPPINGS = ("versions", "files", "installers", "pythons", "systems", "countries", "edges")


def path(file: Location = WHEEL) -> str:
    return f"/packages/{file.package}/{file.version}/{file.filename}"


def request(
    stem: str = path(),
    time: str = "12:00:00",
    edge: str = "FRA56-P1",
    country: str = "DE",
    address: str = "192.0.2.1",
    agent: str = PIP,
) -> Row:
    """A request as it stands in a log."""
    return stem, time, edge, country, address, quote(agent, safe="/()[],:;=+")


def hashed(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:8]


def counted(*rows: Row, files: Collection[Location] = PUBLISHED) -> Counted:
    return count(DAY, rows, files, hashed, AT)


def figures(*rows: Row) -> DownloadsAggregated:
    return counted(*rows).figures


# Paths


@pytest.mark.parametrize(
    "stem",
    [
        "/packages/frob/1.0/frob-1.0.tar.gz",
        "/packages/frob/1.0/frob%2D1.0.tar.gz",
        "/packages/frob/1.0/frob%252D1.0.tar.gz",
        "/%70ackages/fr%6Fb/1.0/frob-1.0.tar.gz",
        "%2Fpackages%2ffrob/1.0/frob-1.0.tar.gz",
    ],
)
def test_paths_are_decoded_twice(stem: str) -> None:
    assert location(stem) == Location("frob", "1.0", "frob-1.0.tar.gz")


def test_paths_are_not_decoded_three_times() -> None:
    assert location("/packages/frob/1.0/frob%25252D1.0.tar.gz") == Location("frob", "1.0", "frob%2D1.0.tar.gz")


@pytest.mark.parametrize("spelling", ["2.0+local.1", "2.0%2Blocal.1", "2.0%252blocal.1"])
def test_a_plus_stays_a_plus(spelling: str) -> None:
    stem = f"/packages/frob/{spelling}/frob-{spelling}-py3-none-any.whl"

    assert location(stem) == LOCAL
    assert figures(request(stem)).versions == {"2.0+local.1": 1}


@pytest.mark.parametrize(
    "stem",
    [
        "",
        "/",
        "-",
        "/packages/frob",
        "/packages/frob/1.0",
        "/packages/frob/1.0/a/b",
        "/packages//frob/1.0/a",
        "/packages//1.0/a",
        "packages/frob/1.0/a",
        "/Packages/frob/1.0/a",
        "/simple/frob/1.0/a",
        "/packages/frob/1.0%252Fa/b/c",
        "//packages/a/b",
    ],
)
def test_other_paths_name_no_file(stem: str) -> None:
    assert location(stem) is None


@pytest.mark.parametrize(
    "stem", ["/%", "/%2", "/%zz", "/%25", "/%2525%", "/%25zz", "/%FF", "/%25FF", "/%C3", "/a%\ud800", "/%41\ud800"]
)
def test_what_cannot_be_decoded_is_malformed(stem: str) -> None:
    with pytest.raises(Malformed):
        location(stem)


@given(st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"])))
def test_whatever_a_segment_is_it_comes_back(segment: str) -> None:
    encoded = quote(quote(segment, safe=""), safe="")

    assert location(f"/packages/frob/1.0/{encoded}") == Location("frob", "1.0", segment)


@given(st.text())
def test_a_path_is_read_or_malformed(stem: str) -> None:
    try:
        assert location(stem) is None or stem
    except Malformed:
        assert "%" in stem


# Agents


def test_agents_are_decoded_once() -> None:
    assert agent("pip%2F25.0").text == "pip/25.0"
    assert agent("a%2520b").text == "a%20b"
    assert agent("a+b").text == "a+b"


def test_an_agent_that_was_not_said_is_an_unknown_one() -> None:
    assert agent("-") == Agent(Kind.DOWNLOAD, "unknown", None, None, None, ci=False, text="")


@pytest.mark.parametrize("text", ["%", "pip/25.0%2", "%FF", "%C3%28"])
def test_an_agent_that_cannot_be_decoded_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        agent(text)


# What counts


def test_a_request_for_a_published_file_is_a_download() -> None:
    assert figures(request()) == DownloadsAggregated(
        day=DAY,
        rules=RULES,
        downloads=1,
        requesters=1,
        versions={"1.0": 1},
        files={WHEEL.filename: 1},
        installers={"pip": 1},
        pythons={"3.13": 1},
        systems={"Linux": 1},
        countries={"DE": 1},
        edges={"FRA": 1},
        ci=1,
        mirrors=0,
        at=AT,
    )


@pytest.mark.parametrize(
    "stem",
    [
        "/packages/frob/1.0/frob-1.0.tar.gz",  # was never published
        "/packages/frob/1.1/frob-1.0-py3-none-any.whl",  # not under this version
        "/packages/other/1.0/frob-1.0-py3-none-any.whl",
        path() + ".metadata",
        path() + "%2Emetadata",
        path().upper(),
        "/simple/frob/",
    ],
)
def test_anything_else_is_none(stem: str) -> None:
    assert counted(request(stem)).figures.downloads == 0
    assert counted(request(stem)).malformed == 0


def test_nothing_counts_of_a_package_without_files() -> None:
    assert counted(request(), files=()).figures.downloads == 0


def test_every_row_counts_also_of_one_client_at_the_same_time() -> None:
    assert figures(request(), request(), request()).downloads == 3
    assert figures(request(), request()).requesters == 1


def test_the_spellings_of_a_path_are_one_file() -> None:
    assert figures(request(), request(path().replace("-", "%2D"))).files == {WHEEL.filename: 2}


def test_mirrors_are_apart() -> None:
    found = counted(request(agent=MIRROR), request(agent=MIRROR), request(path(SDIST), agent=PIP))

    assert (found.figures.downloads, found.figures.mirrors) == (1, 2)
    assert found.figures.versions == {"1.1": 1}
    assert len(found.detail.times) == 1
    assert [known.kind for known in found.detail.agents] == [Kind.DOWNLOAD]


def test_mirrors_that_fetch_something_else_are_not_told() -> None:
    assert figures(request("/packages/frob/1.0/other.whl", agent=MIRROR)).mirrors == 0


def test_bots_are_in_no_figure_and_no_detail() -> None:
    found = counted(request(agent=BOT))

    assert (found.figures.downloads, found.figures.mirrors, found.figures.requesters, found.malformed) == (0, 0, 0, 0)
    assert found.detail.agents == ()


def test_a_browser_curl_and_wget_are_downloads() -> None:
    agents = ("Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0", "curl/8.17.0", "Wget/1.25.0")

    assert figures(*(request(agent=text) for text in agents)).installers == {"browser": 3}


def test_continuous_integration_counts_and_is_told() -> None:
    found = figures(request(agent=PIP), request(agent=UV), request(agent=PIP))

    assert (found.downloads, found.ci) == (3, 2)


def test_a_request_with_a_malformed_agent_is_skipped_and_reported() -> None:
    bad = (*request()[:5], "pip/25.0%")

    found = counted(bad, request(), (*request("/packages/frob/1.0/other.whl")[:5], "%FF"))

    assert (found.figures.downloads, found.malformed) == (1, 1)


def test_a_malformed_path_is_skipped() -> None:
    assert counted(request("/packages/frob/%"), request()).figures.downloads == 1


# What of


def test_what_was_not_said_is_unknown() -> None:
    found = figures((path(), "12:00:00", "-", "-", "-", "-"))

    assert found.downloads == 1
    assert found.requesters == 0
    for mapping in ("installers", "pythons", "systems", "countries", "edges"):
        assert getattr(found, mapping) == {"unknown": 1}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("FRA56-P1", "FRA"),
        ("IAD", "IAD"),
        ("LHR3", "LHR"),
        ("fra56", ""),
        ("FR", ""),
        ("", ""),
        ("-", ""),
        ("ÄÖÜ1", ""),
    ],
)
def test_edges_are_told_by_three_letters(text: str, place: str) -> None:
    assert edge(text) == place
    assert figures(request(edge=text)).edges == {place or "unknown": 1}


@pytest.mark.parametrize(
    ("text", "code"), [("DE", "DE"), ("-", ""), ("", ""), ("de", ""), ("DEU", ""), ("D1", ""), ("ÄÖ", "")]
)
def test_countries_are_told_by_two_letters(text: str, code: str) -> None:
    assert country(text) == code
    assert figures(request(country=text)).countries == {code or "unknown": 1}


def test_requesters_are_distinct_addresses_among_what_counts() -> None:
    rows = [request(address=address) for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::1", "-", "")]
    apart = [request(address="192.0.2.7", agent=BOT), request(address="192.0.2.8", agent=MIRROR)]

    found = counted(*rows, *apart, request("/nothing", address="192.0.2.9"))

    assert found.figures.requesters == 3
    assert set(found.detail.requesters) == {hashed("192.0.2.1"), hashed("192.0.2.2"), hashed("2001:db8::1"), ""}


def test_addresses_of_what_does_not_count_are_not_even_hashed() -> None:
    asked: list[str] = []

    def asking(address: str) -> str:
        asked.append(address)
        return hashed(address)

    count(DAY, [request(), request(address="192.0.2.9", agent=BOT), request(address="-")], PUBLISHED, asking, AT)

    assert asked == ["192.0.2.1"]


def test_platforms_that_only_few_name_are_unknown_when_there_are_too_many() -> None:
    def on(system: str) -> Row:
        return request(agent=f'pip/25.0 {{"system":{{"name":"{system}"}}}}')

    found = figures(*(on(f"made-up-{number}") for number in range(1000)), *[on("Linux")] * 2)

    assert found.systems["Linux"] == 2
    assert found.systems["unknown"] == 901
    assert len(found.systems) == 101
    assert sum(found.systems.values()) == found.downloads == 1002


def test_files_that_hardly_anybody_took_are_unknown_when_there_are_too_many_for_an_event() -> None:
    names = [f"frob-1.{number}.tar.gz" for number in range(601)]
    rows = [request(f"/packages/frob/1.{number}/{name}") for number, name in enumerate(names)]
    files = {Location("frob", f"1.{number}", name) for number, name in enumerate(names)}

    found = count(DAY, [*rows, rows[-1]], files, str, AT).figures

    for each in (found.files, found.versions):
        assert (each["unknown"], len(each), sum(each.values())) == (1, 601, found.downloads)
    assert found.files[names[-1]] == found.versions["1.600"] == 2


ROWS = st.lists(
    st.builds(
        request,
        stem=st.sampled_from(
            [path(), path(SDIST), path(LOCAL), path().replace("-", "%2D"), path() + ".metadata", "/%", "/"]
        ),
        time=st.sampled_from(["00:00:00", "11:59:59", "12:00:00", "23:59:59"]),
        edge=st.sampled_from(["FRA56-P1", "FRA2", "IAD89-C1", "-", "?"]),
        country=st.sampled_from(["DE", "US", "-", "XX", "?"]),
        address=st.sampled_from(["192.0.2.1", "192.0.2.2", "-"]),
        agent=st.sampled_from([PIP, UV, MIRROR, BOT, "-", "curl/8", "x" * 600]),
    )
)


@given(ROWS)
def test_every_mapping_adds_up_to_the_downloads(rows: Sequence[Row]) -> None:
    found = counted(*rows)

    for mapping in MAPPINGS:
        counts: Mapping[str, int] = getattr(found.figures, mapping)
        assert sum(counts.values()) == found.figures.downloads, mapping
        assert list(counts) == sorted(counts), mapping
        assert all(counts.values()), mapping


@given(ROWS)
def test_the_detail_says_the_same_as_the_figures(rows: Sequence[Row]) -> None:
    found = counted(*rows)
    detail = found.detail
    columns = (detail.times, detail.file, detail.agent, detail.edges, detail.countries, detail.requesters)

    assert {len(column) for column in columns} == {found.figures.downloads}
    assert list(detail.times) == sorted(detail.times)
    assert set(detail.file) == set(range(len(detail.files)))
    assert set(detail.agent) == set(range(len(detail.agents)))
    assert len(set(detail.requesters) - {""}) == found.figures.requesters
    assert _tally(detail.files[number].filename for number in detail.file) == found.figures.files
    assert _tally(detail.agents[number].installer for number in detail.agent) == found.figures.installers
    assert _tally(place or "unknown" for place in detail.edges) == found.figures.edges
    assert sum(detail.agents[number].ci for number in detail.agent) == found.figures.ci


@given(ROWS, st.randoms(use_true_random=False))
def test_figures_do_not_depend_on_the_order_of_rows(rows: list[Row], random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert counted(*shuffled).figures == counted(*rows).figures
    assert set(counted(*shuffled).detail.agents) == set(counted(*rows).detail.agents)


# Details


def test_details_are_in_the_order_of_times_and_then_of_rows() -> None:
    rows = [
        request(path(WHEEL), time="12:00:00", edge="FRA1"),
        request(path(WHEEL), time="12:00:01", edge="LHR1"),
        request(path(SDIST), time="00:00:00", edge="IAD1", agent=UV, address="192.0.2.2"),
        request(path(SDIST), time="12:00:00", edge="NRT1", agent=UV, country="-"),
    ]

    assert counted(*rows).detail == Detail(
        files=(DetailFile("1.0", WHEEL.filename), DetailFile("1.1", SDIST.filename)),
        agents=(agent(rows[0][5]), agent(rows[2][5])),
        times=("00:00:00", "12:00:00", "12:00:00", "12:00:01"),
        file=(1, 0, 1, 0),
        agent=(1, 0, 1, 0),
        edges=("IAD", "FRA", "NRT", "LHR"),
        countries=("DE", "DE", "", "DE"),
        requesters=(hashed("192.0.2.2"), hashed("192.0.2.1"), hashed("192.0.2.1"), hashed("192.0.2.1")),
    )


def test_agents_that_say_the_same_are_kept_once() -> None:
    telling = PIP.replace('"python"', '"user_data":"me","python"')

    assert counted(request(agent=PIP), request(agent=telling)).detail.agents == (agent(request()[5]),)


def test_agents_that_differ_behind_what_is_kept_of_them_stay_apart() -> None:
    def long(python: str) -> str:
        return f'pip/25.0 {{"a":"{"x" * 600}","installer":{{"name":"pip"}},"python":"{python}"}}'

    found = counted(request(agent=long("3.12.1")), request(agent=long("3.13.1")))

    assert found.figures.pythons == {"3.12": 1, "3.13": 1}
    assert [known.python for known in found.detail.agents] == ["3.12", "3.13"]


def test_no_address_is_in_what_was_counted() -> None:
    assert "192.0.2.1" not in repr(counted(request(), request(agent=MIRROR), request(agent=BOT)))


def test_nothing_is_counted_of_nothing() -> None:
    found = counted()

    assert (found.figures.downloads, found.malformed) == (0, 0)
    assert found.detail == Detail((), (), (), (), (), (), (), ())
    assert all(getattr(found.figures, mapping) == {} for mapping in MAPPINGS)


def test_rows_are_read_once_and_may_be_many() -> None:
    rows = (request(time=f"{number % 24:02}:00:00", address=f"10.0.{number % 3}.1") for number in range(50_001))

    found = count(DAY, rows, PUBLISHED, hashed, AT)

    assert (found.figures.downloads, found.figures.requesters) == (50_001, 3)
    assert found.detail.times[0] == "00:00:00"
    assert found.detail.times[-1] == "23:00:00"


def test_figures_are_the_same_whenever_they_were_made() -> None:
    made = figures(request())

    assert same(made, evolve(made, at=AT + timedelta(days=1)))
    assert not same(made, evolve(made, rules=RULES + 1))
    assert not same(made, evolve(made, mirrors=1))
    assert not same(made, figures(request(country="US")))


def _tally(items: Iterable[str]) -> dict[str, int]:
    tally: dict[str, int] = {}
    for item in items:
        tally[item] = tally.get(item, 0) + 1
    return tally
