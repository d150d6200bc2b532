"""Text in XML, whatever it holds."""

import re
from xml.sax.saxutils import escape

# What XML 1.0 has no characters for, not even as references; halves of characters are among it. Then the controls that
# it permits and nobody wants.
_NOT_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def in_xml(text: str) -> str:
    """The text as content or between double quotes, without control characters, on one line."""
    return escape(" ".join(_DIRECTIONS.sub("", _NOT_XML.sub(" ", text)).split()), {'"': "&quot;"})
