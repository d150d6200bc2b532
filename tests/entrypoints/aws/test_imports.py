"""What each function imports before its first event: that is its cold start, and it is counted, not timed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = {"boto3", "duckdb", "jinja2", "nh3", "readme_renderer", "docutils", "moto", "sqlite3", "stdlib_list"}
# Modules that a function may import itself, with everything below them. A little room for new releases of libraries.
BUDGET = {"relay": 350, "messages": 340, "objects": 350, "nightly": 290, "api": 455, "dispatch": 30, "build": 420}
WITHOUT = {
    "relay": {"domain.usecases.site", "mangum"},
    "messages": {"domain.usecases.publishing", "mangum"},
    "objects": {"domain.usecases.publishing", "mangum"},
    "nightly": {"domain.usecases.publishing", "mangum"},
    "api": {"aws_lambda_powertools"},
    "dispatch": {"aws_lambda_powertools", "domain"},
    "build": {"aws_lambda_powertools", "botocore", "infrastructure", "domain.usecases"},
}

# Tools of tests are not in the bundle, and libraries look whether they are there.
HIDING = """
import json, sys
class Hiding:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"werkzeug", "flask", "yaml", "pydantic", "pydantic_settings", "fast_depends"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Hiding())
"""


def imported(function: str) -> set[str]:
    program = HIDING + (
        f"before = set(sys.modules); import entrypoints.aws.{function};"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT, env={"PATH": "/usr/bin"}
    )
    return set(json.loads(told.stdout))


@pytest.mark.parametrize("function", BUDGET)
def test_a_function_imports_nothing_that_its_trigger_does_not_need(function: str) -> None:
    modules = imported(function)
    assert not {name.partition(".")[0] for name in modules} & HEAVY
    assert "botocore.session" not in modules
    assert not modules & WITHOUT[function]


@pytest.mark.parametrize("function", BUDGET)
def test_a_function_stays_within_its_budget_of_modules(function: str) -> None:
    assert len(imported(function)) <= BUDGET[function]
