"""Style sheet and script as they are served: without what only those need who read the source."""

import re
from collections.abc import Callable, Mapping

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LINE_OF_COMMENT = re.compile(r"//.*|/\*.*\*/")
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,]) ?")


def served(name: str, source: bytes) -> bytes:
    """The asset of this filename, made smaller if it is of a kind that can be."""
    compact = _COMPACT.get(name.rpartition(".")[2])
    return compact(source.decode()).encode() if compact else source


def _css(text: str) -> str:
    """Space is kept where it means something: between selectors, and within values."""
    line = _AROUND.sub(r"\1", _SPACE.sub(" ", _COMMENT.sub("", text)))
    return line.replace(": ", ":").replace(";}", "}").strip() + "\n"


def _script(text: str) -> str:
    """Without indentation and lines that are one comment. The rest may be within a string, and stays."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not _LINE_OF_COMMENT.fullmatch(line)) + "\n"


_COMPACT: Mapping[str, Callable[[str], str]] = {"css": _css, "js": _script}
