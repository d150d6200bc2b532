"""Lines to type can be copied where a browser lets pages do so."""

import pytest

from tests.web.tools import Tools

pytestmark = pytest.mark.browser


def test_a_button_copies_a_line_and_says_so(tools: Tools, site: str) -> None:
    steps = [
        {"go": "/project/mudflat/"},
        {"tell": ".command code"},
        {"reach": ".command button"},
        {"press": "Enter"},
        {"see": ["main > [role=status]", "^Copied the line for pip$"]},
        {"paste": None},
        {"click": ".more summary"},
        {"click": ".more .command:last-child button"},
        {"see": ["main > [role=status]", "^Copied the line for (?!pip)"]},
        {"look": "copied"},
    ]
    seen = tools.walk({"origin": site, "steps": steps, "permissions": ["clipboard-read", "clipboard-write"]})

    shown, copied = seen["told"]
    assert copied == shown
    assert (seen["errors"], seen["foreign"], seen["violations"]) == ([], [], [])
    assert [look["axe"] for look in seen["looks"]] == [[], [], [], []]
    assert [look["overflow"] for look in seen["looks"]] == [0, 0, 0, 0]
