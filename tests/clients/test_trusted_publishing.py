"""Publishers in a job exchange what the job is told about itself for a token, and publish."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from attrs import frozen

from infrastructure.github_double.answers import Answer, told
from tests.clients.clients import Outcome, run, write
from tests.clients.index import Index, create_token, serving
from tests.clients.tls import behind_tls
from tests.clients.tools import Tools
from tests.oidc import Served, issuing
from tests.wheels import make_wheel

pytestmark = pytest.mark.clients

REPOSITORY = {
    "id": 1296269,
    "full_name": "octocat/frob",
    "owner": {"login": "octocat", "id": 583231},
    "private": False,
    "fork": False,
    "archived": False,
    "default_branch": "main",
    "description": None,
    "language": "Python",
    "pushed_at": "2026-11-20T10:00:00Z",
}


@frozen
class Place:
    """An index behind TLS that believes these issuers, and a `uv publish` that trusts its certificate."""

    index: Index
    legacy: str
    token: str
    github: Served
    gitlab: Served
    uv: Path
    env: dict[str, str]

    def trust(self, **wanted: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.index.http.post(f"{self.index.url}/api/publishers", json=wanted, headers=headers)
        assert answer.status_code == 201, answer.text

    def publish(self, file: Path, **env: str) -> Outcome:
        command = [self.uv, "publish", "--trusted-publishing", "always", "--publish-url", self.legacy, file]
        return run(*command, env=self.env | env)


@pytest.fixture
def place(tmp_path: Path, tools: Tools, index_env: dict[str, str], clean_env: dict[str, str]) -> Iterator[Place]:
    with issuing() as github, issuing() as gitlab:
        github.fault = lambda path: _github(github, path)
        env = index_env | {
            "SLS_PYPI_GITHUB_API_URL": github.issuer.url,
            "SLS_PYPI_OIDC_GITHUB_ISSUER": github.issuer.url,
            "SLS_PYPI_OIDC_GITLAB_ISSUER": gitlab.issuer.url,
        }
        with serving(tmp_path / "home", env) as index:
            port = urlsplit(index.url).port
            assert port
            with behind_tls(port, tmp_path) as (url, certificate):
                trusting = {
                    name: value
                    for name, value in clean_env.items()
                    if not name.startswith(("GITHUB_", "ACTIONS_", "GITLAB_", "CI")) and "proxy" not in name.lower()
                } | {"SSL_CERT_FILE": str(certificate)}
                token = create_token(index.home, "alice", index_env)
                yield Place(index, f"{url}/legacy/", token, github, gitlab, tools.path("uv"), trusting)


def _github(served: Served, path: str) -> Answer | None:
    """What GitHub tells its jobs and everybody, beside its issuer."""
    if path.startswith("/job?"):
        return told({"value": served.issuer.token()})
    return told(REPOSITORY) if path == "/repos/octocat/frob" else None


def test_uv_publishes_from_a_workflow_of_github(place: Place, tmp_path: Path) -> None:
    job = {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{place.github.issuer.url}/job?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "a secret of the job",
    }
    (file,) = write(tmp_path, make_wheel("frob", "1.0"))
    refused = place.publish(file, **job)
    assert refused.status != 0
    assert "no trusted publisher matches" in " ".join(refused.text.split())

    place.trust(kind="github", package="frob", repository="octocat/frob", workflow="release.yml")
    outcome = place.publish(file, **job)

    assert outcome.status == 0, outcome.text
    assert place.index.filenames("frob") == {file.name}
    assert any("audience=sls-pypi" in path for path in place.github.asked)


def test_uv_publishes_from_a_pipeline_of_gitlab(place: Place, tmp_path: Path) -> None:
    place.trust(kind="gitlab", package="frob", repository="octocat/frob", workflow=".gitlab-ci.yml")
    (file,) = write(tmp_path, make_wheel("frob", "1.0"))
    job = {"GITLAB_CI": "true", "SLS_PYPI_ID_TOKEN": place.gitlab.issuer.gitlab_token()}

    outcome = place.publish(file, **job)
    again = place.publish(file, **job)

    assert outcome.status == 0, outcome.text
    assert place.index.filenames("frob") == {file.name}
    assert again.status != 0
    assert "exchanged before" in " ".join(again.text.split())
