"""Who writes which page."""

from domain.messages import Page, PageStale
from domain.ports.publisher import Publisher
from domain.usecases.directory_pages import DirectoryPages
from domain.usecases.lists import Lists
from domain.usecases.package_pages import PackagePages
from domain.usecases.release_pages import ReleasePages

_LISTINGS_AT_ONCE = 500


class Site:
    """Takes messages about stale pages."""

    def __init__(
        self,
        packages: PackagePages,
        releases: ReleasePages,
        directory: DirectoryPages,
        lists: Lists,
        publisher: Publisher,
    ) -> None:
        self._packages = packages
        self._releases = releases
        self._directory = directory
        self._lists = lists
        self._publisher = publisher

    def handle(self, message: PageStale) -> None:
        """Do what is due.

        Raises:
            ValueError: it does not say what of.
        """
        match message:
            case PageStale(Page.RELEASE, str(name), str(version)):
                self._releases.write(name, version)
            case PageStale(page, str(name)):
                self._of_one(page, name)
            case PageStale(page):
                self._of_all(page)

    def _of_one(self, page: Page, name: str) -> None:
        match page:
            case Page.SIMPLE:
                self._packages.refresh(name)
            case Page.PROJECT:
                self._packages.describe(name)
            case Page.DEPENDENTS:
                self._packages.show_surroundings(name)
            case Page.NEEDED:
                self._packages.tell_dependents(name)
            case Page.STATS:
                self._packages.chart(name)
            case Page.FILES:
                self._packages.forget_copies(name)
            case Page.RELEASES:
                self._releases.write_all(name)
            case _:
                raise ValueError(f"a stale {page} page is not of one package alone")

    def _of_all(self, page: Page) -> None:
        match page:
            case Page.FIGURES:
                self._lists.move_figures()
            case Page.ROOT:
                self._lists.for_installers()
            case Page.HOME:
                self._lists.for_people()
            case Page.STATISTICS:
                self._lists.statistics()
            case Page.DIRECTORY:
                # Some at a time, as a function has its time; the rest is another's.
                if self._directory.write(_LISTINGS_AT_ONCE):
                    self._publisher.publish([PageStale(Page.DIRECTORY)])
            case _:
                raise ValueError(f"a stale {page} page needs a name, and that of a release a version")
