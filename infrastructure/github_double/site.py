"""The site as far as links lead there: what a repository is, and the files of its releases."""

from collections.abc import Sequence
from html import escape
from urllib.parse import unquote

from infrastructure.github_double.answers import Answer, missing, page, sent
from infrastructure.github_double.file_shapes import asset_number
from infrastructure.github_double.repository import Repository


def repository_page(told: Repository, rest: Sequence[str], files_url: str) -> Answer:
    """The page of a repository, whatever part of it is asked for; a file of a release is elsewhere."""
    match rest:
        case ("releases", "download", tag, name):
            wanted = unquote(tag), unquote(name)
            for release in told.releases:
                for asset in release.assets:
                    if (release.tag, asset.name) == wanted and not release.draft:
                        return sent(f"{files_url}/release-assets/{told.id}/{asset_number(told, release, asset)}")
            return missing()
        case _:
            tags = ", ".join(sorted(told.tags)) or "none"
            files = "".join(f"<li>{escape(path)}" for path in sorted(told.head.files)) if told.head else "<li>none"
            return page(
                f"<h1>{escape(told.full_name)}</h1>\n<p>{escape(told.description or '')}\n"
                f"<p>Tags: {escape(tags)}\n<p>Files:\n<ul>{files}</ul>\n<p>A sample on this machine."
            )
