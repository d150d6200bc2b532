"""Who writes which page."""

from collections.abc import Sequence

from domain.messages import Page, PageStale
from domain.ports.bus import MessageBus
from domain.usecases.directory_pages import DirectoryPages
from domain.usecases.lists import Lists
from domain.usecases.owner_pages import OwnerPages
from domain.usecases.package_pages import PackagePages
from domain.usecases.release_pages import ReleasePages
from domain.usecases.settling import Part, Settling

_LISTINGS_AT_ONCE = 500
_COVERS = {
    Page.PROJECT: (Page.DEPENDENTS, Page.STATS),
    Page.RELEASES: (Page.RELEASE,),
    Page.FILES: (Page.SIMPLE,),
}
"""Which messages about a package need no work beside another one, because handling that does theirs too."""


class Site:
    """Takes messages about stale pages."""

    def __init__(
        self,
        settling: Settling,
        packages: PackagePages,
        releases: ReleasePages,
        directory: DirectoryPages,
        lists: Lists,
        owners: OwnerPages,
        bus: MessageBus,
    ) -> None:
        self._settling = settling
        self._packages = packages
        self._releases = releases
        self._directory = directory
        self._lists = lists
        self._owners = owners
        self._bus = bus

    def handle(self, message: PageStale) -> None:
        """Do what is due.

        Raises:
            ValueError: pages of this kind are of a package, release or account that the message does not name.
        """
        match message:
            case PageStale(page, None):
                self._of_all(page)
            case PageStale(Page.OWNER, str(account)):
                self._owners.rename(account)
            case PageStale(_, str(name)):
                self.handle_together(name, [message])

    def handle_together(self, name: str, messages: Sequence[PageStale]) -> None:
        """Do all that is due of one package, which is read only once for that.

        Raises:
            ValueError: as `handle`, of one of them.
        """
        pages = {message.page for message in messages}
        covered = {other for page in pages for other in _COVERS.get(page, ())}
        parts = [self._part(name, message) for message in messages if message.page not in covered]
        self._settling.package(name, *parts)

    def _part(self, name: str, message: PageStale) -> Part:
        match message.page:
            case Page.SIMPLE:
                return self._packages.for_installers(name)
            case Page.PROJECT | Page.STATS:
                return self._packages.for_people(name)
            case Page.DEPENDENTS:
                return self._packages.surroundings(name)
            case Page.NEEDED:
                return self._packages.presence(name)
            case Page.FILES:
                return self._packages.without_copies(name)
            case Page.RELEASE if message.version is not None:
                return self._releases.of_one(name, message.version)
            case Page.RELEASES:
                return self._releases.of_all(name)
            case page:
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
                # Some at a time, because the time of a function is bounded; another message does the rest.
                if self._directory.write(_LISTINGS_AT_ONCE):
                    self._bus.publish([PageStale(Page.DIRECTORY)])
            case _:
                raise ValueError(f"a stale {page} page needs a name, and that of a release a version")
