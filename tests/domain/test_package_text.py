"""The text twin of a package's page, read by a Markdown parser."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from domain.metadata import Metadata, parse
from domain.needs import Dependents, Need
from domain.package import Package, Status
from domain.repository import RepositoryFacts
from domain.usage import Usage
from domain.views.package_page import package_page
from domain.views.package_text import package_text
from tests.domain.usage_examples import UNUSED, used
from tests.domain.view_examples import AT, SHA256, SITE, package, sdist, wheel, yanked

PARSER = MarkdownIt("commonmark").enable("table")
SECTIONS = [
    "Install",
    "Downloads",
    "Versions",
    "Files",
    "Dependencies",
    "Dependents",
    "Repository",
    "About",
    "README",
]
README = "# Frob\n\nSome *words*.\n"
TOLD = parse(
    f"""Metadata-Version: 2.4
Name: Frob
Version: 1.0
Summary: Frobs things.
Author-email: Alice <alice@example.org>
License-Expression: MIT
Project-URL: Source, https://github.com/alice/frob
Requires-Dist: attrs>=24
Requires-Dist: rich<15; extra == "fancy" and python_version < "3.12"
Requires-Python: >=3.11
Classifier: Topic :: Internet
Keywords: frobbing
Description-Content-Type: text/markdown

