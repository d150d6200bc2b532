"""One deployed index for all of the story, in an account where policies are enforced."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.clients import empty_venv, without_settings
from tests.emulator.environment import NoInterpreterError, edge_prepared
from tests.emulator.ministack import MiniStack, running
from tests.end_to_end.stack import Stack, deployed
from tests.end_to_end.transcript import FOLDER, Transcript

# In the order in which a community would live it.
STORY = (
    "test_bundle",
    "test_publishing",
    "test_reading",
    "test_following",
    "test_usage",
    "test_upstream",
    "test_submitting",
    "test_roles",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is not in the story comes after it."""
    place = {name: number for number, name in enumerate(STORY)}
    items.sort(key=lambda item: place.get(item.path.stem, len(STORY)))


@pytest.fixture(scope="session")
def transcript() -> Transcript:
    return Transcript(FOLDER / "transcript.txt")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory, transcript: Transcript) -> Iterator[MiniStack]:
    """The account."""
    transcript.write("# An AWS account in one process on this machine; policies are enforced.")
    try:
        edge_prepared()
        with running(tmp_path_factory.mktemp("cloud"), auth=True, output=FOLDER / "ministack.log") as emulator:
            yield emulator
    except NoInterpreterError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def stack(cloud: MiniStack, transcript: Transcript) -> Iterator[Stack]:
    """The index."""
    with deployed(cloud, transcript, "community") as index:
        yield index


@pytest.fixture(scope="session")
def alice(stack: Stack) -> str:
    """An upload token."""
    return stack.command("token", "create", "alice", "--stack", stack.name).out.strip()


@pytest.fixture(autouse=True)
def chapter(request: pytest.FixtureRequest, transcript: Transcript) -> None:
    """Each test is one, and its name the title."""
    title: str = request.node.name
    transcript.chapter(title.removeprefix("test_").replace("_", " "))


@pytest.fixture
def clean_env(tmp_path: Path) -> dict[str, str]:
    """What a client runs in that may know nothing but what the test tells it."""
    home = tmp_path / "user"
    home.mkdir()
    return without_settings(os.environ, home) | {"COLUMNS": "120"}


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """An empty virtual environment to install into."""
    return empty_venv(tmp_path / "venv")
