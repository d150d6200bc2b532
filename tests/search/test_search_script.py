"""The script of the search box finds what it should, run by node over the objects that the index writes."""

import re
import shutil
from collections.abc import Iterator

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.listing import Listing
from domain.search import STOP_WORDS
from tests.search.oracle import search_objects
from tests.search.script import NO_NODE, SCRIPT, Answer, Script, write_all

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason=NO_NODE)
HOSTILE = "<img src=x onerror=alert(1)> \u202e\x00 </script> & \"'"


def listing(name: str, summary: str = "", downloads: int = 0, spelling: str = "") -> Listing:
    return Listing(name, spelling or name, "1", "1.0", summary, "2026-11-24", downloads)


LISTINGS = [
    listing("django", "A high-level web framework.", 5_000_000, "Django"),
    listing("django-filter", "Dynamic querysets for the ORM", 20_000, "Django.Filter"),
    listing("djangofilters", "", 50_000),
    listing("filter-django", "", 100),
    listing("filterkit", "Streams", 90_000),
    listing("requests", "HTTP for humans", 9_000_000),
    listing("requests-oauthlib", "OAuth for requests", 700_000),
    listing("types-requests", "Typing stubs", 800_000),
    listing("naive", "Éclairs, naïve and Straßen", 3),
    listing("chinese", "搜索引擎 工具", 3),
    listing("q", "One letter", 1),
    evolve(listing("abandoned", "", 1), standing="deprecated"),
    listing("hostile", HOSTILE, 7, "h0stile"),
    listing("x" * 190 + "-a"),
    listing("x" * 190 + "-b"),
    listing("client", "Less popular than all that have this word", 1),
    # So many that beginnings, words and ends are in leaves of their own.
    *(
        listing(f"python-{first}{second}-client", "Client words", 10)
        for first in "abcdefghij"
        for second in "abcdefghijkl"
    ),
    *(listing(f"pythonic{number}", "Popular", number) for number in range(100, 250)),
]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Script]:
    folder = tmp_path_factory.mktemp("site")
    write_all(search_objects(LISTINGS), folder)
    with Script(folder) as script:
        yield script


def ask(script: Script, text: str) -> Answer:
    return script.ask([text])[0]


@pytest.mark.parametrize(
    "text", ["django-filter", "Django.Filter", "django_filter", "DJANGO FILTER", " djangofilter ", "django--filter"]
)
def test_the_name_itself_is_first_however_it_is_spelt(script: Script, text: str) -> None:
    found = ask(script, text).found
    assert found[0]["name"] == "django-filter"
    assert found[0]["rank"] == 0


@pytest.mark.parametrize("text", ["django-filter[client]", "Django.Filter[client, words]", "django_filter[cl"])
def test_extras_of_a_pasted_requirement_are_passed_over(script: Script, text: str) -> None:
    found = ask(script, text).found
    assert (found[0]["name"], found[0]["rank"]) == ("django-filter", 0)


@pytest.mark.parametrize(
    "text",
    [
        "django-filter==1.2",
        "Django.Filter >= 1.0, <2",
        "django_filter[client]>=1.0",
        "django-filter [client] ~=1.4 ; python_version < '3.9'",
        "django-filter!=1.3",
        "django-filter===1.0+client",
        "django-filter<2",
        "django-filter (>=1.0)",
        "django-filter=1.2",
        "django-filter; sys_platform == 'win32'",
        "django-filter @ https://example.org/client.whl",
        "django-filter==1.2 \\\n    --hash=sha256:0123",
    ],
)
def test_a_pasted_requirement_finds_what_it_names(script: Script, text: str) -> None:
    found = ask(script, text).found
    assert (found[0]["name"], found[0]["rank"]) == ("django-filter", 0)


@pytest.mark.parametrize("text", ["djagno", "djano", "djangoo", "djanfo"])
def test_a_misspelt_name_also_finds_what_begins_with_it(script: Script, text: str) -> None:
    names = ask(script, text).names
    assert names[0] == "django"
    assert "django-filter" in names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("text", [">=1.0 filterkit", "== filterkit", "@ filterkit", "(filterkit)"])
def test_signs_before_any_name_are_marks(script: Script, text: str) -> None:
    assert ask(script, text).names[0] == "filterkit"


def test_brackets_alone_are_marks(script: Script) -> None:
    assert ask(script, "[filterkit]").names[0] == "filterkit"


def test_every_name_is_first_for_itself(script: Script) -> None:
    names = [each.name for each in LISTINGS]
    assert [answer.names[0] for answer in script.ask(names)] == names


def test_a_result_says_what_the_list_shows(script: Script) -> None:
    assert ask(script, "django-filter").found[0] == {
        "name": "django-filter",
        "spelling": "Django.Filter",
        "summary": "Dynamic querysets for the ORM",
        "version": "1.0",
        "updated": "2026-11-24",
        "downloads": 20_000,
        "rank": 0,
    }


