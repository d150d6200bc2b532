"""How refusals quote what was sent: one printable line of bounded length, whatever it contains."""

_LONGEST = 120


def shown(text: str, longest: int = _LONGEST) -> str:
    """The text in quotes, control and direction characters escaped, shortened if it is long."""
    # repr escapes everything str.isprintable() denies: line breaks, terminal controls, bidi overrides, surrogates.
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")
