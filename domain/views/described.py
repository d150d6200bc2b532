"""What a release's core metadata says, made fit for pages: nothing of it is to be trusted."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from attrs import frozen

from domain.metadata import Metadata
from domain.package import Package
from domain.sources import is_full_name
from domain.views.web_address import with_one_fragment

GITHUB = "https://github.com"
_NOT_OWNERS = frozenset({"apps", "features", "marketplace", "orgs", "settings", "sponsors", "topics", "users"})
_MAILBOX_NAME = re.compile(r"""(?:"([^"]*)"|([^<>,"]*))\s*<[^<>]*>""")
_EMAIL = re.compile(r"""[<(\[]?[^\s<>()\[\],;"']+@[^\s<>()\[\],;"']+[>)\]]?""")
_LONGEST_LABEL = 60
_LONGEST_PEOPLE = 2_000


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
            found.setdefault(url.rstrip("/"), _link(label, url))
    return tuple(found.values())


def repository_of(package: Package, metadata: Metadata | None, github_url: str) -> Repository | None:
    """The repository the package was submitted from, else the first that its project URLs or its home page name."""
    if package.repository:
        return Repository(package.repository, f"{github_url}/{package.repository}")
    # All that setup.py's `url` becomes is a home page.
    for url in (*(url for _, url in metadata.project_urls), metadata.home_page or "") if metadata else ():
        for root in dict.fromkeys((github_url, GITHUB)):
            if full_name := _repository_name(url, root):
                return Repository(full_name, f"{root}/{full_name}")
    return None


def people(name: str | None, addresses: str | None) -> tuple[str, ...]:
    """Who wrote it, without mail addresses: those are in the metadata for whoever needs them."""
    # Nothing longer, as what is looked for below may take time that grows with the square.
    name, addresses = (" ".join((text or "").split())[:_LONGEST_PEOPLE] for text in (name, addresses))
    told = [name, *(quoted or bare for quoted, bare in _MAILBOX_NAME.findall(addresses))]
    return _unique(" ".join(_EMAIL.sub(" ", one).split()).strip(" ,;") for one in told)


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
        leads_somewhere = bool(parts.hostname) and parts.port != 0  # which is looked at only now, and may be no number
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url
    return plain and leads_somewhere and parts.scheme in {"http", "https"} and "@" not in parts.netloc


def _link(label: str, url: str) -> Link:
    return Link(" ".join(label.split())[:_LONGEST_LABEL] or "Link", with_one_fragment(url))


def _repository_name(url: str, root: str) -> str | None:
    if not is_web_address(url):
        return None
    base, parts = urlsplit(root), urlsplit(url)
    if (parts.hostname or "").removeprefix("www.") != base.hostname or parts.port != base.port:
        return None
    path = parts.path.removeprefix(base.path).strip("/").split("/")
    full_name = "/".join(path[:2]).removesuffix(".git")
    if path[0].lower() in _NOT_OWNERS or not is_full_name(full_name):
        return None
    return full_name


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
