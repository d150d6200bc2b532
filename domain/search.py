"""The words under which people find a package. The script of the search box makes the same tokens of what is typed.

Every token is ASCII, so that tokens compare alike as code points, as UTF-8 and as seven bits a letter.

    djangofilter!    the name in full, without separators; apart from words, which may be many packages'
    dja*             its beginnings, also those of its later parts
    filter           its later parts, and words of its summary
    <retlifognajd    the name from its end, as a wrong letter near its beginning leaves that alone
    >drjeatnlgiof    the name from both ends inwards, for a wrong letter in the middle
    =django-filter   the canonical name, for lists of all packages; search does not use it
"""

import unicodedata
from collections.abc import Iterator

from domain.listing import Listing

BROWSE = "="
BACKWARDS = "<"
INWARDS = ">"
FOREIGN = "~"
BEGINNING = "*"
WHOLE = "!"

_LONGEST_BEGINNING = 7
_PARTS = 3
_BEGINNINGS_OF_A_PART = (2, 3, 4)
_WORDS = 6
_SHORTEST_WORD = 2
_LONGEST_WORD = 24
_LONGEST_NAME = 40
_HEAD = 32
_FNV_PRIME, _FNV_START, _WORD_MASK = 0x01000193, 0x811C9DC5, 0xFFFFFFFF
_STOP_WORDS = (
    "an and any are as at be by can for from has in into is it its library module of on or package python simple that "
    "the this to use used using via with you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())


def tokens_of(listing: Listing) -> frozenset[str]:
    """All tokens under which a directory keeps the listing; 29 at most."""
    joined = listing.name.replace("-", "")
    return frozenset(
        (
            BROWSE + listing.name,
            name_token(joined) + WHOLE,
            backwards(joined),
            inwards(joined),
            *(joined[:length] + BEGINNING for length in range(1, min(_LONGEST_BEGINNING, len(joined) - 1) + 1)),
            *_tokens_of_parts(listing.name),
            *_tokens_of_words(listing.summary),
        )
    )


def name_token(joined: str) -> str:
    """A name without separators; a very long one ends in a digest of the whole."""
    return joined if len(joined) <= _LONGEST_NAME else f"{joined[:_HEAD]}{_digest(joined):08x}"


def backwards(joined: str) -> str:
    """The name from its end."""
    return BACKWARDS + joined[::-1][:_HEAD]


def inwards(joined: str) -> str:
    """First letter, last letter, second, last but one, ..."""
    pairs = zip(joined, joined[::-1], strict=True)
    return INWARDS + "".join(first + last for first, last in pairs)[: min(len(joined), _HEAD)]


def words_of(text: str) -> Iterator[str]:
    """The words of a text in their order: letters and digits, lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text).lower()
    kept = (_letter(char) for char in plain)
    yield from "".join(kept).split()


def word_token(word: str) -> str:
    """A word in ASCII."""
    return "".join(char if char.isascii() else f"{FOREIGN}{ord(char):x}" for char in word)[:_LONGEST_WORD]


def _tokens_of_parts(name: str) -> Iterator[str]:
    for part in name.split("-")[1 : _PARTS + 1]:
        yield part[:_LONGEST_WORD]
        yield from (part[:length] + BEGINNING for length in _BEGINNINGS_OF_A_PART if length < len(part))


def _tokens_of_words(text: str) -> Iterator[str]:
    words = (word for word in words_of(text) if len(word) >= _SHORTEST_WORD and word not in STOP_WORDS)
    yield from list(dict.fromkeys(word_token(word) for word in words))[:_WORDS]


def _letter(char: str) -> str:
    match unicodedata.category(char)[0]:
        case "L" | "N":
            return char
        case "M":
            return ""
        case _:
            return " "


def _digest(text: str) -> int:
    """FNV-1a with 32 bits: short to write in every language; nothing depends on its strength."""
    value = _FNV_START
    for char in text:
        value = (value ^ ord(char)) * _FNV_PRIME & _WORD_MASK
    return value
