"""Turning views into pages."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.site_settings import SiteSettings
from domain.views.browse_page import BrowseIndex, BrowsePage
from domain.views.home import HomePage
from domain.views.login_page import LoginForm, LoginProblem
from domain.views.owner_page import OwnerPage
from domain.views.package_page import PackagePage
from domain.views.release_page import ReleasePage
from domain.views.simple import SimpleProject
from domain.views.statistics_page import StatisticsPage


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

    def browse_index(self, view: BrowseIndex) -> bytes:
        """A page of links to all packages by how their names begin."""

    def browse(self, view: BrowsePage) -> bytes:
        """The page of packages whose names begin alike."""

    def owner(self, view: OwnerPage) -> bytes:
        """The packages of one submitter."""

    def statistics(self, view: StatisticsPage) -> bytes:
        """The figures of all packages together."""

    def not_found(self, site: SiteSettings) -> bytes:
        """What is answered where there is no page."""

    def search(self, site: SiteSettings) -> bytes:
        """The page of what is searched for."""

    def submitters(self, site: SiteSettings) -> bytes:
        """The page for those who publish here."""

    def login(self, view: LoginForm) -> bytes:
        """The form of the development login."""

    def login_problem(self, view: LoginProblem) -> bytes:
        """Why somebody is not logged in."""

    def assets(self) -> Mapping[str, bytes]:
        """Style sheet, script, icon and the like by site key."""