def test_a_result_says_what_speaks_against_a_package(script: Script) -> None:
    assert ask(script, "abandoned").found[0]["standing"] == "deprecated"


def test_names_that_begin_so_come_by_downloads(script: Script) -> None:
    assert ask(script, "djang").names[:3] == ["django", "djangofilters", "django-filter"]
    assert ask(script, "dj").names[:3] == ["django", "djangofilters", "django-filter"]


def test_the_most_popular_of_very_many_are_found_by_their_beginning(script: Script) -> None:
    assert ask(script, "pythoni").names == [f"pythonic{number}" for number in range(249, 239, -1)]
    assert ask(script, "p").names == [f"pythonic{number}" for number in range(249, 239, -1)]


@pytest.mark.parametrize("text", ["python-b", "pythonbc", "python-bc-cl", "pythonbcclien"])
def test_long_beginnings_are_found_among_very_many(script: Script, text: str) -> None:
    names = ask(script, text).names
    assert names
    assert all(name.replace("-", "").startswith(text.replace("-", "")) for name in names[:3])


def test_parts_come_after_beginnings_and_before_words(script: Script) -> None:
    assert ask(script, "filter").names[:3] == ["filterkit", "filter-django", "django-filter"]
    assert ask(script, "requests").names == ["requests", "requests-oauthlib", "types-requests"]


def test_words_of_summaries_are_found(script: Script) -> None:
    assert "django" in ask(script, "framework").names
    assert ask(script, "dynamic orm querysets").names[0] == "django-filter"
    assert ask(script, "typing stubs").names == ["types-requests"]


def test_a_plural_finds_the_singular_and_the_other_way_round(script: Script) -> None:
    assert ask(script, "frameworks").names == ["django"]
    assert "django" in ask(script, "level frameworks").names
    assert ask(script, "stub").names == ["types-requests"]


def test_all_words_have_to_match_unless_none_has_them_all(script: Script) -> None:
    assert ask(script, "oauth requests").names == ["requests-oauthlib"]
    assert "django-filter" in ask(script, "querysets nowhere").names


def test_words_are_found_without_accents_and_in_every_script(script: Script) -> None:
    assert ask(script, "eclairs").names[0] == "naive"
    assert ask(script, "NAÏVE").names[0] == "naive"
    assert ask(script, "搜索引擎").names == ["chinese"]


@pytest.mark.parametrize(
    "text", ["djano-filter", "djangoo-filter", "djanjo-filter", "djnago-filter", "ejango-filter", "django-filtre"]
)
def test_one_wrong_letter_is_forgiven(script: Script, text: str) -> None:
    assert "django-filter" in ask(script, text).names


def test_two_wrong_letters_are_not(script: Script) -> None:
    assert "requests" not in ask(script, "rwquesrs").names


def test_long_names_stay_apart(script: Script) -> None:
    assert ask(script, "x" * 190 + "-b").names[0] == "x" * 190 + "-b"


@pytest.mark.parametrize("text", ["", " ", "-", "!?", "\x00", "..", "<", "*", "=django"])
def test_nothing_typed_and_marks_alone_are_no_fault(script: Script, text: str) -> None:
    answer = ask(script, text)
    assert text == "=django" or (not answer.found and not answer.read)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=20))
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_whatever_is_typed_nothing_is_read_that_is_not_there(script: Script, texts: list[str]) -> None:
    assert len(script.ask(texts)) == len(texts)


@given(
    st.lists(st.sampled_from([each.name for each in LISTINGS]), max_size=30),
    st.lists(st.text("abdjnqr-", max_size=9), max_size=30),
)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_in_small_indexes_neither(tmp_path_factory: pytest.TempPathFactory, names: list[str], texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("small")
    chosen = [each for each in LISTINGS if each.name in names]
    write_all(search_objects(chosen), folder)
    with Script(folder) as script:
        answers = script.ask([*texts, *(each.name for each in chosen)])
    assert [answer.names[0] for answer in answers[len(texts) :]] == [each.name for each in chosen]


def test_hostile_texts_are_data(script: Script) -> None:
    assert ask(script, "hostile").found[0]["summary"] == HOSTILE


def test_the_script_writes_texts_only() -> None:
    source = SCRIPT.read_text()
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function|\.style\b|cssText", source)


def test_index_and_script_pass_over_the_same_words() -> None:
    quoted = re.search(r"new Set\(\((.*?)\)\.split", SCRIPT.read_text(), re.DOTALL)
    assert quoted
    assert set("".join(re.findall(r"'([^']*)'", quoted[1])).split()) == STOP_WORDS
