"""Makes a rendered and sanitised description fit into a page of ours.

What we do not want there is dropped: images from elsewhere, ids that clash with ours, links that lead nowhere, headings
above ours, classes that imitate our own, elements that validators refuse.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from html import escape, unescape
from itertools import count
from typing import Final

from adapters.readme_contents import Heading, contents
from adapters.readme_images import host_of, image_in, in_place, name_of, words_of
from adapters.readme_links import own, slug, target
from adapters.readme_tree import VOID, Element, parsed

_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_TOP_LEVEL: Final = 3
_RENAMED: Final = {
    "acronym": "abbr",
    "aside": "div",
    "figcaption": "p",
    "figure": "div",
    "nav": "div",
    "section": "div",
    "tt": "code",
}
_WORDS: Final = """
    a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li ol p
    pre span strong sub summary sup table tbody td th thead tr ul var
"""
_KEPT: Final = frozenset(_WORDS.split())
_BLOCKS: Final = frozenset({"blockquote", "div", "dl", "ol", "p", "ul"})
_SPANS: Final = ("colspan", "rowspan")
_ATTRIBUTES: Final = {"abbr": ("title",), "ol": ("start",), "td": _SPANS, "th": _SPANS}
_ALIGNMENTS: Final = frozenset({"center", "right"})
_TOKEN: Final = re.compile(r"[a-z][a-z0-9]{0,2}")
_TAG: Final = re.compile(r"<[^>]*>")
_SECTION: Final = "the section's id"
_REL: Final = "nofollow noreferrer noopener"


class _Rewriter:
    """Writes a tree out again, page-friendly."""

    def __init__(self, base: str | None, dead: Collection[str] = ()) -> None:
        """Relative links lead below the base, and those to these ids nowhere."""
        self._base = base
        self.ids: set[str] = set()
        self.wanted: set[str] = set()
        self.headings: list[Heading] = []
        self._dead = dead
        self._levels: list[int] = []
        self._slugs = Counter[str]()
        self._is_linked = False
        self._special: dict[str, Callable[[Element, str], str]] = {
            "a": self._link,
            "heading": self._heading,
            "img": self._image,
            "input": _checkbox,
            "pre": self._preformatted,
            "span": self._span,
            "table": self._table,
        }

    def html(self, element: Element) -> str:
        return "".join(self._written(child, "") for child in element.children)

    def _written(self, node: Element | str, around: str) -> str:
        if isinstance(node, str):
            return escape(node, quote=False)
        special = self._special.get("heading" if node.tag in _HEADINGS else node.tag, self._element)
        return special(node, around)

    def _inside(self, element: Element, around: str) -> str:
        return "".join(self._written(child, around) for child in element.children)

    def _element(self, element: Element, around: str) -> str:
        tag = _RENAMED.get(element.tag, element.tag)
        if tag not in _KEPT or (around in _HEADINGS and tag in _BLOCKS):
            return self._inside(element, around)
        identifier = self._id(element)
        _mark_section(element, identifier)
        start = f"<{tag}{_id_attribute(identifier)}{_attributes(element, tag)}>"
        return start if tag in VOID else f"{start}{self._inside(element, around)}</{tag}>"

    def _preformatted(self, element: Element, _around: str) -> str:
        return f'<pre tabindex="0">{self._inside(element, "pre")}</pre>'

    def _table(self, element: Element, around: str) -> str:
        return f'<div class="scroll" tabindex="0"><table>{self._inside(element, around)}</table></div>'

    def _span(self, element: Element, around: str) -> str:
        """Highlighted code keeps its classes; elsewhere they could imitate the page's own."""
        identifier, classes = self._id(element), element.attributes.get("class", "").split()
        inside = self._inside(element, around)
        if around == "pre":
            tokens = " ".join(one for one in classes if _TOKEN.fullmatch(one))
            return f'<span class="{tokens}">{inside}</span>' if tokens else inside
        tag = "code" if "literal" in classes else "span"
        return f"<{tag}{_id_attribute(identifier)}>{inside}</{tag}>" if identifier or tag == "code" else inside

    def _id(self, element: Element) -> str:
        """The element's id among ours, unless it was given before; links had names in its place once."""
        return self._taken(own(element.attributes.get("id") or element.attributes.get("name", "")))

    def _taken(self, identifier: str) -> str:
        if identifier in self.ids:
            return ""
        self.ids |= {identifier} - {""}
        return identifier

    def _new_id(self, words: str) -> str:
        """As GitHub makes it of a heading's words, which is what authors link to."""
        return next(filter(None, (self._taken(own(one)) for one in self._unused(slug(words) or "section"))))

    def _unused(self, words: str) -> Iterator[str]:
        for number in count(self._slugs[words]):
            self._slugs[words] += 1
            yield f"{words}-{number}" if number else words

    def _heading(self, element: Element, _around: str) -> str:
        """Below the page's own headings, and never more than one level deeper than the heading before."""
        source = _HEADINGS[element.tag]
        while self._levels and self._levels[-1] >= source:
            self._levels.pop()
        self._levels.append(source)
        level = min(_TOP_LEVEL + len(self._levels) - 1, 6)
        identifier = self._id(element)
        inside = self._inside(element, element.tag).strip()
        if _is_silent(inside):
            return inside
        section = element.attributes.get(_SECTION, "")
        if not identifier and not section:
            identifier = self._new_id(unescape(_TAG.sub("", inside)))
        self.headings.append(Heading(level, identifier or section, _TAG.sub("", inside)))
        return f"<h{level}{_id_attribute(identifier)}>{inside}</h{level}>"

    def _link(self, element: Element, around: str) -> str:
        identifier, href = self._id(element), self._alive(target(element.attributes.get("href", ""), self._base))
        around_it, self._is_linked = self._is_linked, bool(href) or self._is_linked
        inside = self._inside(element, around)
        self._is_linked = around_it
        if href and around not in _HEADINGS and _is_silent(inside) and (image := image_in(element)):
            inside = in_place(host_of(href) or name_of(image))
        # Headings that link to themselves or back to a table of contents are noise to whoever listens to the page.
        if not href or _is_silent(inside) or (around in _HEADINGS and href.startswith("#")):
            return f"<span{_id_attribute(identifier)}>{inside}</span>" if identifier else inside
        rel = "" if href.startswith("#") else f' rel="{_REL}"'
        return f'<a href="{escape(href)}"{_id_attribute(identifier)}{rel}>{inside}</a>'

    def _alive(self, href: str) -> str:
        """Where a link leads; empty if that is nowhere."""
        if href.startswith("#"):
            self.wanted.add(href[1:])
        return "" if href.startswith("#") and href[1:] in self._dead else href

    def _image(self, element: Element, around: str) -> str:
        """Its words, else its name, which leads to it unless something else does that stands around it."""
        if words := words_of(element):
            return in_place(words)
        if self._is_linked or around in _HEADINGS:
            return ""
        name, source = in_place(name_of(element)), target(element.attributes.get("src", ""), self._base)
        return f'<a href="{escape(source)}" rel="{_REL}">{name}</a>' if name and host_of(source) else name


