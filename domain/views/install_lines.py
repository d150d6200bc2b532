"""What to type to install a package from this index, and what to know before.

One index URL for everything is the only safe way: with a second one beside it, installers take whichever has the higher
version of a name, and anybody may publish that.
"""

import shlex
from collections.abc import Sequence
from unicodedata import normalize
from urllib.parse import urlsplit

from attrs import frozen

from domain.loopback import is_loopback
from domain.site_settings import SiteSettings

_MOST_HASHES = 24


@frozen
class InstallLine:
    """Commands, or lines of a file, for one tool."""

    tool: str
    text: str


def install_lines(name: str, settings: SiteSettings, version: str | None = None) -> tuple[InstallLine, ...]:
    """How each installer gets the package, or exactly one version of it."""
    # An epoch's exclamation mark means something to shells.
    what = shlex.quote(f"{name}=={version}") if version else name
    simple = f"{settings.base_url}/simple/"
    source = _source_name(settings)
    # In poetry an explicit source serves what is asked of it by name only; a primary one takes PyPI's place.
    priority = "primary" if settings.upstream else "explicit"
    return (
        InstallLine("pip", f"pip install --index-url {simple} {what}"),
        InstallLine("uv", f"uv pip install --default-index {simple} {what}"),
        InstallLine(
            "Poetry",
            f"poetry source add --priority={priority} {source} {simple}\npoetry add --source {source} {what}",
        ),
        InstallLine("PDM", f"pdm config --local pypi.url {simple}\npdm add {what}"),
    )


def pinned(name: str, version: str, digests: Sequence[str], settings: SiteSettings) -> InstallLine | None:
    """Lines for a requirements file that take exactly these files; None if they would be too many."""
    if len(digests) > _MOST_HASHES:
        return None
    hashes = " \\\n".join(f"    --hash=sha256:{digest}" for digest in digests)
    text = f"--index-url {settings.base_url}/simple/\n{name}=={version} \\\n{hashes}"
    return InstallLine("requirements.txt", text)


def install_notes(settings: SiteSettings, *, needs_others: bool | None) -> tuple[str, ...]:
    """What somebody who is about to copy a line should know.

    Args:
        settings: what the operator decided.
        needs_others: whether something is required that this index does not have; None if something is required, and
            whether it is here is not known.
    """
    is_known = needs_others is not None
    about_others = (
        () if needs_others is False else (_dependencies_note(settings, is_known=is_known), _uv_note(settings))
    )
    return tuple(filter(None, (*about_others, _transport_note(settings))))


def _dependencies_note(settings: SiteSettings, *, is_known: bool) -> str:
    if settings.upstream:
        host = urlsplit(settings.upstream).hostname or settings.upstream
        return f"One index URL is enough: what this index never had, such as public dependencies, comes from {host}."
    if not is_known:
        return "If a dependency is not in this index, these lines do not find it."
    return (
        "This index serves its own packages only. Dependencies that it does not have are not found with these lines, "
        "until its operator sets an upstream index."
    )


def _uv_note(settings: SiteSettings) -> str:
    """Uv asks its indexes in turn and keeps to the first that has a name, unlike pip."""
    if settings.upstream:
        return ""
    return f"With uv, --index {settings.base_url}/simple/ takes from here what is here, and the rest from PyPI."


def _transport_note(settings: SiteSettings) -> str:
    url = urlsplit(settings.base_url)
    host = url.hostname or ""
    if url.scheme == "https" or is_loopback(host):
        return ""
    return f"This index has no HTTPS, so pip also wants --trusted-host {host}: use that on networks you trust only."


def _source_name(settings: SiteSettings) -> str:
    """The index's name as all tools and shells take it: what has no place in ASCII is left out."""
    ascii_name = normalize("NFKD", settings.name.lower()).encode("ascii", "ignore").decode()
    words = "".join(character if character.isalnum() else " " for character in ascii_name).split()
    return "-".join(words) or "sls-pypi"
