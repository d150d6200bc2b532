"""A real server with a GitHub double and somebody who is logged in, for whatever is sent to its API."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from attrs import frozen

from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import Repository
from tests.running import PATIENCE, Running, serving
from tests.wheels import make_wheel

WEBHOOK_SECRET = "It's a Secret to Everybody"  # noqa: S105 - that of GitHub's documentation
OWNER = "octocat"


@frozen
class Attacked:
    """The server; a browser's session with its CSRF value, and an upload token, both of the same person."""

    url: str
    session: str
    csrf: str
    token: str
    file: str

    def as_browser(self) -> dict[str, str]:
        return {"Cookie": f"sls_session={self.session}; csrf_token={self.csrf}", "X-CSRF-Token": self.csrf}

    def as_command_line(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@contextmanager
def attacked(home: Path) -> Iterator[Attacked]:
    """It has to stop cleanly in the end."""
    with github() as double:
        double.has(Repository(f"{OWNER}/frob"))
        settings = {
            "SLS_PYPI_GITHUB_URL": double.url,
            "SLS_PYPI_GITHUB_API_URL": double.url,
            "SLS_PYPI_GITHUB_CLIENT_ID": double.people.client_id,
            "SLS_PYPI_GITHUB_CLIENT_SECRET": double.people.client_secret,
            "SLS_PYPI_GITHUB_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
        with serving(home, **settings) as server, httpx2.Client(timeout=PATIENCE) as client:
            yield _logged_in(server, double, client)


def _logged_in(server: Running, double: GitHub, client: httpx2.Client) -> Attacked:
    double.people.callback = f"{server.url}/login/callback"
    started = client.get(f"{server.url}/login")
    agreed = client.get(started.headers["location"])
    assert client.get(agreed.headers["location"]).status_code == 303
    session, csrf = client.cookies["sls_session"], client.cookies["csrf_token"]
    made = client.post(f"{server.url}/api/tokens", json={"name": "fuzz"}, headers={"X-CSRF-Token": csrf})
    assert made.status_code == 201, made.text
    token = str(made.json()["token"])
    file = make_wheel("frob", "1.0")
    assert server.upload(token, file).status_code == 200
    return Attacked(server.url, session, csrf, token, file[0])
