"""Rules about core metadata (core metadata specification; texts of the reference index).

The strict rules are those of an index that takes a file today. The lenient ones let pass what was good once, and refuse
only what the operator forbids: dependencies that bypass the index, and files that say they are private.
"""

import keyword
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from packaging.requirements import Requirement

from domain.headers import REPEATED, SINGLE
from domain.licences import check_licence_fields
from domain.metadata import InvalidMetadata, Metadata
from domain.policy import Allowance, Policy
from domain.wording import shown

_LONGEST_SUMMARY = 512
_LONGEST_LABEL = 32
_LONGEST_REQUIREMENT = 4_000
_PRIVATE = "Private ::"
_CONTENT_TYPES = ("text/plain", "text/x-rst", "text/markdown")
_VARIANTS = ("gfm", "commonmark")
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_BRACKETED = re.compile(r"<([^<>]*)>")
# Fields that are never dynamic: they are what the file is called by (PEP 643).
_FIXED = frozenset({"name", "version", "metadata-version"})


class InvalidSummary(InvalidMetadata):
    """Not one line, or too long a one."""


class InvalidEmail(InvalidMetadata):
    """Nobody can write there."""


class InvalidUrl(InvalidMetadata):
    """No web address."""


class InvalidProjectUrl(InvalidMetadata):
    """Not a short label and a web address."""


class InvalidClassifier(InvalidMetadata):
    """Not on the list of classifiers."""


class DeprecatedClassifier(InvalidMetadata):
    """On the list of those that were replaced."""


class PrivateClassifier(InvalidMetadata):
    """The customary mark of what must not be uploaded."""


class DirectReference(InvalidMetadata):
    """A dependency from a URL: it bypasses every index (PEP 440, PEP 508)."""


class InvalidRequirement(InvalidMetadata):
    """Not a dependency specifier (PEP 508)."""


class InvalidDynamic(InvalidMetadata):
    """Not a field, or one that is never dynamic (PEP 643)."""


class InvalidContentType(InvalidMetadata):
    """A description of a kind nobody can show."""


class InvalidImportName(InvalidMetadata):
    """Nothing can be imported by this name (PEP 794)."""


def check(metadata: Metadata, policy: Policy, *, strict: bool = True) -> None:
    """What the metadata may say on this index.

    A description that does not render is no reason to refuse a file; it is shown as plain text. Nor is a field that is
    newer than the declared metadata version: popular projects write License-Expression into metadata 2.1.
    """
    _there_are_no_private_classifiers(metadata, policy)
    _the_requirements_come_from_an_index(metadata, policy, strict=strict)
    if not strict:
        return
    _the_summary_is_a_short_line(metadata.summary)
    for addresses in (metadata.author_email, metadata.maintainer_email):
        _the_addresses_are_valid(addresses)
    for url in (metadata.home_page, metadata.download_url):
        _the_url_is_valid(url)
    for label, url in metadata.project_urls:
        _the_project_url_is_valid(label, url)
    for classifier in metadata.classifiers:
        _the_classifier_is_current(classifier, policy)
    for field in metadata.dynamic:
        _the_field_may_be_dynamic(field)
    for name in (*metadata.import_names, *metadata.import_namespaces):
        _the_import_name_can_be_imported(name)
    _the_content_type_is_known(metadata.description_content_type)
    check_licence_fields(metadata)


def _there_are_no_private_classifiers(metadata: Metadata, policy: Policy) -> None:
    for classifier in metadata.classifiers:
        if classifier.startswith(_PRIVATE) and not policy.allows(Allowance.PRIVATE_CLASSIFIERS):
            raise PrivateClassifier(f"{shown(classifier)} is not a valid classifier.")


def _the_requirements_come_from_an_index(metadata: Metadata, policy: Policy, *, strict: bool) -> None:
    for field, requirements in (
        ("requires-dist", metadata.requires_dist),
        ("provides-dist", metadata.provides_dist),
        ("obsoletes-dist", metadata.obsoletes_dist),
    ):
        for told in requirements:
            requirement = _requirement(told)
            if requirement is None and (strict or "@" in told):
                raise InvalidRequirement(f"{shown(told)} is invalid for '{field}'.")
            if requirement and requirement.url and not policy.allows(Allowance.DIRECT_REFERENCES):
                raise DirectReference(f"Can't have direct dependency: {shown(told)}")


