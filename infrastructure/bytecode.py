"""Compiled modules for the functions' package.

Lambda's folder cannot be written, so without them every cold start compiles whatever it imports, which takes longer
than running it. Only the runtime's own Python makes what the runtime reads; without one, functions start slower.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_WHERE_IT_RUNS = "/var/task"
# Unchecked, as nothing in the package changes and times of files say nothing there. What does not compile stays source.
_COMPILE = """
import json, py_compile, sys
unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
for source, target, shown in json.load(sys.stdin):
    try:
        py_compile.compile(source, target, shown, doraise=True, invalidation_mode=unchecked)
    except py_compile.PyCompileError:
        pass
"""


def interpreter(version: str) -> str | None:
    """A CPython of this version, such as ``3.13``, on this machine; None if there is none."""
    tag = f"cpython-{version.replace('.', '')}"
    if sys.implementation.cache_tag == tag:
        return sys.executable
    found = shutil.which(f"python{version}")
    return found if found and _tag_of(found) == tag else None


def compiled(sources: Mapping[str, Path], python: str, cache: Path) -> dict[str, Path]:
    """The compiled modules by their names in the package, for each ``.py`` among the sources that compiles.

    Each source is compiled once: equal sources give the very same bytes, which compiling again would not promise.
    """
    tag = _tag_of(python)
    found: dict[str, Path] = {}
    missing: list[tuple[str, str, str]] = []
    cache.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        folder, _, filename = name.rpartition("/")
        if not filename.endswith(".py"):
            continue
        digest = hashlib.sha256(f"{tag}\n{name}\n".encode() + source.read_bytes()).hexdigest()
        target = cache / f"{digest}.pyc"
        stem = f"__pycache__/{filename.removesuffix('.py')}.{tag}.pyc"
        found[f"{folder}/{stem}" if folder else stem] = target
        if not target.is_file():
            missing.append((str(source), str(target), f"{_WHERE_IT_RUNS}/{name}"))
    if missing:
        subprocess.run([python, "-c", _COMPILE], input=json.dumps(missing), text=True, check=False, capture_output=True)  # noqa: S603
    return {name: path for name, path in found.items() if path.is_file()}


def _tag_of(python: str) -> str:
    program = "import sys; print(sys.implementation.cache_tag)"
    told = subprocess.run([python, "-c", program], text=True, check=False, capture_output=True)  # noqa: S603
    return told.stdout.strip()
