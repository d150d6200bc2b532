"""The wheel's only top-level name: puts its own folder first on the path, where the flat packages lie."""

import sys
from pathlib import Path


def main() -> None:
    """The `sls-pypi` command."""
    # First, so that no other distribution's `domain` or `entrypoints` is found instead.
    sys.path.insert(0, str(Path(__file__).parent))
    from entrypoints.local.__main__ import main as command  # noqa: PLC0415 - needs the path above

    command()
