"""What is due because something happened. Messages are derived, never stored as truth, and may repeat."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen


class Page(StrEnum):
    """Families of pages that go stale together."""

    SIMPLE = "simple"  # one project: its files, and its pages for installers
    PROJECT = "project"  # one project: its page for people with its twins, and its rows in tables
    RELEASE = "release"  # one release: its page for people
    RELEASES = "releases"  # one project: the pages of all its releases
    DEPENDENTS = "dependents"  # one project: the pages of PROJECT, as something outside of it changed; nothing follows
    STATS = "stats"  # one project: as PROJECT, which tells its figures too; only older software makes it due
    NEEDED = "needed"  # one project came or went: the pages of those that need it say whether it is here
    FILES = "files"  # one project: some of its files are gone, and caches may still have copies
    OWNER = "owner"  # one account: it has another login, and so do all pages that name it
    ROOT = "root"  # all projects: the list for installers
    HOME = "home"  # all projects: the lists for people, which are home page, feed and site map
    DIRECTORY = "directory"  # all projects: search, browse and owners' pages, wherever a listing changed
    STATISTICS = "statistics"  # all projects: the page with the figures of the whole index
    FIGURES = "figures"  # all projects: a day is finished, so figures such as those of the last 30 days move on


@frozen
class PageStale:
    """This page no longer shows the truth.

    Attributes:
        name: canonical, or an account's key; None for pages over all packages.
        version: of a release, as its files are labelled.
    """

    page: Page
    name: str | None = None
    version: str | None = None


@frozen
class CountDownloads:
    """The downloads of a day (like ``2026-11-24``, UTC) are to be counted for a batch of packages.

    Attributes:
        packages: canonical names; empty for all.
        number: which batch of the day it is, from 1 to `of`.
        announced: the occasion, so that the same batch is counted again on another one; empty if nobody announced it.
    """

    day: str
    packages: tuple[str, ...] = ()
    number: int = 1
    of: int = 1
    announced: str = ""

    def covers(self, name: str) -> bool:
        """Whether the batch is about this package."""
        return not self.packages or name in self.packages


@frozen
class FetchFacts:
    """The facts of a package's repository are wanted.

    Attributes:
        name: canonical name of the package.
        after: facts from before this moment are too old; those from before the package's newest file always are.
    """

    name: str
    after: datetime | None = None


@frozen
class Build:
    """The submission with this id is to be brought to its end."""

    submission: str


Message = PageStale | CountDownloads | FetchFacts | Build
