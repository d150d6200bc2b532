"""Texts of others in one line of bounded length, whatever they contain."""

_LONGEST = 120


def shown(text: str, longest: int = _LONGEST) -> str:
    """The text in quotes, as refusals show it: control and direction characters escaped, shortened if it is long."""
    # repr escapes everything str.isprintable() denies: line breaks, terminal controls, bidi overrides, surrogates.
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")


def shortened(text: str, longest: int) -> str:
    """One line of at most `longest` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[:longest]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > longest // 2 else cut[:-1]).rstrip(" ,;:.-") + "…"
