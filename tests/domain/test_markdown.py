"""Text in Markdown, read by a parser."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from domain.views.markdown import block, code, link, plain

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
LINE = (
    st.text(st.sampled_from("ab1 \t\n`*_[]()<>#|~&$!\\-+=.:\"'\r\u2028\u00a0\x1b\u202e\ud800é"), max_size=30)
    | st.text()
)


def spans(markdown: str) -> list[Token]:
    """What is in the one paragraph that there is."""
    tokens = PARSER.parse(markdown)
    assert [token.type for token in tokens if token.type != "inline"] in (
        ["paragraph_open", "paragraph_close"],
        [],
    )
    return [span for token in tokens for span in token.children or ()]


def visible(text: str) -> str:
    return "".join(character for character in text if character.isprintable() and not character.isspace())


@given(LINE)
@example("1. one")
@example("- one")
@example("=====")
@example("    code")
@example("[link](https://x)")
@example("&lt;script&gt;")
def test_a_part_of_a_line_is_text_and_nothing_else(text: str) -> None:
    found = spans(plain(text))
    assert {span.type for span in found} <= {"text"}
    assert visible("".join(span.content for span in found)) == visible(text)


def test_versions_stay_as_they_are() -> None:
    assert [plain(text) for text in ("3.2", "2026.2.1", "1.", "1. one")] == ["3.2", "2026.2.1", "1\\.", "1\\. one"]


@given(LINE)
def test_an_item_of_a_list_is_no_other_block(text: str) -> None:
    tokens = PARSER.parse(f"- {plain('x' + text)}\n\n## Next\n")
    types = [token.type for token in tokens if token.type.endswith("_open")]
    assert types == ["bullet_list_open", "list_item_open", "paragraph_open", "heading_open"]


@given(LINE)
@example("``")
@example("`a`")
@example("a```b``c`")
def test_a_code_span_ends_where_the_text_does(text: str) -> None:
    found = spans(f"{code(text)} after")
    if visible(text):
        assert [span.type for span in found] == ["code_inline", "text"]
        assert visible(found[0].content) == visible(text)


@given(LINE | st.text(st.sampled_from("`~\n a#"), max_size=60))
@example("```\n# Heading\n```")
@example("~~~\n````")
def test_a_block_ends_where_the_text_does(text: str) -> None:
    tokens = PARSER.parse(f"before\n\n{block(text, 'text')}\n\n## Next\n")
    types = [token.type for token in tokens if not token.type.endswith("_close")]
    assert types == ["paragraph_open", "inline", "fence", "heading_open", "inline"]
    fence = next(token for token in tokens if token.type == "fence")
    assert visible(fence.content) == visible(text)


def test_lines_of_a_block_stay_lines_and_lose_controls() -> None:
    assert block("a\r\n  b\x1b[1m\u2028c\x00\n\n") == "```\na\n  b[1m\nc\n```"


@pytest.mark.parametrize("url", ["https://x.example/a_b?c=<d>&e=(f)", "https://x.example/)[x](y"])
def test_a_link_leads_where_it_says(url: str) -> None:
    found = spans(link("a [label](https://evil.example)", url))
    assert [span.type for span in found] == ["link_open", "text", "link_close"]
    assert found[1].content == "a [label](https://evil.example)"
    assert str(found[0].attrs["href"]).startswith("https://x.example/")
