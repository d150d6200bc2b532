"""The edge functions in the template are copies of their files, without what CloudFront need not count.

`python -m tests.infrastructure.edge_copies` renews them.
"""

import re
from pathlib import Path
from textwrap import indent

from infrastructure.edge_code import deployed

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infrastructure" / "template.yaml"
FUNCTIONS = {"ViewerRequest": "viewer_request.js", "ViewerResponse": "viewer_response.js"}
"""Logical ids and the files whose copies they hold."""


def renewed(template: str) -> str:
    """The template with today's edge functions."""
    for logical_id, filename in FUNCTIONS.items():
        code = deployed((ROOT / "infrastructure" / "edge" / filename).read_text())
        start = re.search(rf"\n  {logical_id}:\n.*?\n      FunctionCode: \|\n", template, re.DOTALL)
        assert start is not None, f"the template has no {logical_id}"
        end = re.compile(r"^  \w", re.MULTILINE).search(template, start.end())
        assert end is not None, f"{logical_id} is the last of all resources"
        template = f"{template[: start.end()]}{indent(code, ' ' * 8)}\n{template[end.start() :]}"
    return template


if __name__ == "__main__":
    TEMPLATE.write_text(renewed(TEMPLATE.read_text()))
