"""Turning views into pages."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.site_settings import SiteSettings
from domain.views.home import HomePage
from domain.views.package_page import PackagePage
from domain.views.release_page import ReleasePage
from domain.views.simple import SimpleProject


class Pages(Protocol):
    """Renders HTML. Equal views give equal bytes, in every process and at every time."""

    def simple_project(self, view: SimpleProject) -> bytes:
        """A project's file list for installers (PEP 503, frozen at 1.4 by PEP 833)."""

    def simple_root(self, names: Sequence[str]) -> bytes:
        """The list of all projects for installers; `names` are canonical."""

    def package(self, view: PackagePage) -> bytes:
        """A package's page for people."""

    def release(self, view: ReleasePage) -> bytes:
        """The page of one release for people."""

    def home(self, view: HomePage) -> bytes:
        """The home page."""

    def submitters(self, site: SiteSettings) -> bytes:
        """The page for those who publish here."""

    def assets(self) -> Mapping[str, bytes]:
        """Style sheet, icon and the like by site key."""
