"""Text in Markdown (CommonMark), whatever it holds: none of it is taken for markup."""

import re

# Controls, halves of characters, and what turns the direction of text around.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&$]")
_AT_THE_START = re.compile(r"^(?:([-+=])|(\d{1,9})([.)])(?= |$))")
_BACKTICKS = re.compile("`+")
_SHORTEST_FENCE = 3


def plain(text: str) -> str:
    """The text as part of a line."""
    line = _MARKUP.sub(r"\\\g<0>", _one_line(text))
    # Where a line begins with it, a dash makes a list, and so does a number with a point, but not within a version.
    return _AT_THE_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", line)


def code(text: str) -> str:
    """The text as a code span."""
    line = _one_line(text)
    fence = "`" * (_longest_run(line) + 1)
    edge = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{edge}{line}{edge}{fence}" if line else ""


def block(text: str, language: str = "") -> str:
    """The text as a code block of lines; it ends only where we end it."""
    lines = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).strip("\n")
    fence = "`" * max(_SHORTEST_FENCE, _longest_run(lines) + 1)
    return f"{fence}{language}\n{lines}\n{fence}"


def link(text: str, url: str) -> str:
    """A link to an address that is harmless and has no spaces."""
    return f"[{plain(text)}](<{url.replace('<', '%3C').replace('>', '%3E')}>)"


def _one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub("", _LINE_ENDS.sub(" ", text)).split())


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
