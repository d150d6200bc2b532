"""What a release's core metadata says, made fit for pages: nothing of it is to be trusted."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from attrs import frozen
from packaging.requirements import InvalidRequirement, Requirement

from domain import names
from domain.metadata import Metadata
from domain.package import Package

GITHUB = "https://github.com"
_NOT_OWNERS = frozenset({"apps", "features", "marketplace", "orgs", "settings", "sponsors", "topics", "users"})
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']*)["']|["']([^"']*)["']\s*==\s*extra""")
_MAILBOX_NAME = re.compile(r"""(?:"([^"]*)"|([^<>,"]*))\s*<[^<>]*>""")
_EMAIL = re.compile(r"""[<(\[]?[^\s<>()\[\],;"']+@[^\s<>()\[\],;"']+[>)\]]?""")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_LONGEST_LICENSE = 80
_LONGEST_LABEL = 60


@frozen
class Link:
    """A link away from the index; `url` is http or https."""

    label: str
    url: str


@frozen
class Repository:
    """A repository on GitHub, ``owner/name``."""

    full_name: str
    url: str


@frozen
class Dependency:
    """One requirement. `condition` is the specifier and what else restricts it."""

    name: str
    canonical: str
    specifier: str
    condition: str


@frozen
class DependencyGroup:
    """What is required always (no extra), or with one extra."""

    extra: str | None
    dependencies: tuple[Dependency, ...]


def dependencies(metadata: Metadata) -> tuple[DependencyGroup, ...]:
    """Requires-Dist by extra, those of none first, in the order of the file."""
    groups: dict[str | None, list[Dependency]] = {None: []}
    groups |= {names.canonical(extra): [] for extra in metadata.provides_extra}
    for line in metadata.requires_dist:
        extras, dependency = _dependency(line)
        for extra in extras or (None,):
            groups.setdefault(extra, []).append(dependency)
    return tuple(DependencyGroup(extra, tuple(group)) for extra, group in groups.items() if group)


def links(metadata: Metadata) -> tuple[Link, ...]:
    """Where the package lives elsewhere, each address once."""
    candidates = [
        *metadata.project_urls,
        ("Homepage", metadata.home_page or ""),
        ("Download", metadata.download_url or ""),
    ]
    found: dict[str, Link] = {}
    for label, url in candidates:
        if is_web_address(url):
            found.setdefault(url.rstrip("/"), Link(" ".join(label.split())[:_LONGEST_LABEL] or "Link", url))
    return tuple(found.values())


def repository_of(package: Package, metadata: Metadata | None, github_url: str = GITHUB) -> Repository | None:
    """The repository the package was submitted from, else the first that its project URLs name."""
    if package.repository:
        return Repository(package.repository, f"{github_url}/{package.repository}")
    for _, url in metadata.project_urls if metadata else ():
        for root in dict.fromkeys((github_url, GITHUB)):
            if full_name := _repository_name(url, root):
                return Repository(full_name, f"{root}/{full_name}")
    return None


def people(name: str | None, addresses: str | None) -> tuple[str, ...]:
    """Who wrote it, without mail addresses: those are in the metadata for whoever needs them."""
    told = [name or "", *(quoted or bare for quoted, bare in _MAILBOX_NAME.findall(addresses or ""))]
    return _unique(" ".join(_EMAIL.sub(" ", one).split()).strip(" ,;") for one in told)


def license_name(metadata: Metadata) -> str | None:
    """The licence in a few words: the SPDX expression, else the old field if it is a name, else the classifiers."""
    if metadata.license_expression:
        return metadata.license_expression
    text = (metadata.license or "").strip()
    if text and "\n" not in text and len(text) <= _LONGEST_LICENSE:
        return text
    classified = [one.rpartition("::")[2].strip() for one in metadata.classifiers if one.startswith("License ::")]
    if classified:
        return ", ".join(_unique(classified))
    first = text.partition("\n")[0].strip()
    return first[:_LONGEST_LICENSE] or None


def classifiers(metadata: Metadata) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The classifiers by their first part."""
    groups: dict[str, list[str]] = {}
    for classifier in metadata.classifiers:
        topic, _, rest = classifier.partition("::")
        groups.setdefault(topic.strip(), []).append(rest.strip())
    return tuple((topic, _unique(values)) for topic, values in sorted(groups.items()))


def is_web_address(url: str) -> bool:
    """Whether a link to it is harmless and leads somewhere."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def _dependency(line: str) -> tuple[tuple[str, ...], Dependency]:
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return (), Dependency(line, "", "", "")
    extras_wanted = f"[{', '.join(sorted(requirement.extras))}]" if requirement.extras else ""
    specifier = (
        f"@ {requirement.url}" if requirement.url else ", ".join(sorted(map(str, requirement.specifier), reverse=True))
    )
    marker = str(requirement.marker) if requirement.marker else ""
    extras = _unique(names.canonical(one or other) for one, other in _EXTRA.findall(marker))
    dependency = Dependency(
        name=requirement.name + extras_wanted,
        canonical=names.canonical(requirement.name),
        specifier=specifier,
        condition=_without_extra(marker),
    )
    return extras, dependency


def _without_extra(marker: str) -> str:
    """The marker's other conditions. One that has alternatives stays whole: its parts mean nothing alone."""
    if " or " in marker:
        return marker
    return " and ".join(part for part in marker.split(" and ") if not _EXTRA.fullmatch(part.strip("() ")))


def _repository_name(url: str, root: str) -> str | None:
    if not is_web_address(url):
        return None
    base, parts = urlsplit(root), urlsplit(url)
    if (parts.hostname or "").removeprefix("www.") != base.hostname or parts.port != base.port:
        return None
    path = parts.path.removeprefix(base.path).strip("/").split("/")
    full_name = "/".join(path[:2]).removesuffix(".git")
    if path[0].lower() in _NOT_OWNERS or not _REPOSITORY.fullmatch(full_name):
        return None
    return full_name


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
