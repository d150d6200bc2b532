"""What search engines are told: where the pages are (sitemaps.org), and which to leave alone (RFC 9309)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from domain.listing import Listed
from domain.owners import owner_of
from domain.site_settings import SiteSettings
from domain.views.xml import in_xml

SITEMAP_KEY = "sitemap.xml"
SITEMAPS = "sitemap/"
"""Under which keys the parts are if there are too many addresses for one."""
MOST_ADDRESSES = 45_000
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_COMMON = ("/", "/browse/", "/statistics/")


def sitemap(listed: Sequence[Listed], settings: SiteSettings, most: int = MOST_ADDRESSES) -> Mapping[str, bytes]:
    """The site map by site key; with more than `most` addresses an index, and its parts beside it.

    Args:
        listed: in any order.
        settings: whose base URL it shows.
        most: addresses in one part.
    """
    base = in_xml(settings.base_url)
    addresses = [_element("url", base + path, day) for path, day in _addresses(listed)]
    if len(addresses) <= most:
        return {SITEMAP_KEY: _document("urlset", addresses)}
    parts = [addresses[start : start + most] for start in range(0, len(addresses), most)]
    keys = [f"{SITEMAPS}{number}.xml" for number in range(1, len(parts) + 1)]
    index = [_element("sitemap", f"{base}/{key}", "") for key in keys]
    bodies = (_document("urlset", part) for part in parts)
    return {SITEMAP_KEY: _document("sitemapindex", index), **dict(zip(keys, bodies, strict=True))}


def robots(settings: SiteSettings) -> bytes:
    """What programs that follow links should not follow."""
    lines = ("User-agent: *", "Disallow: /api/", "Disallow: /login", "Allow: /", "")
    return "\n".join([*lines, f"Sitemap: {settings.base_url}/{SITEMAP_KEY}", ""]).encode()


def _addresses(listed: Sequence[Listed]) -> Iterator[tuple[str, str]]:
    """Paths, each with the day of its last news if that is known."""
    owners: dict[str, str] = {}
    packages: list[tuple[str, str]] = []
    for name, owner, _, updated in listed:
        day = updated[:10]
        packages.append((f"/project/{name}/", day))
        if day >= owners.get(owner, ""):
            owners[owner] = day
    newest = max(owners.values(), default="")
    yield from ((path, newest if path == "/" else "") for path in _COMMON)
    yield from sorted(packages)
    yield from sorted((owner_of(account).url, day) for account, day in owners.items())


def _element(name: str, address: str, day: str) -> str:
    modified = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<{name}><loc>{address}</loc>{modified}</{name}>"


def _document(root: str, elements: Iterable[str]) -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return "\n".join([head, f"<{root} {_NAMESPACE}>", *elements, f"</{root}>", ""]).encode()
