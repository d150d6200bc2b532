"""The sample index on loopback, what is found on it, and what a browser saw of it: once for all tests."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.running import Running
from tests.web.crawling import Page, crawl, kinds
from tests.web.tools import SHOTS, Tools, found


@pytest.fixture(scope="session")
def tools() -> Tools:
    return found()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the demo."""
    running = Running(tmp_path_factory.mktemp("web") / "demo", verb="demo")
    try:
        yield running.url
    finally:
        assert running.stop() == 0


@pytest.fixture(scope="session")
def pages(site: str) -> dict[str, Page]:
    return crawl(site)


@pytest.fixture(scope="session")
def seen(tools: Tools, site: str, pages: dict[str, Page]) -> dict[str, Any]:
    """What the browser saw of each kind of page, light and dark, wide and narrow, and without scripts."""
    shutil.rmtree(SHOTS, ignore_errors=True)
    SHOTS.mkdir(parents=True)
    return tools.browser({"origin": site, "pages": kinds(pages, site), "shots": str(SHOTS)})
