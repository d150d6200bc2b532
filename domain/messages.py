"""What is due because something happened. Messages are derived, never stored as truth, and may repeat."""

from enum import StrEnum

from attrs import frozen


class Page(StrEnum):
    """Families of pages that go stale together."""

    SIMPLE = "simple"  # one project's files and its pages for installers
    PROJECT = "project"  # one project's page for people, and its row in the catalogue
    ROOT = "root"  # the list of all projects for installers
    HOME = "home"  # the list of all projects for people
    FILES = "files"  # the copies that caches keep of one project's files, some of which are gone


@frozen
class PageStale:
    """This page no longer shows the truth. `name` is canonical, and None for pages over all packages."""

    page: Page
    name: str | None = None


Message = PageStale
