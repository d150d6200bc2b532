"""Which differences `verify` may forgive: objects that are stale, while a message that renews them still waits."""

from collections.abc import Iterable

from domain.browse import FOLDER
from domain.messages import Message, Page, PageStale
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


class Due:
    """The objects and rows that waiting messages renew, so that a difference in them is no fault yet."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self._of_one: dict[str, set[Page]] = {}
        self._pages: set[Page] = set()
        for message in messages:
            if isinstance(message, PageStale):
                self._pages.add(message.page)
                if message.name is not None:
                    self._of_one.setdefault(message.name, set()).add(message.page)

    def __contains__(self, key: str) -> bool:
        """Whether the object or row with this key is renewed."""
        name = key.rpartition("/")[2] if key.startswith(TABLES) else package_in(key)
        if name is not None and any(_is_of_one(key, page, name) for page in self._of_one.get(name, ())):
            return True
        return any(_is_of_many(key, page) for page in self._pages)


def is_of_an_edition(key: str) -> bool:
    """Whether other software or settings make other bytes of the object; files and single downloads stay the same."""
    return not key.startswith(("packages/", BLOBS, DETAILS))


def _is_of_one(key: str, page: Page, name: str) -> bool:
    """Whether it is the package's own, and renewed for it."""
    is_row = key.startswith(TABLES)
    match page:
        case Page.SIMPLE | Page.FILES:
            return is_row or key in installer_keys(name) or key.startswith("packages/")
        case Page.PROJECT | Page.STATS:
            return is_row or key in people_keys(name)
        case Page.RELEASE | Page.RELEASES:
            return key.startswith("project/")
        case Page.DEPENDENTS:
            return key in people_keys(name)
        case Page.NEEDED:
            return is_row
        case _:
            return False


def _is_of_many(key: str, page: Page) -> bool:
    """Whether it is renewed for whichever package, or for all of them."""
    match page:
        case Page.PROJECT | Page.STATS:
            return _is_a_list(key) or _names_dependents(key)
        case Page.OWNER:
            return key.startswith(("project/", "owner/"))
        case Page.NEEDED:
            return key.startswith(("project/", "badge/"))
        case Page.FIGURES:
            return key.startswith(("project/", "stats/", "badge/", f"{TABLES}{USAGE}/")) or _is_a_list(key)
        case Page.ROOT:
            return key in ROOT_KEYS
        case Page.HOME | Page.DIRECTORY | Page.STATISTICS:
            return _is_a_list(key)
        case _:
            return False


def _names_dependents(key: str) -> bool:
    """Whether the page says who needs its package, whichever that is: whose changes is known once rows are written."""
    name = package_in(key)
    return name is not None and key in (project_key(name), text_key(name), badge_key(name, "dependents"))


def _is_a_list(key: str) -> bool:
    """Whether the object is about many packages."""
    lists = (HOME_KEY, FEED_KEY, SITEMAP_KEY, STATISTICS_KEY, *ROOT_KEYS)
    return key in lists or key.startswith((FOLDER, "owner/", "search/", SITEMAPS))
