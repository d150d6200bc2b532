"""An index of 300 packages: its home page is light, and nothing is far away."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import httpx2
import pytest

from tests.running import serving
from tests.web.crawling import read
from tests.web.many import make, names
from tests.web.test_pages import MOST_BYTES
from tests.web.tools import Tools

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("many") / "home"
    make(home)
    with serving(home) as server:
        yield server.url


def test_home_with_its_style_and_script_is_light(large: str) -> None:
    page = httpx2.get(f"{large}/").text
    parts = re.findall(r'<link rel="stylesheet" href="([^"]+)"|<script[^>]+src="([^"]+)"', page)
    sizes = [len(httpx2.get(urljoin(large, style or script)).content) for style, script in parts]
    assert sizes
    assert len(page.encode()) + sum(sizes) <= MOST_BYTES


def test_every_package_is_within_two_clicks_of_home(large: str) -> None:
    with httpx2.Client(timeout=60) as client:
        near = {urljoin(large, link) for link in read(client, f"{large}/").links}
        further = {
            urljoin(url, link)
            for url in near
            if url.startswith(f"{large}/browse/")
            for link in read(client, url.partition("#")[0]).links
        }
    assert {f"{large}/project/{name}/" for name in names()} <= near | further


def test_all_that_is_found_has_a_page_and_the_box_the_best_ten(tools: Tools, large: str) -> None:
    job = {"origin": large, "url": f"{large}/search/", "steps": [{"press": "/"}, {"type": "tidy", "status": r"\d"}]}
    state = tools.browser(job)["states"][-1]
    assert state["status"] == "15 packages"
    assert len(state["names"]) == 15

    state = tools.browser({**job, "url": f"{large}/browse/"})["states"][-1]
    assert state["status"] == "The best 10 packages, Enter shows more"
    assert len(state["names"]) == 10
