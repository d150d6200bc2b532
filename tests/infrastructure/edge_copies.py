"""The edge functions in the template are copies of their files: `python -m tests.infrastructure.edge_copies` renews them."""

import re
from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infrastructure" / "template.yaml"
FUNCTIONS = {"ViewerRequest": "viewer_request.js", "ViewerResponse": "viewer_response.js"}
"""Logical ids and the files whose copies they hold."""


def source(filename: str) -> str:
    """The text of an edge function."""
    return (ROOT / "infrastructure" / "edge" / filename).read_text()


def renewed(template: str) -> str:
    """The template with today's edge functions."""
    for logical_id, filename in FUNCTIONS.items():
        copy = indent(source(filename), " " * 8)
        place = re.compile(rf"(\n  {logical_id}:\n.*?\n      FunctionCode: \|\n)(?:(?: {{8}}[^\n]*)?\n)*?(?=\n  \w)", re.DOTALL)
        template = place.sub(lambda match, copy=copy: match[1] + copy, template, count=1)
    return template


if __name__ == "__main__":
    TEMPLATE.write_text(renewed(TEMPLATE.read_text()))
