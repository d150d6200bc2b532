"""What makes pages: the functions have locked versions of it, the operator's machine has what pip found."""

import re
from importlib import metadata
from pathlib import Path

_LOCK = Path(__file__).with_name("functions.txt")
_LOCKED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)
_RENDERERS = ("comrak", "docutils", "jinja2", "nh3", "pygments", "readme-renderer")


def differing() -> list[str]:
    """Libraries that may render otherwise here, with both versions: ``pygments 2.22.0 (functions: 2.21.0)``."""
    locked = dict(_LOCKED.findall(_LOCK.read_text()))
    return [f"{name} {_here(name)} (functions: {locked[name]})" for name in _RENDERERS if _here(name) != locked[name]]


def _here(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"
