"""The guide to trusted publishing says what is so."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.oidc_issuers import ISSUERS
from domain.identity_claims import Kind
from domain.publishers import AUDIENCE, MINTED_LASTS, Wanted, check_wanted
from entrypoints.http.oidc import CODES, DISCOVERY_PATH, MINT_PATH

GUIDE = (Path(__file__).parents[2] / "docs" / "trusted-publishing.md").read_text(encoding="utf-8")
UPLOADS = "https://pypi.example.org/legacy/"
GITHUB, UV, GITLAB = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def entered() -> dict[str, Any]:
    """What the guide has a submitter enter."""
    found = re.search(r"-d '(\{.*\})'", GUIDE)
    assert found
    body: dict[str, Any] = json.loads(found[1])
    return body


def test_what_is_entered_is_taken(entered: dict[str, Any]) -> None:
    fields = (entered[name] for name in ("package", "repository", "workflow", "environment"))
    assert check_wanted(Wanted(Kind(entered["kind"]), *fields)).package == "frob"


def test_the_workflow_on_github_is_the_one_that_was_entered(entered: dict[str, Any]) -> None:
    jobs = yaml.safe_load(GITHUB)["jobs"]
    publish = jobs["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert "id-token" not in jobs["build"]["permissions"]
    assert publish["environment"] == entered["environment"]
    assert f"`.github/workflows/{entered['workflow']}`" in GUIDE
    (step,) = (step for step in publish["steps"] if step["uses"].startswith("pypa/gh-action-pypi-publish@"))
    assert step["with"]["repository-url"] == UPLOADS
    (with_uv,) = yaml.safe_load(UV)
    assert with_uv["run"] == f"uv publish --trusted-publishing always --publish-url {UPLOADS}"


def test_the_pipeline_on_gitlab_asks_for_our_audience_where_clients_look(entered: dict[str, Any]) -> None:
    publish = yaml.safe_load(GITLAB)["publish"]
    variable = re.sub(r"[^A-Z0-9]", "_", AUDIENCE.upper()) + "_ID_TOKEN"
    assert publish["id_tokens"] == {variable: {"aud": AUDIENCE}}
    assert publish["environment"] == entered["environment"]
    assert publish["script"] == [f"uv publish --trusted-publishing always --publish-url {UPLOADS}"]


def test_its_words_are_those_of_the_index() -> None:
    for said in (*ISSUERS.values(), *CODES.values(), "invalid-payload", "not-enabled", MINT_PATH, DISCOVERY_PATH):
        assert said in GUIDE
    assert f"{MINTED_LASTS.seconds // 60} minutes" in GUIDE
