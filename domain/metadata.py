"""Core metadata: what METADATA of a wheel and PKG-INFO of a source distribution say.

Two readings. The strict one is for uploads: what it cannot understand it refuses. The lenient one is for packages that
were published long ago under the rules of their time: it refuses what would confuse installers about what this is, and
leaves out whatever else cannot be understood.
"""

import re
from collections import Counter
from collections.abc import Iterable

from attrs import frozen
from packaging.metadata import RawMetadata, parse_email
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from domain import names
from domain.headers import Header, dedented, split
from domain.refusals import Invalid
from domain.wording import shown

VERSIONS = ("1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6")
"""Metadata versions there are. 2.0 (PEP 426) was withdrawn."""

_CONTENT_TYPES = ("text/plain", "text/x-rst", "text/markdown")
_IDENTITY = ("metadata-version", "name", "version")
_SINGLE = frozenset(
    "metadata-version name version summary description keywords home-page author author-email license download-url "
    "maintainer maintainer-email requires-python description-content-type license-expression".split()
)
_REPEATED = frozenset(
    "platform supported-platform classifier requires provides obsoletes requires-dist provides-dist obsoletes-dist "
    "requires-external project-url provides-extra dynamic license-file import-name import-namespace".split()
)
_ABSENT = ("", "UNKNOWN")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LONGEST_VERSION = 200
_LONGEST_SPECIFIER = 1_000


class InvalidMetadata(Invalid):
    """A field is missing, repeated or not what it has to be."""


class InvalidMetadataVersion(InvalidMetadata):
    """Not a metadata version, or not one that is in use."""


class MissingField(InvalidMetadata):
    """Metadata-Version, Name and Version are required."""


class RepeatedField(InvalidMetadata):
    """Two values where there is one: two readers may take either."""


class UndecodableField(InvalidMetadata):
    """Not UTF-8, where a guess will not do."""


class InvalidVersion(InvalidMetadata):
    """Not a version (PEP 440)."""


class InvalidRequiresPython(InvalidMetadata):
    """Not a version specifier (PEP 440): installers ignore such a file."""


@frozen
class Metadata:
    """Core metadata. Texts are as spelt in the file; absent is None or empty.

    Attributes:
        undecodable: names of header fields that were not UTF-8 and were read as Latin-1.
        repeated: names of single-use fields that were there more than once; the first value is taken.
        present: names of all core metadata fields that are there.
    """

    metadata_version: str
    name: str
    version: Version
    spelt_version: str
    summary: str | None = None
    description: str | None = None
    description_content_type: str | None = None
    keywords: tuple[str, ...] = ()
    home_page: str | None = None
    download_url: str | None = None
    author: str | None = None
    author_email: str | None = None
    maintainer: str | None = None
    maintainer_email: str | None = None
    license: str | None = None
    license_expression: str | None = None
    license_files: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    supported_platforms: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    obsoletes: tuple[str, ...] = ()
    requires_dist: tuple[str, ...] = ()
    provides_dist: tuple[str, ...] = ()
    obsoletes_dist: tuple[str, ...] = ()
    requires_external: tuple[str, ...] = ()
    requires_python: str | None = None
    project_urls: tuple[tuple[str, str], ...] = ()
    provides_extra: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    import_names: tuple[str, ...] = ()
    import_namespaces: tuple[str, ...] = ()
    undecodable: frozenset[str] = frozenset()
    repeated: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()

    def is_at_least(self, metadata_version: str) -> bool:
        """Whether the file declares this metadata version or a newer one."""
        return VERSIONS.index(self.metadata_version) >= VERSIONS.index(metadata_version)


def parse(raw: bytes, *, strict: bool = True) -> Metadata:
    """What the bytes of METADATA or PKG-INFO say.

    Raises:
        InvalidMetadata: in either reading if Metadata-Version, Name or Version are missing, repeated, undecodable or
            invalid; in the strict reading also for an invalid Requires-Python, for other single fields given twice,
            and, from metadata 2.1 on (which demands UTF-8), for header fields in other encodings.
    """
    headers, body = split(raw)
    told = [header for header in headers if header.name in _SINGLE | _REPEATED]
    undecodable = frozenset(header.name for header in told if not _is_utf8(header.value))
    counted = Counter(header.name for header in told)
    repeated = frozenset(name for name in _SINGLE if counted[name] > 1)
    _the_identity_is_told_once(counted, undecodable)
    fields, urls = _fields(told)
    metadata_version = _the_metadata_version(fields)
    if strict:
        _no_single_field_is_repeated(repeated)
        _header_fields_are_utf8(metadata_version, undecodable)
    name, spelt_version = fields["name"], fields["version"]
    names.check_valid(name)
    requires_python = _one_line(fields.get("requires_python"))
    if requires_python and not _is_specifier(requires_python):
        if strict:
            raise InvalidRequiresPython(f"{shown(requires_python)} is invalid for 'requires-python'.")
        requires_python = None
    return Metadata(
        metadata_version=metadata_version,
        name=name,
        version=_version(spelt_version),
        spelt_version=spelt_version,
        summary=_summary(fields.get("summary"), strict=strict),
        description=_description(fields.get("description"), body),
        description_content_type=_content_type(fields.get("description_content_type"), strict=strict),
        keywords=tuple(word for word in (_clean(word) for word in fields.get("keywords", ())) if word),
        home_page=_one_line(fields.get("home_page")),
        download_url=_one_line(fields.get("download_url")),
        author=_one_line(fields.get("author")),
        author_email=_one_line(fields.get("author_email")),
        maintainer=_one_line(fields.get("maintainer")),
        maintainer_email=_one_line(fields.get("maintainer_email")),
        license=_text(fields.get("license")),
        license_expression=_one_line(fields.get("license_expression")),
        license_files=_several(fields.get("license_files")),
        classifiers=_several(fields.get("classifiers")),
        platforms=_several(fields.get("platforms")),
        supported_platforms=_several(fields.get("supported_platforms")),
        requires=_several(fields.get("requires")),
        provides=_several(fields.get("provides")),
        obsoletes=_several(fields.get("obsoletes")),
        requires_dist=_several(fields.get("requires_dist")),
        provides_dist=_several(fields.get("provides_dist")),
        obsoletes_dist=_several(fields.get("obsoletes_dist")),
        requires_external=_several(fields.get("requires_external")),
        requires_python=requires_python,
        project_urls=urls,
        provides_extra=_several(fields.get("provides_extra")),
        dynamic=_several(fields.get("dynamic")),
        import_names=_several(fields.get("import_names")),
        import_namespaces=_several(fields.get("import_namespaces")),
        undecodable=undecodable,
        repeated=repeated,
        present=frozenset(counted),
    )


def _fields(headers: Iterable[Header]) -> tuple[RawMetadata, tuple[tuple[str, str], ...]]:
    """The fields by packaging's names, of repeated single fields the first; and the project URLs, labels as they are."""
    lines, seen, urls = [], set(), []
    for header in headers:
        text = _decoded(header.value)
        if header.name == "project-url":
            label, _, url = _clean(text).partition(",")
            urls.append((label.strip(), url.strip()))
        elif header.name == "description":
            # Not through the e-mail format: its line ends are not a description's.
            continue
        elif header.name not in _SINGLE or header.name not in seen:
            seen.add(header.name)
            lines.append(f"{header.name}: {text.replace(chr(10), chr(10) + ' ')}\n")
    fields, _ = parse_email("".join(lines))
    return fields, tuple(url for url in urls if any(url))
