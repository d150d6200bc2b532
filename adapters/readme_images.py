"""What stands for a description's images: they would come from elsewhere, and tell elsewhere who reads the page."""

from html import escape
from typing import Final
from urllib.parse import unquote, urlsplit

from adapters.readme_tree import Element

_UNSEEN: Final = frozenset({"0", "1"})
_LONGEST: Final = 60


def words_of(image: Element) -> str:
    """Its words; docutils takes the address for want of any, which is none."""
    words = " ".join(image.attributes.get("alt", "").split())
    return "" if words == image.attributes.get("src") else words


def name_of(image: Element) -> str:
    """What to call an image without words: its file, else where it is; empty if it is not to be seen anyway."""
    if _UNSEEN & {image.attributes.get("width"), image.attributes.get("height")}:
        return ""
    source = image.attributes.get("src", "")
    name = unquote(source.partition("?")[0].rstrip("/").rpartition("/")[2])
    return _cut(name) or host_of(source)


def image_in(element: Element) -> Element | None:
    """The first image within."""
    for child in element.children:
        if isinstance(child, Element) and (found := child if child.tag == "img" else image_in(child)):
            return found
    return None


def host_of(url: str) -> str:
    """Where it leads, in a word; empty if nowhere else."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def in_place(words: str) -> str:
    """Words in place of an image."""
    return f'<span class="image">{escape(words)}</span>' if words else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