def _requirement(told: str) -> Requirement | None:
    # Markers nest as deep as their brackets, versions have digits that int() will not take.
    try:
        return Requirement(told) if len(told) <= _LONGEST_REQUIREMENT else None
    except (ValueError, RecursionError):
        return None


def _the_summary_is_a_short_line(summary: str | None) -> None:
    if summary and "\n" in summary:
        raise InvalidSummary("'summary' must be a single line")
    if summary and len(summary) > _LONGEST_SUMMARY:
        raise InvalidSummary(f"'summary' field must be {_LONGEST_SUMMARY} characters or less.")


def _the_addresses_are_valid(told: str | None) -> None:
    """``Name <address>`` or bare addresses, separated by commas (RFC 822). Whether they exist is not asked."""
    if told is None:
        return
    addresses: Iterable[str] = _BRACKETED.findall(told) if "<" in told else told.split(",")
    for address in addresses:
        if not _ADDRESS.fullmatch(address.strip()):
            raise InvalidEmail(f"{shown(address.strip())} is not a valid email address")


def _is_web_address(told: str) -> bool:
    try:
        url = urlsplit(told)
        return url.scheme in ("http", "https") and bool(url.hostname) and not re.search(r"\s", told)
    except ValueError:
        return False


def _the_url_is_valid(told: str | None) -> None:
    if told is not None and not _is_web_address(told):
        raise InvalidUrl(f"{shown(told)} is not a valid url.")


def _the_project_url_is_valid(label: str, url: str) -> None:
    if not label:
        raise InvalidProjectUrl("Project-URL: Must have a label")
    if len(label) > _LONGEST_LABEL:
        raise InvalidProjectUrl(f"Project-URL: {shown(label)} must be {_LONGEST_LABEL} characters or less.")
    if not url:
        raise InvalidProjectUrl(f"Project-URL: {shown(label)}: Must have a URL")
    if not _is_web_address(url):
        raise InvalidProjectUrl(f"Project-URL: {shown(url)} is not a valid url")


def _the_classifier_is_current(classifier: str, policy: Policy) -> None:
    if classifier.startswith(_PRIVATE):
        return  # allowed, or refused before
    if classifier in policy.deprecated_classifiers:
        instead = policy.deprecated_classifiers[classifier]
        advice = f", use one of {list(instead)} instead" if instead else ""
        raise DeprecatedClassifier(f"The classifier {shown(classifier)} has been deprecated{advice}.")
    if policy.classifiers and classifier not in policy.classifiers:
        raise InvalidClassifier(f"{shown(classifier)} is not a valid classifier.")


def _the_field_may_be_dynamic(field: str) -> None:
    if field.lower() in _FIXED or field.lower() not in SINGLE | REPEATED:
        raise InvalidDynamic(f"Dynamic field {shown(field)} is not a valid dynamic field.")


def _the_import_name_can_be_imported(told: str) -> None:
    name, semicolon, private = told.partition(";")
    parts = name.strip().split(".")
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts) or (
        semicolon and private.strip() != "private"
    ):
        raise InvalidImportName(f"{shown(told)} is invalid for 'import-name'")


def _the_content_type_is_known(told: str | None) -> None:
    if told is None:
        return
    kind, *parameters = (part.strip() for part in told.split(";"))
    settings = {
        key.strip().lower(): value.strip().strip('"') for key, _, value in (p.partition("=") for p in parameters)
    }
    if (
        kind.lower() not in _CONTENT_TYPES
        or settings.get("charset", "utf-8").lower() != "utf-8"
        or (kind.lower() == "text/markdown" and settings.get("variant", "gfm").lower() not in _VARIANTS)
    ):
        raise InvalidContentType(
            f"{shown(told)} is invalid for 'description-content-type': use {', '.join(_CONTENT_TYPES)}, in UTF-8."
        )
