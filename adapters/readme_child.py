"""Turns descriptions into HTML, as a program of its own that `adapters.readme` asks: its parsers may be stopped.

readme_renderer does what the reference does with the same text, and sanitises.
"""

import json
import select
import signal
import sys
from email.message import Message
from typing import Final

from readme_renderer import clean, markdown

from adapters.readme_html import fitting

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

LARGEST: Final = 4 * 1024 * 1024
"""Characters of HTML; a description that swells to more is shown as plain text."""

_MEMORY: Final = 768 * 1024 * 1024


# Many a table of contents leads to these. What becomes of them decides `fitting`, which writes no such attribute.
clean.ALLOWED_ATTRIBUTES["a"].add("name")


def rendered(description: str, content_type: str | None, base: str | None = None) -> str | None:
    """Safe HTML, in which relative links lead below the base; None if the description is to be shown as plain text."""
    message = Message()
    message["Content-Type"] = content_type or "text/x-rst"
    if message.get_content_type() == "text/markdown":
        variant = str(message.get_param("variant", "GFM"))
        html = markdown.render(description, variant="CommonMark" if variant.lower() == "commonmark" else "GFM")
    elif message.get_content_type() == "text/x-rst":
        # Docutils takes half of the memory that there is then, and most descriptions are Markdown.
        from readme_renderer import rst  # noqa: PLC0415

        html = rst.render(description)
    else:
        html = None
    if not html:
        return None
    page = fitting(html, base)
    return page if len(page) <= LARGEST else None


def _bound_memory() -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _asked(seconds: float) -> bytes:
    """The next line; nothing if there are no more, or none began in time. Whoever asks awaits each answer."""
    ready, _, _ = select.select([sys.stdin.buffer], [], [], seconds)
    return sys.stdin.buffer.readline() if ready else b""


def main(idle_seconds: float) -> None:
    """Answer one line of JSON with another until there are no more, or none came for so long."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory()
    while line := _asked(idle_seconds):
        try:
            answer = rendered(*json.loads(line))
        except Exception:  # noqa: BLE001 - whatever a parser trips over, the text itself remains
            answer = None
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()
