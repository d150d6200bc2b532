"""What is due because something happened. Messages are derived, never stored as truth, and may repeat."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen


class Page(StrEnum):
    """Families of pages that go stale together."""

    SIMPLE = "simple"  # one project's files and its pages for installers
    PROJECT = "project"  # one project's page for people with its twins, and its rows in lists
    RELEASE = "release"  # one release's page for people
    RELEASES = "releases"  # the pages of all releases of one project
    DEPENDENTS = "dependents"  # the same pages as PROJECT, because of what other projects need
    ROOT = "root"  # the list of all projects for installers
    HOME = "home"  # the lists of all projects for people: home page, feed, site map
    DIRECTORY = "directory"  # search, browsing and owners, for all projects whose listing changed
    STATISTICS = "statistics"  # the figures of all projects together
    STATS = "stats"  # one project's figures, and its row among those of all projects
    FIGURES = "figures"  # the figures that move with the calendar, such as those of the last 30 days, of all projects
    NEEDED = "needed"  # what the pages of those that need a project say about it: whether it is here
    OWNER = "owner"  # whatever says what one account is called, which has another login now
    FILES = "files"  # the copies that caches keep of one project's files, some of which are gone


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
        announced: tells apart the occasions on which the same was announced; empty where nothing was.
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
        after: what was asked for before then does not do, and neither what is older than the package's newest file.
    """

    name: str
    after: datetime | None = None


@frozen
class Build:
    """The submission with this id is to be brought to its end."""

    submission: str


Message = PageStale | CountDownloads | FetchFacts | Build
