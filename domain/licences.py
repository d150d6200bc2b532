"""What metadata says about licences (PEP 639), and whether the files it names are there."""

from collections.abc import Collection
from pathlib import PurePosixPath, PureWindowsPath

from packaging.licenses import canonicalize_license_expression

from domain.metadata import InvalidMetadata, Metadata
from domain.refusals import Invalid
from domain.wording import shown

# The longest expression on the public index has some hundred characters; evaluation nests as deep as brackets do.
_LONGEST_EXPRESSION = 2_000


class LicenceMissing(Invalid):
    """A licence that is announced and not in the file."""


class InvalidLicenceExpression(InvalidMetadata):
    """Not an SPDX expression."""


class TwoLicences(InvalidMetadata):
    """License and License-Expression."""


class InvalidLicenceFile(InvalidMetadata):
    """Not a plain path below the root."""


def check_licence_fields(metadata: Metadata) -> None:
    """The fields by themselves, from metadata 2.4 on: in older files they are notes, which nobody reads as PEP 639."""
    if not metadata.is_at_least("2.4"):
        return
    _the_expression_is_spdx(metadata.license_expression)
    _there_is_one_way_to_say_it(metadata)
    for path in metadata.license_files:
        _the_licence_is_a_plain_path(path)


def check_licences(metadata: Metadata, filename: str, root: str, held: Collection[str]) -> None:
    """Each License-File is in the distribution, from metadata 2.4 on: before, setuptools wrote what it liked."""
    if metadata.is_at_least("2.4"):
        for licence in metadata.license_files:
            if f"{root}/{licence}" not in held:
                raise LicenceMissing(
                    f"License-File {shown(licence)} does not exist in distribution file '{filename}' "
                    f"at {shown(f'{root}/{licence}')}"
                )


def _the_expression_is_spdx(expression: str | None) -> None:
    if expression is None:
        return
    try:
        if len(expression) <= _LONGEST_EXPRESSION:
            canonicalize_license_expression(expression)
            return
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pass
    raise InvalidLicenceExpression(f"{shown(expression)} is invalid for 'license-expression'")


def _there_is_one_way_to_say_it(metadata: Metadata) -> None:
    if metadata.license and metadata.license_expression:
        raise TwoLicences(
            "License is deprecated when License-Expression is present. Only License-Expression should be present."
        )


def _the_licence_is_a_plain_path(path: str) -> None:
    problem = None
    if ".." in path:
        problem = "parent directory indicators are not allowed"
    elif "*" in path:
        problem = "paths must be resolved"
    elif PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        problem = "paths must be relative"
    elif PureWindowsPath(path).as_posix() != path:
        problem = "paths must use '/' delimiter"
    if problem:
        raise InvalidLicenceFile(f"{shown(path)} is invalid for 'license-file', {problem}")
