"""Core metadata: what METADATA of a wheel and PKG-INFO of a source distribution say.

Two readings. The strict one is for uploads: what it cannot understand it refuses. The lenient one is for packages that
were published long ago under the rules of their time: it refuses what would confuse installers about what this is, and
leaves out whatever else cannot be understood.
"""

from functools import lru_cache

from attrs import frozen
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from domain import names
from domain.headers import Fields, read
from domain.refusals import Invalid
from domain.wording import shown

VERSIONS = ("1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6")
"""Metadata versions there are. 2.0 (PEP 426) was withdrawn."""

_IDENTITY = ("metadata-version", "name", "version")
_LONGEST_VERSION = 200
_LONGEST_SPECIFIER = 1_000
_MOST_KEYWORDS = 500
_REMEMBERED = 1024


class InvalidMetadata(Invalid):
    """A field is missing, repeated or not what it has to be."""


class InvalidMetadataVersion(InvalidMetadata):
    """Not a metadata version, or not one that is in use."""


class MissingField(InvalidMetadata):
    """Metadata-Version, Name and Version are required."""


class RepeatedField(InvalidMetadata):
    """Two values where there is one: two readers may take either."""


class StrayLine(InvalidMetadata):
    """Neither a field nor the end of the fields: some readers stop there, and others go on."""


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
        spelt_version: the version before it was normalised.
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
    requires_dist: tuple[str, ...] = ()
    provides_dist: tuple[str, ...] = ()
    obsoletes_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    project_urls: tuple[tuple[str, str], ...] = ()
    provides_extra: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    import_names: tuple[str, ...] = ()
    import_namespaces: tuple[str, ...] = ()

    @property
    def canonical_name(self) -> str:
        """The name all its spellings have in common (PEP 503)."""
        return names.canonical(self.name)

    def is_at_least(self, metadata_version: str) -> bool:
        """Whether the file declares this metadata version or a newer one."""
        return VERSIONS.index(self.metadata_version) >= VERSIONS.index(metadata_version)


def parse(raw: bytes, *, strict: bool = True) -> Metadata:
    """What the bytes of METADATA or PKG-INFO say.

    Raises:
        InvalidMetadata: in either reading if Metadata-Version, Name or Version are missing, repeated, undecodable or
            invalid; in the strict reading also for an invalid Requires-Python, for other single fields given twice,
            for lines among the fields that are none, and, from metadata 2.1 on (which demands UTF-8), for header
            fields in other encodings.
    """
    fields = read(raw)
    for identity in _IDENTITY:
        _the_field_is_told_once(fields, identity)
        _the_field_is_utf8(fields, identity)
    metadata_version = _the_metadata_version(fields)
    if strict:
        _every_line_is_a_field(fields)
        _no_single_field_is_repeated(fields)
        _the_fields_are_utf8(fields, metadata_version)
    name = fields.first("name")
    names.check_valid(name)
    several, line, text = fields.several, fields.line, fields.text
    return Metadata(
        metadata_version=metadata_version,
        name=name,
        version=_the_version(fields.first("version")),
        spelt_version=fields.first("version"),
        summary=line("summary") if not strict else text("summary"),
        description=fields.description(),
        description_content_type=line("description-content-type"),
        keywords=_keywords(line("keywords") or ""),
        home_page=line("home-page"),
        download_url=line("download-url"),
        author=line("author"),
        author_email=line("author-email"),
        maintainer=line("maintainer"),
        maintainer_email=line("maintainer-email"),
        license=text("license"),
        license_expression=line("license-expression"),
        license_files=several("license-file"),
        classifiers=several("classifier"),
        platforms=several("platform"),
        requires_dist=several("requires-dist"),
        provides_dist=several("provides-dist"),
        obsoletes_dist=several("obsoletes-dist"),
        requires_python=_requires_python(line("requires-python"), strict=strict),
        project_urls=tuple(_labelled(url) for url in several("project-url")),
        provides_extra=several("provides-extra"),
        dynamic=several("dynamic"),
        import_names=several("import-name"),
        import_namespaces=several("import-namespace"),
    )


def _the_field_is_told_once(fields: Fields, name: str) -> None:
    values = fields.values(name)
    if len(values) > 1:
        raise RepeatedField(f"'{name}' has invalid data: it is given {len(values)} times.")
    if not values or not fields.first(name):
        raise MissingField(f"'{name}' is a required field.")


def _the_field_is_utf8(fields: Fields, name: str) -> None:
    if name in fields.undecodable:
        raise UndecodableField(f"'{name}' has invalid data: it is not UTF-8.")


def _the_metadata_version(fields: Fields) -> str:
    told = fields.first("metadata-version")
    if told not in VERSIONS:
        raise InvalidMetadataVersion(f"{shown(told)} is not a valid metadata version")
    return told


def _every_line_is_a_field(fields: Fields) -> None:
    if fields.stray is not None:
        line = fields.stray.decode(errors="backslashreplace").strip()
        raise StrayLine(f"{shown(line)} is among the fields of the metadata and is none.")


def _no_single_field_is_repeated(fields: Fields) -> None:
    for name in sorted(fields.repeated):
        _the_field_is_told_once(fields, name)


def _the_fields_are_utf8(fields: Fields, metadata_version: str) -> None:
    """Core metadata is UTF-8 since PEP 566 (2.1); before that nobody said."""
    if VERSIONS.index(metadata_version) >= VERSIONS.index("2.1"):
        for name in sorted(fields.undecodable):
            _the_field_is_utf8(fields, name)


def _the_version(told: str) -> Version:
    # int() refuses more digits than it can turn into a number in reasonable time.
    try:
        if len(told) <= _LONGEST_VERSION:
            return Version(told)
    except ValueError:
        pass
    raise InvalidVersion(f"{shown(told)} is invalid for 'version'.")


def _keywords(told: str) -> tuple[str, ...]:
    """The first ones: a field of megabytes may be nothing but commas, and each word takes many times its bytes."""
    words = (word.strip() for word in told.split(",", _MOST_KEYWORDS)[:_MOST_KEYWORDS])
    return tuple(word for word in words if word)


def _requires_python(told: str | None, *, strict: bool) -> str | None:
    """Installers ignore a file whose Requires-Python they cannot read, so the lenient reading leaves it out."""
    if told is None or _is_specifier(told):
        return told
    if strict:
        raise InvalidRequiresPython(f"{shown(told)} is invalid for 'requires-python'.")
    return None


def _is_specifier(told: str) -> bool:
    return len(told) <= _LONGEST_SPECIFIER and _can_be_read(told)


@lru_cache(_REMEMBERED)
def _can_be_read(told: str) -> bool:
    """Few are in use."""
    try:
        return str(SpecifierSet(told)) is not None
    except ValueError:
        return False


def _labelled(told: str) -> tuple[str, str]:
    label, _, url = told.partition(",")
    return label.strip(), url.strip()
