"""Making everything that is served again."""

import contextlib
from collections.abc import Iterator

from domain.ports.objects import Objects
from domain.usecases.directory_pages import DirectoryPages
from domain.usecases.lists import Lists
from domain.usecases.package_pages import PackagePages
from domain.usecases.release_pages import ReleasePages
from domain.usecases.settling import Settling
from domain.usecases.verification import Fault, Verification


class Rebuilding:
    """Derives files, pages and rows from the events."""

    def __init__(
        self,
        verification: Verification,
        objects: Objects,
        settling: Settling,
        packages: PackagePages,
        releases: ReleasePages,
        directory_pages: DirectoryPages,
        lists: Lists,
    ) -> None:
        self._verification = verification
        self._objects = objects
        self._settling = settling
        self._packages = packages
        self._releases = releases
        self._directory_pages = directory_pages
        self._lists = lists

    def rebuild(self) -> Iterator[str]:
        """Derive everything again; yields each package's name when it is done, also if its bytes are lost."""
        names = list(self._verification.names())
        for name in names:
            # Rows first: pages of others show some of them.
            with contextlib.suppress(LookupError):  # `differences` names what is lost
                self._settling.package(name, self._packages.for_installers(name, anew=True), self._packages.rows())
        for name in names:
            with contextlib.suppress(LookupError):
                self.renew(name)
            yield name
        self.renew_lists()
        for difference in self._verification.differences():
            if difference.fault is Fault.STRAY:
                self._objects.delete(difference.key)

    def renew(self, name: str) -> None:
        """Write a package's pages again, as another software or other settings make them.

        Raises:
            LookupError: bytes of one of its files are lost.
        """
        parts = self._packages.for_installers(name), self._packages.for_people(name), self._releases.of_all(name)
        self._settling.package(name, *parts)

    def renew_lists(self) -> None:
        """Write again what is about all packages."""
        self._lists.ensure_start()
        self._lists.for_installers()
        self._lists.for_people()
        self._lists.statistics()
        self._directory_pages.rewrite()
