"""What this index allows beyond what every index allows, and how much of it."""

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from domain.refusals import Invalid
from domain.wording import shown

_MIB = 2**20


class Allowance(StrEnum):
    """The words of `SLS_PYPI_ALLOW`. Nothing of this is allowed unless its word is given.

    Local versions (``1.0+ubuntu1``) need no word: an index of one's own is what they are for (PEP 440).
    """

    LINUX_TAGS = "linux-tags"  # wheels for linux_x86_64 and the like, without saying which C library
    DIRECT_REFERENCES = "direct-references"  # dependencies given as a URL (PEP 508): they bypass every index
    PRIVATE_CLASSIFIERS = "private-classifiers"  # `Private ::` classifiers, the customary "do not upload" mark
    STDLIB_NAMES = "stdlib-names"  # packages named like a module of the standard library


class UnknownAllowance(Invalid):
    """`SLS_PYPI_ALLOW` has a word that means nothing."""


def allowances(words: str) -> frozenset[Allowance]:
    """The comma-separated words of `SLS_PYPI_ALLOW`."""
    return frozenset(_allowance(word.strip().lower()) for word in words.split(",") if word.strip())


def _allowance(word: str) -> Allowance:
    try:
        return Allowance(word)
    except ValueError:
        known = ", ".join(Allowance)
        raise UnknownAllowance(f"{shown(word)} is not a word of SLS_PYPI_ALLOW; known are: {known}.") from None


@frozen
class Bounds:
    """How much is accepted.

    Attributes:
        file_bytes: one uploaded file.
        unpacked_bytes: all that an archive unpacks to.
        ratio: unpacked to packed size, judged only above `ratio_from_bytes` unpacked.
        ratio_from_bytes: small archives may compress as well as they like.
        entries: members of an archive, directories included.
        form_fields: parts of an upload form.
        field_bytes: one form field.
        metadata_bytes: METADATA or PKG-INFO.
        text_bytes: WHEEL or entry_points.txt.
        record_bytes: RECORD, which has a line for each member.
    """

    file_bytes: int = 100 * _MIB
    unpacked_bytes: int = 1024 * _MIB
    ratio: int = 50
    ratio_from_bytes: int = 64 * _MIB
    entries: int = 100_000
    form_fields: int = 2_000
    field_bytes: int = 1 * _MIB
    metadata_bytes: int = 4 * _MIB
    text_bytes: int = _MIB // 4
    record_bytes: int = 32 * _MIB


@frozen
class Policy:
    """What this index allows.

    Attributes:
        allow: what is permitted beyond the default.
        stdlib_names: canonical names of the standard library's modules.
        classifiers: every valid classifier; empty if they are not known, then none is judged.
        deprecated_classifiers: deprecated classifier to its replacements, maybe none.
    """

    allow: frozenset[Allowance] = frozenset()
    stdlib_names: frozenset[str] = frozenset()
    classifiers: frozenset[str] = frozenset()
    deprecated_classifiers: Mapping[str, tuple[str, ...]] = field(factory=dict)
    bounds: Bounds = Bounds()

    def allows(self, what: Allowance) -> bool:
        """Whether the operator gave the word for it."""
        return what in self.allow