{README}""".encode()
)
FACTS = RepositoryFacts(
    "alice/frob",
    as_of=datetime(2026, 11, 24, 5, tzinfo=UTC),
    stars=1234,
    issues=5,
    pull_requests=6,
    contributors=7,
    pushed_at=AT,
    license="Apache-2.0",
)
DEPENDENTS = Dependents(
    3, (Need("frob", "blub", "Blub", "<1", "x", 'sys_platform == "win32"'), Need("frob", "c", "C", ""))
)
STATE = package(
    wheel("0.9", at=AT - timedelta(days=9)),
    yanked(wheel("0.9"), "was *bad*"),
    wheel("1.0"),
    sdist("1.0"),
    wheel("2.0a1"),
)


def text(
    state: Package = STATE,
    told: Metadata | None = TOLD,
    usage: Usage = UNUSED,
    dependents: Dependents = DEPENDENTS,
    facts: RepositoryFacts | None = FACTS,
) -> str:
    return package_text(package_page(state, told, SITE, usage, dependents, facts)).decode()


def sections(markdown: str) -> dict[str, str]:
    """The text of each section by its heading, in their order."""
    found: dict[str, str] = {}
    heading = ""
    tokens = PARSER.parse(markdown)
    for before, token in pairwise(tokens):
        if before.type == "heading_open" and before.tag in {"h1", "h2"}:
            heading = "".join(span.content for span in token.children or ())
            assert heading not in found
            found[heading] = ""
        elif token.type in {"inline", "fence"}:
            spans = token.children or (token,)
            found[heading] += "".join(span.content or str(span.attrs.get("href", "")) for span in spans) + "\n"
    return found


def test_has_the_sections_of_the_page_and_the_readme_last() -> None:
    assert list(sections(text(usage=used()))) == ["Frob 1.0", *SECTIONS]


@pytest.mark.parametrize(
    ("section", "facts"),
    [
        ("Frob 1.0", ["Frobs things.", "https://index.example/project/frob/", "2026-11-23"]),
        (
            "Install",
            [
                "pip install --index-url https://index.example/simple/ Frob",
                "uv pip install",
                f"--hash=sha256:{SHA256}",
                "This index serves its own packages only.",
            ],
        ),
        ("Versions", ["1.0, 2026-11-23", "2.0a1, 2026-11-23, pre-release", "0.9, 2026-11-14, yanked: was *bad*"]),
        (
            "Files",
            [
                "frob-1.0-py3-none-any.whl, wheel",
                "1,141 bytes, 2026-11-23T15:57:45Z, Python >=3.11,<4",
                "https://index.example/packages/frob/1.0/frob-1.0.tar.gz",
                f"sha256 {SHA256}",
            ],
        ),
        ("Dependencies", ["attrs >=24", "With the extra fancy:", 'rich <15 if python_version < "3.12"']),
        (
            "Dependents",
            [
                "that need it: 3.",
                'Blub: <1 with the extra x if sys_platform == "win32" (does not take',
                "C: any version",
                "And 1 more.",
            ],
        ),
        (
            "Repository",
            [
                "alice/frob",
                "stars: 1,234",
                "open issues: 5",
                "open pull requests: 6",
                "contributors: 7",
                "last push: 2026-11-23",
                "its license is another one: Apache-2.0",
                "as of: 2026-11-24T05:00:00Z",
            ],
        ),
        (
            "About",
            [
                "Owner: https://index.example/owner/local.alice/",
                "Python: >=3.11",
                "License: MIT",
                "Authors: Alice",
                "Keywords: frobbing",
                "Topic: Internet",
            ],
        ),
        ("README", ["to the end:\n# Frob\n\nSome *words*.\n"]),
    ],
)
def test_says_what_the_page_says(section: str, facts: list[str]) -> None:
    said = sections(text())[section]
    for fact in facts:
        assert fact in said


def test_says_how_often_it_is_downloaded() -> None:
    usage = used(400, often=9000)
    said = sections(text(usage=usage))["Downloads"]
    for figure in (usage.total, usage.last_30_days, usage.last_day, *(day.downloads for day in usage.days[-90:])):
        assert f"{figure:,}" in said
    for fact in (
        "in the 90 days through 25 Nov 2026",
        "Installers: pip",
        "Countries: DE",
        "People or CI: people",
        "2026-11-25:",
    ):
        assert fact in said
    assert "macOS" in said
    assert "apart: 60. Unknown: the logs do not say.\n" in said


def test_what_is_missing_is_said_in_every_section() -> None:
    said = sections(text(package(), None, dependents=Dependents(), facts=None))
    assert list(said) == ["Frob", *SECTIONS]
    assert all(words.strip() for words in said.values())


def test_a_repository_elsewhere_is_none_of_github() -> None:
    elsewhere = evolve(TOLD, project_urls=(("Repository", "https://gitlab.com/alice/frob"),))
    assert sections(text(told=elsewhere))["Repository"] == "No GitHub repository is linked.\n"
    hidden = evolve(STATE, status=Status.QUARANTINED)
    assert "not shown" in sections(text(hidden))["Repository"]


def test_facts_may_be_missing() -> None:
    assert "as of" not in text(facts=None)
    some = evolve(FACTS, stars=None, pushed_at=None, license=None)
    assert "stars" not in text(facts=some)
    assert "open issues: 5" in text(facts=some)


@pytest.mark.parametrize("status", [Status.ARCHIVED, Status.DEPRECATED, Status.QUARANTINED])
def test_says_so_if_something_is_the_matter(status: Status) -> None:
    said = text(evolve(STATE, status=status, status_reason="Be_cause."))
    assert status[:9].title() in said.title()
    assert "Be\\_cause." in said
    assert ("frob-1.0" in said) is (status is not Status.QUARANTINED)


def test_says_first_of_all_if_every_release_is_yanked() -> None:
    said = sections(text(package(wheel("1.0"), yanked(wheel("1.0"), "Leaks & crashes."))))["Frob 1.0"]
    assert "Yanked. Its owner asks not to use any release of it. Leaks & crashes." in " ".join(said.split())
    assert "not to use any release" not in text()


def test_the_python_is_that_of_the_badge() -> None:
    classified = tuple(f"Programming Language :: Python :: 3.{minor}" for minor in (9, 10, 12))
    said = [
        sections(text(told=evolve(TOLD, requires_python=None, classifiers=some)))["About"] for some in (classified, ())
    ]
    assert "Python: 3.9 - 3.10, 3.12\n" in said[0]
    assert "Python: not stated\n" in said[1]


def test_shows_no_mail_address() -> None:
    assert "alice@example.org" not in text()


@given(st.text(), st.text(st.sampled_from("#`~ \n=-*>|[]()<&x\r\x1b"), max_size=80))
def test_hostile_words_make_no_section_and_stay_where_they_belong(words: str, marks: str) -> None:
    hostile = f"{marks}\n## Install\n```\npip install evil\n{words}"
    told = evolve(
        TOLD,
        summary=hostile,
        description=hostile,
        license_expression=hostile,
        keywords=(hostile,),
        author=hostile,
        classifiers=(hostile, f"{hostile} :: {hostile}"),
        requires_python=hostile,
        project_urls=((hostile, "https://evil.example/)[x](y"),),
        requires_dist=(hostile,),
    )
    dependents = Dependents(1, (Need("frob", "blub", hostile, hostile, hostile, hostile),))
    facts = evolve(FACTS, full_name=hostile, license=hostile)
    said = sections(
        text(evolve(STATE, status=Status.DEPRECATED, status_reason=hostile), told, dependents=dependents, facts=facts)
    )
    assert list(said) == ["Frob 1.0", *SECTIONS]
    assert "evil" not in said["Install"]
    assert "pip install evil" in said["README"]


def test_equal_views_give_equal_bytes() -> None:
    assert text(usage=used()) == text(usage=used())
