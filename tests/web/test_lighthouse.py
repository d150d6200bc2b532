"""Lighthouse: full marks in every category."""

from pathlib import Path

import pytest

from tests.web.tools import Tools

pytestmark = pytest.mark.browser

_RUNS = 5  # of which the best counts: others may use this machine's processors meanwhile, or the browser fails


@pytest.mark.parametrize("path", ["/", "/project/tidegauge/", "/my/"])
def test_lighthouse_gives_every_page_full_marks(tools: Tools, site: str, path: str, tmp_path: Path) -> None:
    best: dict[str, float] = {}
    for run in range(_RUNS):
        scores = tools.lighthouse(f"{site}{path}", tmp_path / f"{run}.json")
        best |= {name: max(score, best.get(name, 0)) for name, score in scores.items()}
        if set(best.values()) == {100}:
            break
    assert best == {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}
