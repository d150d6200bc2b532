"""What everybody sees of a package, read as installers and people read it, and whether the parts agree."""

import hashlib
import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

from domain.ports.objects import Objects

_LISTED = ("simple/{}/index.v1_json", "simple/{}/index.v1_html", "simple/{}/index.html", "pypi/{}/json")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))


def listed(objects: Objects, name: str) -> dict[str, Any] | None:
    """What the JSON page lists, by filename: digest, whether it is yanked, version in its URL; None without a page.

    Raises:
        AssertionError: a file that is listed is not there as it is listed.
    """
    body = objects.get(_LISTED[0].format(name))
    if body is None:
        return None
    files = {}
    for file in json.loads(body)["files"]:
        key = "packages/" + unquote(file["url"].partition("/packages/")[2])
        body, metadata = objects.get(key), objects.get(f"{key}.metadata")
        assert body is not None, f"{key} is listed and missing"
        digest = hashlib.sha256(body).hexdigest()
        assert digest == file["hashes"]["sha256"], f"{key} is other bytes than listed"
        told = file.get("core-metadata", False) and file["core-metadata"]["sha256"]
        assert told == (metadata is not None and hashlib.sha256(metadata).hexdigest()), f"{key}.metadata"
        yanked = file["yanked"] if isinstance(file["yanked"], str) else "" if file["yanked"] else None
        files[file["filename"]] = {"sha256": digest, "yanked": yanked, "label": key.split("/")[2]}
    return files


def seen(objects: Objects, name: str) -> dict[str, Any] | None:
    """The same of all pages for installers.

    Raises:
        AssertionError: two pages contradict each other, or a file that is listed is not there as it is listed.
    """
    files = listed(objects, name)
    for key in _LISTED[1:3]:
        body = objects.get(key.format(name))
        assert (body is None) == (files is None), f"{name} is there for some installers only"
        if body is None or files is None:
            continue
        links = _Links()
        links.feed(body.decode())
        linked = {
            str(link["href"]).rpartition("/")[2].partition("#sha256=")[::2]: link.get("data-yanked")
            for link in links.found
        }
        assert linked == {(filename, file["sha256"]): file["yanked"] for filename, file in files.items()}, name
    return files


def check_settled(objects: Objects, name: str, files: dict[str, Any] | None) -> None:
    """See that the pages that follow later say the same.

    Raises:
        AssertionError: they do not.
    """
    legacy, page = objects.get(f"pypi/{name}/json"), objects.get(f"project/{name}/index.html")
    served = {key.rpartition("/")[2] for key in objects.keys(f"packages/{name}/")}
    wheels = {f"{filename}.metadata" for filename in files or () if filename.endswith(".whl")}
    assert served == {*(files or ()), *wheels}
    assert (page is None) == (files is None), f"{name}: the page for people"
    if legacy is None:
        assert not files, f"{name} has files and no JSON of old"
    else:
        releases = json.loads(legacy)["releases"].values()
        told = {file["filename"]: file["digests"]["sha256"] for release in releases for file in release}
        assert told == {filename: file["sha256"] for filename, file in (files or {}).items()}
    for file in (files or {}).values():
        assert page is not None
        assert file["sha256"] in page.decode(), f"{name}: a digest is not on its page"


def projects(objects: Objects) -> set[str]:
    """The names in the list of all projects."""
    body = objects.get("simple/index.v1_json")
    assert body is not None
    return {project["name"] for project in json.loads(body)["projects"]}
