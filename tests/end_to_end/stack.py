"""An index that the real command deployed to the emulator."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from attrs import field, frozen

from tests.clients.clients import CACHE, Outcome, python_of, without_settings
from tests.clients.index import Index, index_command
from tests.clients.tools import Tools
from tests.emulator.environment import CACHE as EMULATOR
from tests.emulator.ministack import MiniStack
from tests.end_to_end.transcript import FOLDER, Transcript

ARCHITECTURE = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine().lower()]


def operator_environment(cloud: MiniStack) -> dict[str, str]:
    """What an operator's shell knows: this machine's settings for pip, and credentials of the emulated account.

    The runtime's Python is on its path, as the functions' package then holds compiled modules.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SLS_PYPI_", "VIRTUAL_ENV"))}
    own = {
        "PATH": os.pathsep.join([str(EMULATOR / "bin"), os.environ["PATH"]]),
        "XDG_CACHE_HOME": str(FOLDER / "cache"),
        # Nobody answers there, and nobody outside of this machine is asked.
        "SLS_PYPI_GITHUB_API_URL": "http://127.0.0.1:9",
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    return kept | cloud.environment | own


@frozen
class Stack:
    """A deployed index.

    Attributes:
        name: of the stack.
        index: the distribution, over plain HTTP.
        outputs: what `deploy` printed.
    """

    name: str
    cloud: MiniStack
    transcript: Transcript
    index: Index
    outputs: dict[str, str]
    _tools: Tools = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """What the operator's commands run in."""
        return operator_environment(self.cloud)

    @property
    def http(self) -> httpx2.Client:
        """A client that follows nothing; requests are in the transcript."""
        return self.index.http

    def command(self, *words: object, status: int | None = 0, **more: str) -> Outcome:
        """Run `sls-pypi ...` as its operator, or as somebody with other variables in addition."""
        shown = f"sls-pypi {' '.join(str(word) for word in words)}"
        return self.transcript.run(
            *index_command(*words), env=self.environment | more, shown=self.readable(shown), status=status
        )

    def readable(self, shown: str) -> str:
        """A command line as people would type it."""
        return shown.replace(str(FOLDER), ".")

    def client(self, service: str, **credentials: str) -> Any:
        """An AWS client of the account."""
        return self.cloud.client(service, **credentials)

    def function(self, name: str) -> dict[str, Any]:
        """The configuration of one of its functions."""
        found: dict[str, Any] = self.client("lambda").get_function_configuration(FunctionName=f"{self.name}-{name}")
        return found

    def bucket(self, kind: str) -> str:
        """The name of one of its buckets."""
        account = self.client("sts").get_caller_identity()["Account"]
        return f"{self.name}-{kind}-{account}"

    def quiet(self, path: str, **headers: str) -> httpx2.Response:
        """GET what is asked for again and again, and not in the transcript."""
        return httpx2.get(self.index.url + path, headers=headers, trust_env=False, timeout=60)

    def tool(self, tool: str, *words: object, env: dict[str, str], status: int | None = 0) -> Outcome:
        """Run a client."""
        shown = f"{tool} {' '.join(str(word) for word in words)}"
        return self.transcript.run(self._tools.path(tool), *words, env=env, shown=shown, status=status)

    def pip(self, venv: Path, *words: object, env: dict[str, str], status: int | None = 0) -> Outcome:
        """Run pip for a virtual environment."""
        return self.tool("pip", "--python", python_of(venv), *words, env=env, status=status)

    def twine(self, token: str, *files: Path, url: str | None = None, status: int | None = 0) -> Outcome:
        """Upload with twine, which shows the answer if it is expected to fail."""
        return self.tool(
            "twine",
            *("upload", "--non-interactive", "--disable-progress-bar", *(["--verbose"] if status else [])),
            *("--repository-url", url or self.index.legacy, "--username", "__token__", "--password", token),
            *files,
            env=without_settings(os.environ, FOLDER),
            status=status,
        )


def deploy(
    cloud: MiniStack,
    transcript: Transcript,
    *words: object,
    status: int | None = 0,
    more: Mapping[str, str] | None = None,
) -> Outcome:
    """Run `sls-pypi deploy ...` as the operator of an account, with other variables in addition."""
    command = ("deploy", *words, "--architecture", ARCHITECTURE)
    shown = f"sls-pypi {' '.join(map(str, command))}"
    environment = operator_environment(cloud) | dict(more or {})
    return transcript.run(*index_command(*command), env=environment, shown=shown, status=status)


def outputs_in(said: str) -> dict[str, str]:
    """The lines `Name value` that `deploy` prints."""
    lines = [line.split() for line in said.splitlines()]
    return {words[0]: words[1] for words in lines if len(words) == 2 and words[0].isidentifier()}


@contextmanager
def deployed(
    cloud: MiniStack, transcript: Transcript, name: str, options: Sequence[object] = (), **more: str
) -> Iterator[Stack]:
    """A new stack, reachable over plain HTTP."""
    said = deploy(cloud, transcript, "--stack", name, *options, more=more)
    outputs = outputs_in(said.out)
    domain = outputs["SiteUrl"].removeprefix("https://").rstrip("/")
    hooks = {"response": [transcript.answered]}
    with (
        cloud.in_front_of(domain) as url,
        httpx2.Client(trust_env=False, timeout=60, event_hooks=hooks) as http,
    ):
        transcript.write(f"# {outputs['SiteUrl']} is at {url} on this machine")
        yield Stack(name, cloud, transcript, Index(url, FOLDER, http), outputs, Tools(CACHE / "tools"))
