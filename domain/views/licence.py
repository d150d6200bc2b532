"""A package's licence in a few words, as an SPDX expression where that can be told."""

from functools import lru_cache

from packaging.licenses import canonicalize_license_expression

from domain.metadata import Metadata

_LONGEST = 80
_REMEMBERED = 1024
# Classifiers that mean exactly one licence; BSD, Apache and GPL without a version could be several.
_CLASSIFIED = {
    "Academic Free License (AFL)": "AFL-3.0",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "Zope Public License": "ZPL-2.1",
    "zlib/libpng License": "Zlib",
}


def license_name(metadata: Metadata) -> str | None:
    """The SPDX expression, else the old field if it is a name, else the classifiers, else the old field's beginning."""
    if metadata.license_expression:
        return spdx(metadata.license_expression) or metadata.license_expression
    text = (metadata.license or "").strip()
    if text and "\n" not in text and len(text) <= _LONGEST:
        return spdx(text) or text
    classified = [one.rpartition("::")[2].strip() for one in metadata.classifiers if one.startswith("License ::")]
    if classified:
        return ", ".join(dict.fromkeys(_CLASSIFIED.get(name, name) for name in classified if name))
    first = text.partition("\n")[0].strip()
    return first[:_LONGEST] or None


def differs(license_name: str | None, repository: str | None) -> bool:
    """Whether a repository's licence (SPDX) is another than the package's; False where that cannot be told."""
    if not repository or repository == "NOASSERTION":
        return False
    expression = spdx(license_name) if license_name else None
    return license_name is None or (expression is not None and not _names(expression) & _names(repository))


def spdx(text: str) -> str | None:
    """The text as an SPDX expression; None if it is none, or longer than anybody writes one."""
    return _canonical(text) if len(text) <= _LONGEST else None


@lru_cache(_REMEMBERED)
def _canonical(text: str) -> str | None:
    """Few are in use, and each page of a release names one."""
    try:
        return canonicalize_license_expression(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _names(expression: str) -> frozenset[str]:
    """The licences in an expression. GitHub says GPL-3.0 for both -only and -or-later."""
    words = expression.replace("(", " ").replace(")", " ").lower().split()
    return frozenset(word.removesuffix("-only").removesuffix("-or-later").rstrip("+") for word in words) - {
        "and",
        "or",
        "with",
    }
