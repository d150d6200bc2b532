import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.readme import LONGEST, ReadmeRenderer, plain
from adapters.readme_child import rendered
from tests.running import ROOT

MARKDOWN = "text/markdown"
RST = "text/x-rst"
BASE = f"https://github.com/alice/frob/blob/{'c0' * 20}/"


@pytest.fixture(scope="module")
def renderer() -> Iterator[ReadmeRenderer]:
    renderer = ReadmeRenderer()
    yield renderer
    renderer.close()


def html(description: str, content_type: str | None = MARKDOWN) -> str:
    result = rendered(description, content_type)
    assert result is not None
    return result


class Tags(HTMLParser):
    """All start tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(page: str) -> None:
    for tag, attributes in Tags(page).found:
        assert tag not in {
            "script",
            "style",
            "iframe",
            "form",
            "input",
            "button",
            "img",
            "object",
            "svg",
            "base",
            "meta",
        }
        assert not {name for name in attributes if name.startswith("on") or name in {"style", "src", "srcset"}}
        assert (attributes.get("id") or "readme-").startswith("readme-")
        href = attributes.get("href")
        assert href is None or re.match(r"https?://|mailto:|#readme-", href)


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox)",
    "<a href='//evil.example'>x</a> <a href='/logout'>y</a> <a href='http:evil'>z</a>",
    "<p style='position:fixed;inset:0' onclick=alert(1)>x</p>",
    "<style>body{display:none}</style>",
    "<svg onload=alert(1)><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=https://evil.example></iframe><object data=x></object><embed src=x>",
    "<form action=/api/tokens method=post><input name=x><button>y</button></form>",
    "<base href=https://evil.example/><meta http-equiv=refresh content=0><link rel=stylesheet href=//e>",
    "<div id=install class=banner>x</div><a name=content id=content>y</a>",
    "![b](https://evil.example/b.svg)",
    "<picture><source srcset=https://evil.example/x><img src=https://evil.example/y></picture>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<details ontoggle=alert(1) open>x</details>",
    "`<script>`\n\n```html\n<script>alert(1)</script>\n```",
    "</main></body></html><h1>x",
    "<!--><script>alert(1)</script>-->",
]


class TestMarkdown:
    @pytest.mark.parametrize("description", HOSTILE)
    def test_nothing_active_and_nothing_from_elsewhere_survives(self, description: str) -> None:
        assert_harmless(html(f"x {description}"))
        assert_harmless(html(f"{description}\n\nx"))
        assert_harmless(rendered(f"{description}\n\nx", MARKDOWN, BASE) or "")

    @given(st.lists(st.sampled_from([*HOSTILE, "<b", ">", '"', "'", "<!--", "<p>", "</p>", "\n\n", "<td>", "`"])))
    def test_no_mixture_of_them_does_either(self, parts: list[str]) -> None:
        assert_harmless(rendered("".join(parts), MARKDOWN) or "")
        assert_harmless(rendered("".join(parts), MARKDOWN, BASE) or "")

    def test_images_become_their_words(self) -> None:
        assert html("[![Build](https://a/b.svg)](https://ci.example)") == (
            '<p><a href="https://ci.example" rel="nofollow noreferrer noopener">'
            '<span class="image">Build</span></a></p>\n'
        )

    def test_images_without_words_are_called_by_their_files_and_lead_to_them(self) -> None:
        assert html("![](https://a.example/dir/some%20shot.png?raw=true)") == (
            '<p><a href="https://a.example/dir/some%20shot.png?raw=true" rel="nofollow noreferrer noopener">'
            '<span class="image">some shot.png</span></a></p>\n'
        )
        assert html("![](docs/shot.png)") == '<p><span class="image">shot.png</span></p>\n'
        assert '<span class="image">a.example</span>' in html("![](https://a.example/)")

    def test_images_that_nobody_sees_are_left_out(self) -> None:
        assert html('<p>x<img src="https://a.example/count.png" width="1" height="1"></p>') == "<p>x</p>\n"

    def test_linked_images_without_words_say_where_they_lead(self) -> None:
        assert html("[![](https://a/b.svg)](https://ci.example/x)") == (
            '<p><a href="https://ci.example/x" rel="nofollow noreferrer noopener">'
            '<span class="image">ci.example</span></a></p>\n'
        )
        assert html("[![](https://a/b.svg) words](https://ci.example/x)") == (
            '<p><a href="https://ci.example/x" rel="nofollow noreferrer noopener"> words</a></p>\n'
        )

    def test_links_without_words_are_left_out(self) -> None:
        assert html("x [](https://ci.example)") == "<p>x </p>\n"

    def test_links_have_one_fragment(self) -> None:
        assert 'href="https://matrix.to/#/%23x:y"' in html("[chat](https://matrix.to/#/#x:y)")

    def test_links_into_the_repository_are_words_only(self) -> None:
        assert html("[manual](docs/manual.md)") == "<p>manual</p>\n"

    def test_headings_start_below_the_page_s_own_and_skip_no_level(self) -> None:
        page = html("### a\n# b\n#### c\n# d\n## e\n### f\n#### g\n##### h")
        assert re.findall(r"<(h\d)", page) == ["h3", "h3", "h4", "h3", "h4", "h5", "h6", "h6"]

    def test_headings_without_words_are_none(self) -> None:
        assert html("# ![](x)\n\ntext") == "\n<p>text</p>\n"

    def test_links_within_the_description_still_meet_their_target(self) -> None:
        page = html("# Some Usage\n[go](#some-usage)")
        assert '<h3 id="readme-some-usage">Some Usage</h3>' in page
        assert '<a href="#readme-some-usage">go</a>' in page

    @pytest.mark.parametrize("content_type", [MARKDOWN, "text/markdown; variant=CommonMark"])
    def test_headings_are_targets_by_their_words(self, content_type: str) -> None:
        page = html("# A `b` & C!\n## x\n## x\n## Ünï\n\n[1](#a-b--c) [2](#x-1) [3](#%C3%BCn%C3%AF)", content_type)
        ids = re.findall(r' id="([^"]+)"', page)
        assert ids == ["readme-a-b--c", "readme-x", "readme-x-1", "readme-ünï"]
        assert re.findall(r'href="#(readme[^"]+)">\d', page) == [ids[0], ids[2], ids[3]]

    def test_names_of_old_are_targets(self) -> None:
        page = html('<a name="usage"></a>\n\n[go](#usage)')
        assert page == '<p><span id="readme-usage"></span></p>\n<p><a href="#readme-usage">go</a></p>\n'

    @pytest.mark.parametrize(
        ("written", "leads"),
        [
            ("docs/use.md", "docs/use.md"),
            ("./docs/use.md#part", "docs/use.md#part"),
            ("/LICENSE", "LICENSE"),
            ("docs/../a%20b.md?plain=1", "a%20b.md?plain=1"),
            ("docs/", "docs/"),
        ],
    )
    def test_relative_links_lead_to_the_files_it_was_built_from(self, written: str, leads: str) -> None:
        page = rendered(f"[docs]({written})", MARKDOWN, BASE)
        assert page == f'<p><a href="{BASE}{leads}" rel="nofollow noreferrer noopener">docs</a></p>\n'
        assert html(f"[docs]({written})") == "<p>docs</p>\n"

    @pytest.mark.parametrize(
        "written",
        ["../x", "docs/../../x", "//evil.example/x", "/javascript:x", "?x", "./", "ftp://x/y", "a:b"],
    )
    def test_relative_links_lead_to_nothing_else(self, written: str) -> None:
        assert "<a " not in (rendered(f"[docs]({written})", MARKDOWN, BASE) or "")

    def test_browsers_take_a_backslash_for_a_slash(self) -> None:
        assert rendered(r"<a href='..\x'>docs</a>", MARKDOWN, BASE) == "<p>docs</p>\n"

    @pytest.mark.parametrize("written", ["/&#9;//[x", "/&#10;//evil.example/x", "&#9;//[x", "/&#13;/\t/[x]:y"])
    def test_what_browsers_leave_out_of_an_address_leads_nowhere_else(self, written: str) -> None:
        page = rendered(f"<a href='{written}'>docs</a> *x*", MARKDOWN, BASE)
        assert page is not None
        assert "evil" not in page or f'href="{BASE}evil.example/x"' in page
        assert "<em>x</em>" in page

    def test_pictures_beside_the_description_are_links_to_them(self) -> None:
        page = rendered("![](docs/screen.png)", MARKDOWN, BASE)
        assert page is not None
        assert f'<a href="{BASE}docs/screen.png"' in page
        assert "screen.png</span></a>" in page

    def test_in_restructuredtext_links_are_relative_as_well(self) -> None:
        assert f'href="{BASE}docs/use.rst"' in (rendered("`docs <docs/use.rst>`_", RST, BASE) or "")

    def test_links_within_the_description_that_lead_nowhere_are_words(self) -> None:
        assert html("[gone](#gone) [x](#) <p id=a>y</p>\n\n[a](#a)").count("<a ") == 1

    def test_an_id_is_given_once(self) -> None:
        assert html("<p id=a>x</p><p id=a>y</p>").count('id="readme-a"') == 1

    def test_code_is_highlighted_and_scrolls_by_keyboard(self) -> None:
        page = html("```python\nimport x\n```")
        assert page.startswith('<pre tabindex="0"><span class="kn">import</span>')

    def test_tables_scroll_by_themselves(self) -> None:
        assert '<div class="scroll" tabindex="0"><table>' in html("|a|\n|-|\n|b|")

    def test_task_lists_are_signs(self) -> None:
        page = html("- [x] done\n- [ ] open")
        assert "☑ done" in page
        assert "☐ open" in page

    def test_classes_that_imitate_the_page_are_dropped(self) -> None:
        assert "class" not in html('<p class="banner">x</p><span class="yanked k">y</span>')

    def test_commonmark_is_taken_at_its_word(self) -> None:
        assert "<table>" not in (rendered("|a|\n|-|\n|b|", "text/markdown; variant=CommonMark") or "")


class TestRestructuredText:
    def test_is_rendered(self) -> None:
        page = html("Title\n=====\n\n``code`` and `a link <https://a.example>`_", RST)
        assert "<h3>Title</h3>" in page
        assert "<code>code</code>" in page
        assert '<a href="https://a.example" rel="nofollow noreferrer noopener">a link</a>' in page

    def test_its_table_of_contents_leads_nowhere_else(self) -> None:
        page = html(".. contents:: Table\n\na\n=\n\nx\n\nb\n=\n\nx\n", RST)
        assert "readme-top" not in page
        assert set(re.findall(r'href="#([^"]+)"', page)) == {"readme-a", "readme-b"}

    def test_images_without_words_are_called_by_their_files(self) -> None:
        page = html(".. image:: https://a.example/dir/shot.png\n", RST)
        assert '<a href="https://a.example/dir/shot.png"' in page
        assert '<span class="image">shot.png</span>' in page

    def test_is_what_a_description_of_no_type_is(self) -> None:
        assert rendered("*x*", None) == rendered("*x*", RST)

    @pytest.mark.parametrize(
        "description",
        [
            ".. raw:: html\n\n   <script>alert(1)</script>\n",
            ".. include:: /etc/passwd\n",
            ".. include:: /etc/passwd\n   :literal:\n",
            ".. literalinclude:: /etc/passwd\n",
            ".. csv-table::\n   :file: /etc/passwd\n",
            ".. code::\n   :file: /etc/passwd\n",
            ".. role:: raw-html(raw)\n   :format: html\n\n:raw-html:`<script>alert(1)</script>`\n",
            ".. figure:: /etc/passwd\n\n   x\n",
            ".. image:: https://evil.example/x.png\n   :alt: words\n",
            ".. _a: javascript:alert(1)\n\na_\n",
            ".. container:: banner\n\n   x\n",
            ".. meta::\n   :http-equiv=refresh: 0\n\nx\n",
            ".. |a| replace:: |b|\n.. |b| replace:: |a|\n\n|a|\n",
        ],
    )
    def test_reads_no_file_and_passes_nothing_raw_on(self, description: str) -> None:
        page = rendered(description + "\n\nthe end", RST) or plain(description)
        assert_harmless(page)
        assert "root:" not in page

    def test_with_a_mistake_it_is_not_rendered(self) -> None:
        assert rendered("an *unfinished thought", RST) is None


class TestPlainText:
    @pytest.mark.parametrize("content_type", ["text/plain", "text/plain; charset=UTF-8", "text/html", "nonsense"])
    def test_every_other_type_is(self, content_type: str) -> None:
        assert rendered("<b>x</b>", content_type) is None

    def test_is_escaped(self) -> None:
        assert plain("<b>&") == '<pre class="plain" tabindex="0">&lt;b&gt;&amp;</pre>\n'

    @pytest.mark.parametrize(
        "description",
        ["<div>\n" * 200, "- x\n".join("  " * depth for depth in range(200)), "> " * 200 + "x"],
    )
    def test_is_what_becomes_of_deep_nesting(self, description: str) -> None:
        with pytest.raises(ValueError, match="nesting"):
            rendered(description, MARKDOWN)

    def test_is_what_becomes_of_a_description_that_swells(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("adapters.readme_child.LARGEST", 10_000)
        notes = 100
        swelling = "".join(f"[^{i}]" for i in range(notes)) + "".join(f"\n\n[^{i}]: x" for i in range(notes))
        assert rendered(swelling, MARKDOWN) is None


class TestChildProcess:
    def test_renders_like_ourselves(self, renderer: ReadmeRenderer) -> None:
        assert renderer.render("# x", MARKDOWN) == html("# x")
        for base in (BASE, None, "https://github.com/bob/frob/blob/main/"):
            assert renderer.render("[x](y)", MARKDOWN, base) == rendered("[x](y)", MARKDOWN, base)

    def test_what_cannot_be_rendered_is_plain_text(self, renderer: ReadmeRenderer) -> None:
        assert renderer.render("an *unfinished thought", None) == plain("an *unfinished thought")
        assert renderer.render("<div>\n" * 200, MARKDOWN) == plain("<div>\n" * 200)

    def test_very_long_text_is_not_even_tried_and_is_cut(self, renderer: ReadmeRenderer) -> None:
        assert renderer.render("x" * (LONGEST + 1), MARKDOWN) == plain("x" * LONGEST + "\n…")

    def test_controls_and_half_characters_are_left_out(self, renderer: ReadmeRenderer) -> None:
        assert renderer.render("a\x00\x1b[31m\r\nb \udc80", MARKDOWN) == "<p>a[31m\nb ?</p>\n"

    def test_what_takes_too_long_is_plain_text_and_the_next_one_is_rendered(self) -> None:
        renderer = ReadmeRenderer(seconds=1)
        assert renderer.render("<!--" * 200_000, MARKDOWN) == plain("<!--" * 200_000)
        renderer = ReadmeRenderer()
        assert renderer.render("*x*", MARKDOWN) == "<p><em>x</em></p>\n"
        renderer.close()

    def test_a_child_that_died_is_replaced(self, renderer: ReadmeRenderer) -> None:
        assert renderer.render("*a*", MARKDOWN) == "<p><em>a</em></p>\n"
        assert renderer._child
        renderer._child.kill()
        assert renderer.render("*b*", MARKDOWN) == "<p><em>b</em></p>\n"

    def test_without_questions_it_ends_and_nothing_of_it_stays(self) -> None:
        renderer = ReadmeRenderer(idle_seconds=0)
        before = set(threading.enumerate())
        renderer._running_child()
        for thread in set(threading.enumerate()) - before:
            thread.join(60)
        assert renderer._child
        assert renderer._child.returncode == 0
        assert not Path(f"/proc/{renderer._child.pid}").exists()
        renderer.close()

    def test_a_question_that_comes_while_it_ends_is_answered(self) -> None:
        renderer = ReadmeRenderer()
        ends_unread = "import select; select.select([0], [], [])"
        renderer._owner = os.getpid()
        renderer._child = subprocess.Popen(
            [sys.executable, "-c", ends_unread], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        assert renderer.render("*d*", MARKDOWN) == "<p><em>d</em></p>\n"
        renderer.close()

    def test_as_long_as_there_is_no_child_everything_is_plain_text(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, renderer: ReadmeRenderer
    ) -> None:
        renderer.close()
        monkeypatch.setattr("sys.executable", str(tmp_path / "nothing"))
        assert renderer.render("*c*", MARKDOWN) == plain("*c*")
        monkeypatch.undo()
        assert renderer.render("*c*", MARKDOWN) == "<p><em>c</em></p>\n"

    def test_serves_several_threads(self, renderer: ReadmeRenderer) -> None:
        results: dict[int, str] = {}

        def render(number: int) -> None:
            results[number] = renderer.render(f"*{number}*", MARKDOWN)

        threads = [threading.Thread(target=render, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == {number: f"<p><em>{number}</em></p>\n" for number in range(8)}

    def test_the_index_s_secrets_are_not_in_its_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SLS_PYPI_GITHUB_CLIENT_SECRET", "hush")
        renderer = ReadmeRenderer()
        renderer.render("x", MARKDOWN)
        assert renderer._child
        assert b"hush" not in Path(f"/proc/{renderer._child.pid}/environ").read_bytes()
        renderer.close()

    def test_memory_of_what_was_rendered_is_bounded(
        self, monkeypatch: pytest.MonkeyPatch, renderer: ReadmeRenderer
    ) -> None:
        monkeypatch.setattr("adapters.readme._REMEMBERED", 100)
        for number in range(50):
            renderer.render(f"number {number}", MARKDOWN)
        assert sum(map(len, renderer._cache.values())) <= 100

    def test_docutils_is_loaded_for_restructuredtext_only(self) -> None:
        asked = "import sys; from adapters.readme_child import rendered; rendered(sys.argv[1], sys.argv[2])"
        program = f"{asked}; print('docutils' in sys.modules)"
        for content_type, loaded in ((MARKDOWN, "False"), ("text/x-rst", "True")):
            argv = [sys.executable, "-c", program, "*spam*", content_type]
            said = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
            assert said.stdout.strip() == loaded
