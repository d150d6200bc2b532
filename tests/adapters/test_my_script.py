"""What the script of the submitters' area works out without a page, run by node as it is served."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from adapters.assets import served

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not on the PATH: apt install nodejs")
_SCRIPT = Path(__file__).parents[2] / "templates" / "assets" / "my.js"
_HOUR = 3_600_000


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "my.mjs"
    path.write_bytes(served("my.js", _SCRIPT.read_bytes()))
    return path


def told(script: Path, expression: str) -> Any:
    """The value of an expression about the module `my`, by way of JSON."""
    code = f"import * as my from {json.dumps(script.as_uri())}; console.log(JSON.stringify({expression}) ?? 'null')"
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", code], capture_output=True, text=True, check=True, timeout=30
    )
    return json.loads(done.stdout)


def test_times_are_told_as_people_say_them(script: Path) -> None:
    spans = [0, 44_000, 60_000, 90 * 60_000, 24 * _HOUR, 40 * 24 * _HOUR, 800 * 24 * _HOUR, -2 * _HOUR]
    assert told(script, f"{spans}.map((span) => my.ago(0, span))") == [
        "just now", "just now", "1 minute ago", "2 hours ago", "yesterday", "last month", "2 years ago", "in 2 hours",
    ]  # fmt: skip


def test_sizes_are_told_in_decimal_units(script: Path) -> None:
    assert told(script, "[0, 999, 1000, 12345, 9.96e6, 3e9].map(my.sizeOf)") == [
        "0 B", "999 B", "1.0 kB", "12 kB", "10.0 MB", "3.0 GB",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "repository"),
    [
        ("alice/frob", "alice/frob"),
        (" https://github.com/alice/frob.git ", "alice/frob"),
        ("https://github.com/alice/frob/", "alice/frob"),
        ("github.com/alice/fr.ob", "alice/fr.ob"),
        ("https://github.com/alice/frob/tree/main/src", "alice/frob"),
        ("https://github.com/alice/frob?tab=readme-ov-file#install", "alice/frob"),
        ("http://127.0.0.1:8000/alice/frob", "alice/frob"),
        ("git@github.com:alice/frob.git", "alice/frob"),
        ("ssh://git@github.com/alice/frob.git", "alice/frob"),
        ("https://github.com/alice", None),
        ("frob", None),
        ("alice/frob/tree/main", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_a_copied_address_is_a_repository(script: Path, text: str, repository: str | None) -> None:
    assert told(script, f"my.repositoryOf({json.dumps(text)})") == repository


def test_rows_are_those_with_every_word(script: Path) -> None:
    rows = '["alice/Frob", "bob/frob", "alice/grue"]'
    assert told(script, f"my.matching({rows}, ' FROB al', (row) => row)") == ["alice/Frob"]
    assert told(script, f"my.matching({rows}, ' ', (row) => row).length") == 3


def test_a_page_is_always_one_that_exists(script: Path) -> None:
    pages = "[[1, 2, 3], -1], [[1, 2, 3], 1], [[1, 2, 3], 9], [[], 0]"
    assert told(script, f"[{pages}].map(([rows, page]) => my.pageOf(rows, page, 2))") == [
        {"page": 0, "last": 1, "rows": [1, 2]},
        {"page": 1, "last": 1, "rows": [3]},
        {"page": 1, "last": 1, "rows": [3]},
        {"page": 0, "last": 0, "rows": []},
    ]


def test_what_does_not_change_is_asked_for_less_often(script: Path) -> None:
    assert told(script, "[my.delayAfter(5000, true), my.delayAfter(1000, false), my.delayAfter(9999, false)]") == [
        1000, 1200, 10000,
    ]  # fmt: skip


def test_a_log_grows_or_is_another(script: Path) -> None:
    assert told(script, "[my.restOf('a', 'ab'), my.restOf('a', 'a'), my.restOf('a', 'b') ?? null]") == ["b", "", None]
