"""News as Atom feeds (RFC 4287): what was published last here, and the releases of one package."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from attrs import frozen

from domain.listing import Entry
from domain.site_settings import SiteSettings
from domain.views.package_page import PackagePage
from domain.views.releases import Release
from domain.views.times import in_seconds
from domain.views.xml import in_xml

MOST_NEWS = 50
_MOST_RELEASES = 30
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # a feed has to say when it changed, also before it did


@frozen
class _Feed:
    """Attributes: `path` of the feed and `page` of what it is about, from the root of the site."""

    title: str
    subtitle: str
    path: str
    page: str


@frozen
class _News:
    """One entry; `id` and `page` are paths from the root of the site."""

    id: str
    page: str
    title: str
    summary: str
    updated: datetime
    categories: tuple[str, ...] = ()


def index_feed(newest: Sequence[Entry], settings: SiteSettings) -> bytes:
    """The `MOST_NEWS` packages that were published last, newest first."""
    news = [
        _News(
            id=f"/project/{entry.name}/#{in_seconds(entry.updated)}",
            page=f"/project/{entry.name}/{quote(entry.newest, safe='')}/"
            if entry.newest
            else f"/project/{entry.name}/",
            title=f"{entry.spelling} {entry.newest or entry.latest}",
            summary=entry.summary,
            updated=entry.updated,
        )
        for entry in newest
        if entry.updated
    ]
    return _atom(_Feed(settings.name, "What was published last.", "/feed.xml", "/"), news, settings)


def package_feed(view: PackagePage) -> bytes:
    """The latest releases of a package, newest first."""
    page = f"/project/{view.name}/"
    feed = _Feed(f"{view.spelling} at {view.site.name}", view.about.summary, f"{page}feed.xml", page)
    # Not by version: what is published last may belong to an older line.
    newest = sorted(view.releases, key=lambda release: release.published, reverse=True)[:_MOST_RELEASES]
    return _atom(feed, [_release(view, release) for release in newest], view.site)


def _release(view: PackagePage, release: Release) -> _News:
    marks = (("pre-release", release.prerelease), ("yanked", release.yanked is not None))
    path = f"/project/{view.name}/{release.path}/"
    categories = tuple(mark for mark, is_so in marks if is_so)
    return _News(
        id=path,
        page=path,
        title=f"{view.spelling} {release.label}" + "".join(f" ({mark})" for mark in categories),
        summary=f"Yanked: {release.yanked}" if release.yanked else view.about.summary,
        updated=release.published,
        categories=categories,
    )


def _atom(feed: _Feed, news: Sequence[_News], settings: SiteSettings) -> bytes:
    base = in_xml(settings.base_url)
    updated = max((one.updated for one in news), default=_NEVER)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"<id>{base}{feed.path}</id>",
        f"<title>{in_xml(feed.title)}</title>",
        *([f"<subtitle>{in_xml(feed.subtitle)}</subtitle>"] if feed.subtitle else []),
        f"<updated>{in_seconds(updated)}</updated>",
        f"<author><name>{in_xml(settings.name)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{base}{feed.path}"/>',
        f'<link rel="alternate" type="text/html" href="{base}{feed.page}"/>',
        f"<icon>{base}/favicon.ico</icon>",
        *(line for one in news for line in _entry(one, base)),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _entry(news: _News, base: str) -> Sequence[str]:
    return (
        "<entry>",
        f"<id>{base}{news.id}</id>",
        f"<title>{in_xml(news.title)}</title>",
        f"<updated>{in_seconds(news.updated)}</updated>",
        f'<link rel="alternate" type="text/html" href="{base}{news.page}"/>',
        *(f'<category term="{in_xml(category)}"/>' for category in news.categories),
        f"<summary>{in_xml(news.summary or 'No summary.')}</summary>",
        "</entry>",
    )
