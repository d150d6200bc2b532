"""Which repositories on GitHub can be published, and what of them."""

import re
from collections.abc import Iterable

from packaging.version import InvalidVersion, Version

from domain.account import github_key
from domain.artifacts import parse_filename
from domain.refusals import Invalid, NotAllowed, NotFound
from domain.repository import Asset, Owned, Source

PACKAGING_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
"""One of these at a repository's root says that it can be built."""

_LANGUAGES = (None, "Python")
_FULL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}", re.ASCII)
_LONGEST_REF = 255
_LONGEST_VERSION = 100
# git-check-ref-format(1): what no ref contains. `@` and `..` are how revisions are computed, which nobody asks for.
_NOT_IN_REFS = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//")


class InvalidRepository(Invalid):
    """Not ``owner/name``."""


class InvalidRef(Invalid):
    """Nothing that a tag, branch or commit could be called."""


class NotYourRepository(NotAllowed):
    """It belongs to somebody else."""


class NoPublicRepository(NotFound):
    """It is private, which is nobody's business."""


class NotForPublishing(Invalid):
    """A fork or an archived repository."""


class NoGitHubAccount(NotAllowed):
    """A local submitter owns no repository."""


def is_full_name(text: object) -> bool:
    """Whether a repository may be called so, as GitHub writes it; a URL of GitHub is none."""
    return isinstance(text, str) and _FULL_NAME.fullmatch(text) is not None


def check_full_name(text: str) -> str:
    """The name of a repository, ``owner/name``."""
    if not is_full_name(text):
        raise InvalidRepository("Give the repository as owner/name.")
    return text


def check_ref(text: str) -> str:
    """A tag, branch or commit by its name (git-check-ref-format)."""
    if (
        not 0 < len(text) <= _LONGEST_REF
        or not text.isprintable()
        or _NOT_IN_REFS.search(text)
        or text.startswith(("-", "/", "."))
        or text.endswith(("/", ".", ".lock"))
        or text == "@"
    ):
        raise InvalidRef("That is no name of a tag, branch or commit.")
    return text


def check_publishable(source: Source, account: str) -> None:
    """Only who owns a public repository publishes it, and neither a fork nor what is archived.

    Args:
        source: the repository.
        account: key of whoever wants to.
    """
    if source.is_private:
        raise NoPublicRepository("There is no such public repository on GitHub.")
    if github_key(source.owner_id) != account:
        raise NotYourRepository(f"{source.full_name} belongs to another account on GitHub: its owner publishes it.")
    if source.is_fork:
        raise NotForPublishing(f"{source.full_name} is a fork. Publish the repository that it comes from.")
    if source.is_archived:
        raise NotForPublishing(f"{source.full_name} is archived on GitHub, so that nothing new comes from it.")


def is_eligible(owned: Owned) -> bool:
    """Whether the repository is offered to its owner: what looks as if it could be built."""
    source = owned.source
    return (
        owned.has_packaging
        and not (source.is_private or source.is_fork or source.is_archived)
        and source.language in _LANGUAGES
    )


def newest_version(tags: Iterable[str]) -> str | None:
    """The tag of the highest version (``v1.0`` is one too): of final ones, if there are any."""
    versions = [(version, tag) for tag in tags if (version := _version(tag)) is not None]
    finals = [(version, tag) for version, tag in versions if not version.is_prerelease]
    return max(finals or versions, default=(None, None))[1]


def version_of(tag: str) -> str | None:
    """The version that a tag says (``v1.0`` says 1.0), as PEP 440 writes it; None if it says none."""
    # `packaging` takes some letters for others by their case, where Unicode has it so.
    version = _version(tag) if tag.isascii() else None
    return str(version) if version is not None and len(str(version)) <= _LONGEST_VERSION else None


def distributions(assets: Iterable[Asset]) -> tuple[Asset, ...]:
    """The wheels and sdists among a release's files, by name."""
    return tuple(sorted((asset for asset in assets if _is_distribution(asset.filename)), key=_filename))


def _is_distribution(filename: str) -> bool:
    """Whether it means to be one. Programs for some system come packed like sdists, but under no version's name."""
    if not filename.endswith(".tar.gz"):
        return filename.endswith(".whl")
    try:
        parse_filename(filename, old_sdists=True)  # other spellings than today's are refused later, aloud
    except Invalid:
        return False
    return True


def _filename(asset: Asset) -> str:
    return asset.filename


def _version(tag: str) -> Version | None:
    try:
        return Version(tag)
    except InvalidVersion:
        return None
