"""The table of contents in front of a long description, and the tree behind it."""

import re
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.readme_child import rendered
from adapters.readme_tree import VOID, Element, parsed

MARKDOWN = "text/markdown"
RST = "text/x-rst"
PIECES = ["<b>", "</b>", "<p>", "x & y", "&lt;", "<br>", '<a href="https://a?b&amp;c>d" title="q &quot;">', "</a>", "<"]


def page(description: str, content_type: str = MARKDOWN) -> str:
    html = rendered(description, content_type)
    assert html is not None
    return html


def entries(html: str) -> list[tuple[str, str]]:
    """Where the table of contents leads, and in which words."""
    listed = html.partition("<nav")[2].partition("</nav>")[0]
    return re.findall(r'<a href="#([^"]+)">(.*?)</a>', listed)


class TestContents:
    def test_a_short_description_has_none(self) -> None:
        assert "<nav" not in page("# a\n\n## b\n\ntext")

    def test_leads_to_every_heading_of_the_two_upper_levels(self) -> None:
        html = page("# a\n\n## b\n\n### c\n\n# d\n\n## e")
        assert entries(html) == [("readme-a", "a"), ("readme-b", "b"), ("readme-d", "d"), ("readme-e", "e")]
        assert {target for target, _ in entries(html)} <= set(re.findall(r' id="([^"]+)"', html))
        assert re.sub(r"\n|<a.*?</a>", "", html[html.index("<ul>") : html.index("</details>")]) == (
            "<ul><li><ul><li></ul><li><ul><li></ul></ul>"
        )

    def test_the_title_of_everything_is_left_out(self) -> None:
        html = page("# Frob\n\n## b\n\n### c\n\n#### d\n\n## e")
        assert [words for _, words in entries(html)] == ["b", "c", "e"]

    def test_headings_without_an_id_get_one(self) -> None:
        html = page("<h1>a</h1>\n\n<h1>!</h1>\n\n<h1>?</h1>\n\n<p id=section-1>x</p>")
        assert entries(html) == [("readme-a", "a"), ("readme-section", "!"), ("readme-section-1", "?")]
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids)) == 3

    def test_sections_of_restructured_text_are_targets(self) -> None:
        html = page("a\n=\n\nx\n\nb\n=\n\nx\n\nc\n=\n\nx", RST)
        assert entries(html) == [("readme-a", "a"), ("readme-b", "b"), ("readme-c", "c")]
        assert {"readme-a", "readme-b", "readme-c"} <= set(re.findall(r' id="([^"]+)"', html))

    @pytest.mark.parametrize(
        ("description", "content_type"),
        [
            ("# Table of contents\n\n# a\n\n# b\n\n# c", MARKDOWN),
            (".. contents::\n\na\n=\n\nx\n\nb\n=\n\nx\n\nc\n=\n\nx", RST),
        ],
    )
    def test_a_description_with_its_own_keeps_that(self, description: str, content_type: str) -> None:
        assert "<nav" not in page(description, content_type)

    def test_words_are_words(self) -> None:
        html = page("# a `<b>` & *c*\n\n# [link](https://x.example)\n\n# <i>d</i>")
        assert [words for _, words in entries(html)] == ["a &lt;b&gt; &amp; c", "link", "d"]

    def test_a_long_one_is_folded(self) -> None:
        assert "<details open>" in page("# a\n\n" * 12)
        assert "<details>" in page("# a\n\n" * 13)


class Oracle(HTMLParser):
    """Builds the same tree with a parser for all of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("div", {})
        self._open = [self.root]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID | {"img", "input"}:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


class TestTree:
    @given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12))
    def test_whatever_the_sanitiser_writes_is_read_as_any_parser_does(self, pieces: list[str]) -> None:
        clean = nh3.clean("".join(pieces))
        assert parsed(clean) == Oracle(clean).root

    @pytest.mark.parametrize("html", ["a <b", "<b class=x>y</b>", "<!-- x -->", "<B>x</B>", "<b class='x'>y</b>", "<"])
    def test_what_no_sanitiser_writes_is_refused(self, html: str) -> None:
        with pytest.raises(ValueError, match="sanitiser"):
            parsed(html)
