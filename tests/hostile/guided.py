"""Hostile input found by what code it reaches: ``python -m tests.hostile.guided SURFACE [libFuzzer options]``.

It needs atheris, so an environment of its own: there is atheris for few versions of CPython only. A failure ends it and
leaves the input in a file ``crash-...``, which may be given to have it again.
"""

import logging
import os
import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # in its own environment

with atheris.instrument_imports(include=["adapters", "domain", "entrypoints"]):
    from tests.hostile.surfaces import IN_PROCESS


def main() -> None:
    """Attack one surface until the options say that it is enough."""
    name, *options = sys.argv[1:]
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="hostile-") as place:
        folder, inputs = Path(place), Path(place) / "inputs"
        inputs.mkdir()
        # Something to start from: what a generator makes of nothing is harmless.
        for number in range(64):
            (inputs / str(number)).write_bytes(os.urandom(256) if number else b"")

        def one_input(data: bytes) -> None:
            IN_PROCESS[name](data, folder)

        atheris.Setup(
            [sys.argv[0], "-max_len=1024", "-rss_limit_mb=2048", "-timeout=60", *options, str(inputs)], one_input
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
