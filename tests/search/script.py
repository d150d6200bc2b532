"""The script of the search box, run by node."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.node import NodeProgram

SCRIPT = Path(__file__).parents[2] / "templates" / "assets" / "search.js"
NO_NODE = "node is not on the PATH: install it (apt install nodejs) to run the script of the search box"
_HARNESS = Path(__file__).parent / "search_in_node.mjs"


class Answer(NamedTuple):
    """What was found, the best first, and the compressed sizes of what was read for it, by path."""

    found: Sequence[Mapping[str, Any]]
    read: Mapping[str, int]

    @property
    def names(self) -> list[str]:
        """The names found."""
        return [row["name"] for row in self.found]


class Script(NodeProgram):
    """One process for many texts; a context manager."""

    def __init__(self, folder: Path) -> None:
        """Start it over a folder of objects."""
        super().__init__(str(_HARNESS), str(SCRIPT), str(folder))

    def ask(self, texts: Iterable[str]) -> list[Answer]:
        """The answer to each text, as if nothing had been read before it."""
        return [Answer(each["found"], each["read"]) for each in self.answer(list(texts))]


def write_all(objects: Mapping[str, bytes], folder: Path) -> None:
    """Write objects as files."""
    for key, body in objects.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
