"""Style sheet and script as they are served: without what only those need who read the source."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LINE_OF_COMMENT = re.compile(r"//.*|/\*.*\*/")
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,]) ?")
_TEXT_OR_NOT = re.compile(r"""('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`)""")
_AS_ONE_TEXT = 2
# Not around plus and minus, two of which in a row are something else.
_AROUND_SIGNS = re.compile(r" ?([][(){},;:=<>?&|*!]) ?")

_LAST = re.compile(r"[,;](?=})")
_ONE_PARAMETER = re.compile(r"(?<![\w$])\((\w+)\)(?==>)")
_ENDS = ")]}"
_CONSTANT = "const "
_BEFORE_END = re.compile(r"^((?:(?!//).)*)\n(?=})", re.MULTILINE)


def served(name: str, source: bytes) -> bytes:
    """The asset of this filename, made smaller if it is of a kind that can be."""
    compact = _COMPACT.get(name.rpartition(".")[2])
    return compact(source.decode()).encode() if compact else source


def _css(text: str) -> str:
    """Space is kept where it means something: between selectors, and within values."""
    line = _AROUND.sub(r"\1", _SPACE.sub(" ", _COMMENT.sub("", text)))
    return line.replace(": ", ":").replace(" > ", ">").replace(";}", "}").strip() + "\n"


def _script(text: str) -> str:
    """Without indentation, lines that are one comment, and needless spaces. No text goes over several lines."""
    lines = [line for each in text.splitlines() if (line := each.strip()) and not _LINE_OF_COMMENT.fullmatch(line)]
    whole: list[str] = []
    for before, line in pairwise(["", *lines]):
        # What separates from the next is not needed where none comes.
        if whole and line[0] in _ENDS and whole[-1].endswith("," if line[0] in ")]" else (",", ";")):
            whole[-1] = whole[-1][:-1]
        # Constants that follow each other are one statement.
        if line.startswith(_CONSTANT) and _is_constant(before):
            whole[-1] = whole[-1][:-1] + ","
            whole.append(_line(line.removeprefix(_CONSTANT)))
        else:
            whole.append(_line(line))
    return _BEFORE_END.sub(r"\1", "".join(whole))


def _is_constant(line: str) -> bool:
    """Whether the line is one whole statement of that kind, and for certain."""
    code = "".join(_TEXT_OR_NOT.split(line)[::2])
    is_whole = all(code.count(begin) == code.count(end) for begin, end in ("()", "[]", "{}"))
    return line.startswith(_CONSTANT) and line.endswith(";") and is_whole and "/" not in code


def _line(line: str) -> str:
    """Without needless spaces, but where texts are within texts, or may be within something else.

    A brace on a line of its own ends a statement; one that ends an expression has a semicolon.
    """
    parts = _TEXT_OR_NOT.split(line)
    # Texts are every other part; what has a slash elsewhere divides, is a regular expression or a comment.
    if line.count("`") <= _AS_ONE_TEXT and not any("/" in part for part in parts[::2]):
        line = "".join(part if at % 2 else _code(part) for at, part in enumerate(parts))
    is_complete = line == "}" or (line.endswith(("{", "[", "(", ",", ";")) and "//" not in line)
    return line if is_complete else line + "\n"


def _code(text: str) -> str:
    """Without spaces around signs, without what separates from nothing, and one parameter without parentheses."""
    return _ONE_PARAMETER.sub(r"\1", _LAST.sub("", _AROUND_SIGNS.sub(r"\1", text)))


_COMPACT: Mapping[str, Callable[[str], str]] = {"css": _css, "js": _script}
