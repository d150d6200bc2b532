"""Edge functions in the engines that are here, and the events that CloudFront gives them."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from infrastructure.edge_code import deployed
from tests.node import NodeProgram

Event = dict[str, Any]
Outcome = dict[str, Any]

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "infrastructure" / "edge"
VIEWER_REQUEST = FOLDER / "viewer_request.js"
VIEWER_RESPONSE = FOLDER / "viewer_response.js"
ACORN = ROOT / ".cache" / "node" / "node_modules" / "acorn"

NO_NODE = "node is not on the PATH: install it (apt install nodejs) to run the edge functions"
NO_NJS = "njs is not on the PATH: install it (apt install njs) to run the edge functions in CloudFront's engine"
NO_ACORN = "acorn is not there: `make edge` installs it and checks the syntax of the edge functions"

_HERE = Path(__file__).parent


class Node(NodeProgram):
    """One process for many events, which runs what is deployed of a function; use it as a context manager.

    Args:
        function: the source.
        folder: takes what is deployed.
    """

    def __init__(self, function: Path, folder: Path) -> None:
        script = folder / function.name
        script.write_text(deployed(function.read_text()))
        super().__init__(str(_HERE / "edge_in_node.js"), str(script))

    def run(self, events: Iterable[Event]) -> list[Outcome]:
        """What the function makes of each event."""
        return cast("list[Outcome]", self.answer(list(events)))


def run_in_njs(function: Path, events: Sequence[Event], folder: Path) -> list[Outcome]:
    """What is deployed of the function makes this of each event in njs; `folder` takes the files of the exchange."""
    script, given, returned = folder / "script.js", folder / "events.json", folder / "outcomes.json"
    script.write_text(deployed(function.read_text()) + (_HERE / "edge_in_njs.js").read_text())
    given.write_text(json.dumps(events))
    subprocess.run([found("njs"), str(script), str(given), str(returned)], check=True, timeout=60)
    return cast("list[Outcome]", json.loads(returned.read_text()))


def found(program: str) -> str:
    """The program's path."""
    path = shutil.which(program)
    assert path is not None, program
    return path


def request_event(  # noqa: D417 - the others are said by their names
    method: str,
    path: str,
    query: str = "",
    headers: Mapping[str, str | Sequence[str]] | None = None,
    *,
    raw: bool = True,
) -> Event:
    """A viewer request.

    Args:
        query: as sent.
        headers: several values of a header as a sequence.
        raw: whether the runtime also tells the query as it was sent.
    """
    fields: dict[str, list[str]] = {}
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        fields.setdefault(name, []).append(value)
    said = {name: [value] if isinstance(value, str) else list(value) for name, value in (headers or {}).items()}
    event: Event = {
        "version": "1.0",
        "context": {"eventType": "viewer-request"},
        "viewer": {"ip": "192.0.2.1"},
        "request": {
            "method": method,
            "uri": path,
            "querystring": _items(fields),
            "headers": _items(said),
            "cookies": {},
        },
    }
    if raw:
        event["rawQueryString"] = query
    return event


def response_event(headers: Mapping[str, Sequence[str]]) -> Event:
    """A viewer response with these headers."""
    event = request_event("GET", "/simple/demo/")
    return {**event, "response": {"statusCode": 200, "headers": _items(headers), "cookies": {}}}


def _items(fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Fields as events have them: a value, and all of them if there are several."""
    items: dict[str, Any] = {}
    for name, values in fields.items():
        items[name] = {"value": values[0]}
        if len(values) > 1:
            items[name]["multiValue"] = [{"value": value} for value in values]
    return items
