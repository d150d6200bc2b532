"""Pages at the width of a telephone, whatever packages call themselves: nothing breaks words but the style sheet."""

import re
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest
from attrs import evolve

from adapters.pages import JinjaPages
from domain.listing import Entry, Listing
from domain.needs import Dependents, Need
from domain.owners import owner_of
from domain.site_settings import SiteSettings
from domain.usage import Usage
from domain.views.browse_page import browse_indexes, browse_page
from domain.views.owner_page import owner_page
from domain.views.package_page import package_page
from domain.views.release_page import release_page
from tests.domain.table_examples import overview_of, usage_of
from tests.domain.usage_examples import figures
from tests.domain.view_examples import AT, metadata, package, sdist, wheel, yanked

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt install chromium fonts-dejavu-core)"),
]

WIDTH = 360
PAGES = JinjaPages()
NAME, WORD, VERSION = "n" * 120, "w" * 300, f"1.0+{'v' * 90}"
SITE = SiteSettings(f"https://{'i' * 60}.example", name="s" * 60, header=WORD, footer=WORD)
LAST = "2026-11-25"
TOLD = metadata(
    f"Summary: {WORD}",
    f"Author: {WORD}",
    f"License: {WORD[:80]}",
    f"Requires-Python: >=3.{'1' * 60}",
    f"Keywords: {WORD}",
    f"Classifier: {WORD} :: {WORD}",
    f"Project-URL: {WORD}, https://example.org/{WORD}",
    f"Requires-Dist: {NAME}>=1.0",
    f'Requires-Dist: attrs; extra == "{NAME}"',
    body=f"{WORD}\n\n# {WORD}\n\n`{WORD}`\n",
)


def pages() -> dict[str, bytes]:
    """A page of each kind that says something of packages."""
    state = evolve(
        package(*(event for version in (VERSION, "1!2.0a1") for event in (wheel(version), sdist(version)))),
        name=NAME,
        spelling=NAME,
        status_reason=WORD,
    )
    used = Usage((figures(LAST, 9, versions={WORD: 5, VERSION: 4}, systems={WORD: 9}),), LAST)
    entry = Entry(NAME, 1, listed=True, spelling=NAME, owner=f"local:{NAME}", latest=VERSION, summary=WORD, updated=AT)
    listing = Listing(NAME, NAME, entry.owner, VERSION, WORD, "2026-11-24", 20, "yanked")
    needs = Dependents(2, (Need(NAME, NAME, NAME, "<1", NAME, f"os_name == '{WORD}'"),))
    bad = package(wheel(VERSION), yanked(wheel(VERSION), WORD))
    entries = [evolve(entry, name=f"{NAME}-{at}", standing="yanked" if at % 2 else "") for at in range(70)]
    return {
        "package": PAGES.package(package_page(state, TOLD, SITE, used, needs)),
        "yanked": PAGES.package(package_page(bad, TOLD, SITE, used, needs)),
        "release": PAGES.release(release_page(state, VERSION, TOLD, SITE)),
        "home": PAGES.home(overview_of(entries[:9]).home(usage_of({one.name: used for one in entries[:9]}), SITE)),
        "many": PAGES.home(overview_of(entries).home(usage_of({one.name: used for one in entries}), SITE)),
        "owner": PAGES.owner(owner_page(owner_of(entry.owner), [listing], SITE)),
        "browse": PAGES.browse(browse_page(NAME, [listing], SITE)),
        "index": next(iter(PAGES.browse_index(view) for view in browse_indexes([NAME], SITE).values())),
        "statistics": PAGES.statistics(
            overview_of(entries[:3]).statistics(usage_of({entries[0].name: used}), LAST, SITE)
        ),
        "search": PAGES.search(SITE).replace(b" hidden></div>", b">" + RESULT.encode() + b"</div>"),
    }


RESULT = (
    f'<a role="option"><b>{NAME}</b> <em>yanked</em> <code>{VERSION}</code> <span>{WORD}</span>'
    " <time>24 Nov 2026</time> <small>20+ downloads in 30 days</small></a>"
)


def with_styles(html: bytes) -> str:
    """The page with its style sheets inside."""
    assets = {f"/{key}": body.decode() for key, body in PAGES.assets().items() if key.endswith(".css")}
    text = re.sub(r"<script[^>]*></script>", "", html.decode())
    return re.sub(r'<link rel="stylesheet" href="([^"]*)">', lambda found: f"<style>{assets[found[1]]}</style>", text)


def test_nothing_is_wider_than_a_telephone(tmp_path: Path) -> None:
    frames = "".join(
        f'<iframe name="{kind}" width="{WIDTH}" height="800" srcdoc="{escape(with_styles(html))}"></iframe>'
        for kind, html in pages().items()
    )
    script = """onload = () => document.body.textContent = [...document.querySelectorAll('iframe')].map(
        (frame) => `${frame.name}=${frame.contentDocument.documentElement.scrollWidth};`).join('')"""
    page = tmp_path / "pages.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{frames}<script>{script}</script>")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    widths = {kind: int(width) for kind, width in re.findall(r"(\w+)=(\d+);", done.stdout)}
    assert widths.keys() == pages().keys()
    assert {kind: width for kind, width in widths.items() if width > WIDTH} == {}
