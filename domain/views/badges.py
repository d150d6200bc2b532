"""Badges for READMEs: one fact each, as a picture that asks for nothing else."""

from collections.abc import Mapping
from functools import lru_cache

from attrs import frozen
from packaging.version import Version

from domain.package import Status
from domain.views.package_page import PackagePage
from domain.views.xml import in_xml

BADGES = ("version", "downloads", "python", "dependents")
"""The kinds of badges."""

_BLUE, _GREEN, _ORANGE, _RED, _GREY = "#0b5a8a", "#1f6b3a", "#8a4b00", "#a62a1d", "#57606a"
_STANDING: Mapping[Status, str] = {Status.ARCHIVED: _GREY, Status.DEPRECATED: _ORANGE}
_DARK = "#343b42"
_HEIGHT = 20
_PADDING = 6
_LONGEST = 40
_KILO = 1000
_TWO_DIGITS = 10

# Advances of a common sans serif at 11 pixels, in tenths; others are taken for wide ones, and text is fitted anyway.
_WIDTHS: Mapping[str, int] = {
    **dict.fromkeys("ijl'IJ", 32),
    **dict.fromkeys(" ,./:;|\\", 36),
    **dict.fromkeys("frt()[]-!", 43),
    **dict.fromkeys('*_`"?sz', 57),
    **dict.fromkeys("ckFL", 62),
    **dict.fromkeys("aeovxyPTY", 67),
    **dict.fromkeys("0123456789bdghnpquES$", 70),
    **dict.fromkeys("ABCKRVXZ", 75),
    **dict.fromkeys("DGHNOQU&", 84),
    **dict.fromkeys("w+<>=#~^M", 92),
    **dict.fromkeys("mW%@", 108),
}
_WIDE = 110


@frozen
class Badge:
    """What a badge says: what it is about, the fact, and the colour behind that."""

    label: str
    message: str
    colour: str


def badges(view: PackagePage) -> Mapping[str, bytes]:
    """The badges of a package by their kind, as SVG."""
    made = {
        "version": _version(view),
        "downloads": _downloads(view),
        "python": _python(view),
        "dependents": _dependents(view),
    }
    return {kind: svg(made[kind]) for kind in BADGES}


@lru_cache(maxsize=1024)  # most packages have one or two of few
def svg(badge: Badge) -> bytes:
    """The badge as SVG; equal badges give equal bytes."""
    label, message = (_cut(" ".join(text.split())) for text in (badge.label, badge.message))
    left, right = (text_width(text) + 2 * _PADDING for text in (label, message))
    width, title = left + right, in_xml(f"{label}: {message}")
    lines = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f'<rect width="{width}" height="{_HEIGHT}" rx="3" fill="{badge.colour}"/>',
        f'<path fill="{_DARK}" d="M3 0H{left}V{_HEIGHT}H3A3 3 0 0 1 0 {_HEIGHT - 3}V3A3 3 0 0 1 3 0z"/>',
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">',
        _text(label, _PADDING),
        _text(message, left + _PADDING),
        "</g>",
        "</svg>",
    )
    return ("\n".join(lines) + "\n").encode()


def text_width(text: str) -> int:
    """About how many pixels the text takes."""
    return -(-sum(_WIDTHS.get(character, _WIDE) for character in text) // 10)


def short_number(figure: int) -> str:
    """Like ``999``, ``1.2k`` or ``34M``; rounded down, so that it never promises too much."""
    for unit, size in (("G", _KILO**3), ("M", _KILO**2), ("k", _KILO)):
        if figure >= size:
            tenths = figure * 10 // size
            whole = tenths % 10 == 0 or tenths >= _TWO_DIGITS * 10
            return f"{tenths // 10}{unit}" if whole else f"{tenths // 10}.{tenths % 10}{unit}"
    return str(figure)


def _version(view: PackagePage) -> Badge:
    if view.latest is None:
        return Badge(view.site.name, "no release", _GREY)
    if view.latest.yanked is not None:
        return Badge(view.site.name, f"v{view.latest.label} yanked", _RED)
    if view.status in _STANDING:
        return Badge(view.site.name, f"v{view.latest.label} {view.status.value}", _STANDING[view.status])
    colour = _ORANGE if Version(view.latest.label).is_prerelease else _BLUE
    return Badge(view.site.name, f"v{view.latest.label}", colour)


def _downloads(view: PackagePage) -> Badge:
    if view.downloads is None or view.downloads.complete_through is None:
        return Badge("downloads", "none yet", _GREY)
    many = view.downloads.last_30_days
    return Badge("downloads", f"{short_number(many)}/month", _GREEN if many else _GREY)


def _python(view: PackagePage) -> Badge:
    said = view.about.pythons
    if not said:
        return Badge("python", "not stated", _GREY)
    return Badge("python", ", ".join(part.strip() for part in said.split(",")), _BLUE)


def _dependents(view: PackagePage) -> Badge:
    return Badge("dependents", short_number(view.dependents.count), _GREEN if view.dependents.count else _GREY)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text(text: str, x: int) -> str:
    # Told how long it is to be, it fits whatever font there is.
    return f'<text x="{x}" y="14" textLength="{text_width(text)}">{in_xml(text)}</text>'
