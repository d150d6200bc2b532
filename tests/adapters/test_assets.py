"""Assets as they are served."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from adapters.assets import served

SOURCES = Path(__file__).parents[2] / "templates" / "assets"


def test_a_style_sheet_keeps_what_means_something() -> None:
    source = b"""/* About. */
a:hover, .b > c :focus {
  color: var(--ink);
  margin: calc(1rem + 2vw) 0;
  font: 1rem/1.5 "Segoe UI", sans-serif;
}

@media (max-width: 34rem) {
  p { margin: 0; }
}
"""
    assert served("style.css", source) == (
        b'a:hover,.b>c :focus{color:var(--ink);margin:calc(1rem + 2vw) 0;font:1rem/1.5 "Segoe UI",sans-serif}'
        b"@media (max-width:34rem){p{margin:0}}\n"
    )


def test_a_script_loses_indentation_and_lines_of_comment() -> None:
    source = (
        b"// About.\nfunction f(x) {\n  // Why.\n  /** What. */\n"
        b"  return 'https://x' + x; // as it is\n}\n\nf('a  b');\n"
    )
    assert served("search.js", source) == b"function f(x){return 'https://x' + x; // as it is\n}f('a  b');"


def test_a_script_loses_spaces_that_mean_nothing() -> None:
    source = (
        b"const f = (a, b) => {\n  return a + +b, 'c = (d, e) {' ;\n};\n"
        b"const g = `a, ${b ? `c, d` : e}`, h = [1, 2];\nconst i = /a, b { c/ ;\nconst j = `a, b`, k = { l }\n"
    )
    assert served("search.js", source) == (
        b"const f=(a,b)=>{return a + +b,'c = (d, e) {'};"
        b"const g = `a, ${b ? `c, d` : e}`, h = [1, 2],i = /a, b { c/ ;const j=`a, b`,k={l}\n"
    )


def test_a_script_loses_what_separates_from_nothing() -> None:
    source = (
        b"const f = [\n  1,\n  2,\n];\nconst g = (a) => { b(a); };\nh(\n  ';}',\n);\nasync (i) => { j({ k, }); };\n"
        b"if (l) {\n  m(n);\n}\n"
    )
    assert served("search.js", source) == (b"const f=[1,2];const g=a=>{b(a)};h(';}');async(i)=>{j({k})};if(l){m(n)}")


def test_constants_that_follow_each_other_are_one_statement() -> None:
    source = (
        b"const A = 1;\nconst [b, { c }] = d('; const (');\n// Why.\nconst e = f;\nexport const g = 2;\nconst h = 3;\n"
        b"const i = () => { j();\nconst k = 4; };\nlet l = 5;\nconst m = 6;\n"
    )
    assert served("search.js", source) == (
        b"const A=1,[b,{c}]=d('; const ('),e=f;export const g=2;const h=3,i=()=>{j();const k=4};let l=5;const m=6;"
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="node reads the scripts")
@pytest.mark.parametrize("name", sorted(source.name for source in SOURCES.glob("*.js")))
def test_our_scripts_are_still_scripts(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.mjs"
    file.write_bytes(served(name, (SOURCES / name).read_bytes()))
    subprocess.run([shutil.which("node") or "node", "--check", file], check=True)


def test_no_string_of_our_script_goes_over_lines() -> None:
    for source in SOURCES.glob("*.js"):
        for line in source.read_text().splitlines():
            assert line.count("`") % 2 == 0, line
            whole = line.strip().startswith("/*") and line.strip().endswith("*/")
            assert whole or "/*" not in line, line


def test_our_style_sheet_has_as_many_rules_as_before() -> None:
    for source in SOURCES.glob("*.css"):
        body = source.read_bytes()
        assert served(source.name, body).count(b"{") == re.sub(rb"/\*.*?\*/", b"", body, flags=re.DOTALL).count(b"{")


def test_pictures_are_served_as_they_are() -> None:
    for name in ("favicon.ico", "favicon.svg"):
        assert served(name, (SOURCES / name).read_bytes()) == (SOURCES / name).read_bytes()
