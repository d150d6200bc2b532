"""Which differences `verify` may forgive: objects that are stale, while a message that renews them still waits."""

from collections.abc import Iterable

from domain.browse import FOLDER
from domain.messages import Build, CountDownloads, FetchFacts, Message, Page, PageStale
from domain.usecases.keys import (
    FEED_KEY,
    HOME_KEY,
    ROOT_KEYS,
    STATISTICS_KEY,
    badge_key,
    installer_keys,
    package_in,
    people_keys,
    project_key,
    text_key,
)
from domain.usecases.table_faults import TABLES, USAGE
from domain.usecases.verification import BLOBS, DETAILS
from domain.views.sitemap import SITEMAP_KEY, SITEMAPS


def is_due(key: str, messages: Iterable[Message]) -> bool:
    """Whether one of the waiting messages renews the object with this key, so that a difference is no fault yet."""
    return any(_is_due_by(key, message) for message in messages)


def is_of_an_edition(key: str) -> bool:
    """Whether other software or settings make other bytes of the object; files and single downloads stay the same."""
    return not key.startswith(("packages/", BLOBS, DETAILS))


def _is_due_by(key: str, message: Message) -> bool:
    match message:
        case PageStale(page, str(name)):
            return _is_of_one(key, page, name)
        case PageStale(page):
            return _is_of_all(key, page)
        case CountDownloads() | FetchFacts() | Build():
            return False


def _is_of_one(key: str, page: Page, name: str) -> bool:
    match page:
        case Page.SIMPLE | Page.FILES:
            return key in installer_keys(name) or key.startswith(f"packages/{name}/") or _is_row(key, name)
        case Page.PROJECT | Page.STATS:
            return key in people_keys(name) or _is_a_list(key) or _is_row(key, name) or _names_dependents(key)
        case Page.RELEASE | Page.RELEASES:
            return key.startswith(f"project/{name}/")
        case Page.DEPENDENTS:
            return key in people_keys(name)
        case Page.OWNER:
            return key.startswith(("project/", "owner/"))
        case Page.NEEDED:
            return key.startswith(("project/", "badge/")) or _is_row(key, name)
        case _:
            return False


def _is_of_all(key: str, page: Page) -> bool:
    match page:
        case Page.FIGURES:
            return key.startswith(("project/", "stats/", "badge/", f"{TABLES}{USAGE}/")) or _is_a_list(key)
        case Page.ROOT:
            return key in ROOT_KEYS
        case Page.HOME | Page.DIRECTORY | Page.STATISTICS:
            return _is_a_list(key)
        case _:
            return False


def _is_row(key: str, name: str) -> bool:
    """Whether this is a row of the package in any table."""
    return key.startswith(TABLES) and key.rpartition("/")[2] == name


def _names_dependents(key: str) -> bool:
    """Whether the page says who needs its package, whichever that is: whose changes is known once rows are written."""
    name = package_in(key)
    return name is not None and key in (project_key(name), text_key(name), badge_key(name, "dependents"))


def _is_a_list(key: str) -> bool:
    """Whether the object is about many packages."""
    lists = (HOME_KEY, FEED_KEY, SITEMAP_KEY, STATISTICS_KEY, *ROOT_KEYS)
    return key in lists or key.startswith((FOLDER, "owner/", "search/", SITEMAPS))