def _id_attribute(identifier: str) -> str:
    return f' id="{identifier}"' if identifier else ""


def _attributes(element: Element, tag: str) -> str:
    given = element.attributes
    kept = {name: given[name] for name in _ATTRIBUTES.get(tag, ()) if name in given}
    numbers_are_numbers = {name: value for name, value in kept.items() if name == "title" or value.isdecimal()}
    classes = ["note"] if "admonition" in given.get("class", "").split() else []
    classes += [given["align"]] if given.get("align") in _ALIGNMENTS else []
    named = numbers_are_numbers | ({"class": " ".join(classes)} if classes else {})
    return "".join(f' {name}="{escape(value)}"' for name, value in named.items())


def _is_silent(html: str) -> bool:
    """Whether there is nothing to read in it."""
    return not _TAG.sub("", html).strip()


def _checkbox(element: Element, _around: str) -> str:
    return "☑" if "checked" in element.attributes else "☐"


def _mark_section(element: Element, identifier: str) -> None:
    """Tell the heading that a section of docutils starts with where it is: the section has the id."""
    first = next((child for child in element.children if not isinstance(child, str) or child.strip()), "")
    if isinstance(first, Element) and first.tag in _HEADINGS:
        first.attributes[_SECTION] = identifier


def fitting(html: str, base: str | None) -> str:
    """The same content, page-friendly, with a table of contents in front if it is long.

    Args:
        html: rendered and sanitised.
        base: URL with a slash at its end, below which relative links lead; None if they lead nowhere.

    Raises:
        ValueError: elements are nested too deep.
    """
    tree, rewriter = parsed(html), _Rewriter(base)
    page = rewriter.html(tree)
    if dead := rewriter.wanted - rewriter.ids:
        rewriter = _Rewriter(base, dead)
        page = rewriter.html(tree)
    return contents(rewriter.headings, rewriter.ids) + page
