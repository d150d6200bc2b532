"""Badges, read by an XML parser."""

import re
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from domain.metadata import Metadata, parse
from domain.needs import Dependents
from domain.package import Status
from domain.usage import Usage
from domain.views.badges import BADGES, Badge, badges, short_number, svg, text_width
from domain.views.package_page import PackagePage, package_page
from tests.domain.usage_examples import UNUSED, figures, used
from tests.domain.view_examples import SITE, package, wheel, yanked

SVG = "{http://www.w3.org/2000/svg}"


def metadata(*lines: str) -> Metadata:
    return parse("\n".join(["Metadata-Version: 2.1", "Name: Frob", "Version: 1.0", *lines, ""]).encode(), strict=False)


def page(told: Metadata | None = None, usage: Usage = UNUSED, dependents: int = 0) -> PackagePage:
    return package_page(package(wheel("1.0")), told or metadata(), SITE, usage, Dependents(dependents))


def said(body: bytes) -> str:
    """What a badge says to whoever cannot see it, which is what everybody else sees."""
    root = ET.fromstring(body.decode())  # noqa: S314 - ours
    title = root.findtext(f"{SVG}title")
    assert (root.tag, root.get("role"), root.get("aria-label")) == (f"{SVG}svg", "img", title)
    label, message = (text.text for text in root.iter(f"{SVG}text"))
    assert title == f"{label}: {message}"
    assert b"http" not in body.replace(b"http://www.w3.org/2000/svg", b"")
    return message or ""


def message(kind: str, view: PackagePage) -> str:
    return said(badges(view)[kind])


def test_there_is_one_of_each_kind() -> None:
    made = badges(page())
    assert tuple(made) == BADGES == ("version", "downloads", "python", "dependents")
    assert ET.fromstring(made["version"].decode()).get("aria-label") == "sls-pypi: v1.0"  # noqa: S314 - ours


def test_the_version_is_the_one_to_take() -> None:
    of = [
        package(wheel("1.0"), wheel("2.0a1")),
        package(wheel("2.0a1")),
        package(wheel("1.0"), yanked(wheel("1.0"))),
        package(),
    ]
    views = [package_page(state, None, SITE, UNUSED) for state in of]
    assert [message("version", view) for view in views] == ["v1.0", "v2.0a1", "v1.0 yanked", "no release"]
    hidden = evolve(package(wheel("1.0")), status=Status.QUARANTINED)
    assert message("version", package_page(hidden, None, SITE, UNUSED)) == "no release"


def test_a_project_that_should_not_be_chosen_warns() -> None:
    def version(status: Status) -> bytes:
        return badges(package_page(evolve(package(wheel("1.0")), status=status), None, SITE, UNUSED))["version"]

    said_of = {status: said(version(status)) for status in (Status.ACTIVE, Status.ARCHIVED, Status.DEPRECATED)}
    assert list(said_of.values()) == ["v1.0", "v1.0 archived", "v1.0 deprecated"]
    prerelease = badges(package_page(package(wheel("1.0a1")), None, SITE, UNUSED))["version"]
    colours = [re.findall(rb'rx="3" fill="(#\w+)"', each)[0] for each in (version(Status.DEPRECATED), prerelease)]
    assert colours[0] == colours[1] not in version(Status.ACTIVE)


def test_downloads_are_those_of_30_days() -> None:
    assert message("downloads", page()) == "none yet"
    assert message("downloads", page(usage=Usage((figures("2026-11-26", 7),), None))) == "none yet"
    assert message("downloads", page(usage=Usage((figures("2026-11-25", 1250),), "2026-11-25"))) == "1.2k/month"
    assert message("downloads", page(usage=evolve(used(9, "2026-03-01"), complete_through="2026-11-25"))) == "0/month"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["Requires-Python: >=3.11,<4"], ">=3.11, <4"),
        (["Requires-Python: >=3.11", "Classifier: Programming Language :: Python :: 3.9"], ">=3.11"),
        (
            [f"Classifier: Programming Language :: Python :: 3.{minor}" for minor in (9, 12, 10, 14)],
            "3.9 - 3.10, 3.12, 3.14",
        ),
        (["Classifier: Programming Language :: Python :: 3", "Classifier: Topic :: Games"], "not stated"),
        ([], "not stated"),
    ],
)
def test_python_is_what_installers_go_by_else_what_is_said(lines: list[str], text: str) -> None:
    assert message("python", page(metadata(*lines))) == text


def test_dependents_are_counted() -> None:
    assert [message("dependents", page(dependents=count)) for count in (0, 1, 12_345)] == ["0", "1", "12k"]


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1k"),
        (1099, "1k"),
        (1250, "1.2k"),
        (9999, "9.9k"),
        (10_000, "10k"),
        (999_999, "999k"),
        (1_500_000, "1.5M"),
        (2**40, "1099G"),
    ],
)
def test_large_figures_are_short_and_never_too_large(figure: int, text: str) -> None:
    assert short_number(figure) == text


@given(st.text(), st.text())
def test_whatever_the_texts_it_is_a_picture(label: str, text: str) -> None:
    body = svg(Badge(label, text, "#0b5a8a"))
    root = ET.fromstring(body.decode())  # noqa: S314 - ours
    assert {element.tag for element in root.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "rect", "path", "g", "text")
    }
    assert int(root.get("width") or 0) < 1000


def test_markup_is_text() -> None:
    body = svg(Badge('<a href="x">', "</text><script>&", "#0b5a8a"))
    assert said(body) == "</text><script>&"


def test_texts_have_room() -> None:
    # As a browser measures DejaVu Sans at 11 pixels.
    measured = {"downloads": 58.9, "sls-pypi": 42.0, "1.2k/month": 63.3, "v1.10.2": 41.5, ">=3.11, <4": 66.1}
    for text, width in measured.items():
        assert abs(text_width(text) - width) <= 2, text
    root = ET.fromstring(svg(Badge("downloads", "12k/month", "#0b5a8a")).decode())  # noqa: S314 - ours
    for drawn in root.iter(f"{SVG}text"):
        assert int(drawn.get("textLength") or 0) == text_width(drawn.text or "")
        assert int(drawn.get("x") or 0) + text_width(drawn.text or "") < int(root.get("width") or 0)


def test_every_colour_is_dark_enough_for_white_text() -> None:
    views = [
        page(),
        page(metadata("Requires-Python: >=3.11"), used(), 3),
        package_page(package(wheel("2.0a1")), None, SITE, UNUSED),
        package_page(package(wheel("1.0"), yanked(wheel("1.0"))), None, SITE, UNUSED),
    ]
    colours = {
        element.get("fill") or ""
        for view in views
        for body in badges(view).values()
        for element in ET.fromstring(body.decode()).iter()  # noqa: S314 - ours
        if element.tag in (f"{SVG}rect", f"{SVG}path")
    }
    assert len(colours) == 6
    assert all(1.05 / (luminance(colour) + 0.05) >= 4.5 for colour in colours)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
