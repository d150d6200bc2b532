"""Pages out of Jinja templates."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from adapters import readme
from adapters.assets import served
from domain.site_settings import SiteSettings
from domain.views.about import Readme
from domain.views.browse_page import BrowseIndex, BrowsePage
from domain.views.days import day_in_words
from domain.views.home import HomePage
from domain.views.login_page import LoginForm, LoginProblem
from domain.views.owner_page import OwnerPage
from domain.views.package_page import PackagePage
from domain.views.release_page import ReleasePage
from domain.views.simple import SimpleProject
from domain.views.statistics_page import StatisticsPage

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent.parent / "templates"
# What pages refer to, by what templates call it.
_ASSETS = MappingProxyType(
    {
        "style": "style.css",
        "script": "search.js",
        "copy_script": "copy.js",
        "lists_style": "lists.css",
        "search_style": "search.css",
        "sort_script": "sort.js",
        "package_style": "package.css",
        "my_style": "my.css",
        "my_script": "my.js",
    }
)
_DIGEST_LENGTH = 12
_KILO = 1000
_UNITS = (("kB", 10**3), ("MB", 10**6), ("GB", 10**9))
_TWO_DIGITS = 10
# HTML has no place for them, and whoever wrote metadata may have.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class JinjaPages:
    """Renders HTML from templates. Equal views give equal bytes."""

    def __init__(self, templates: Path = _TEMPLATES) -> None:
        """Read templates from a folder, on first use."""
        self._templates = templates

    def simple_project(self, view: SimpleProject) -> bytes:
        """A project's file list for installers."""
        return self._render("simple/project.html", view=view)

    def simple_root(self, names: Sequence[str]) -> bytes:
        """The list of all projects for installers."""
        return self._render("simple/root.html", names=names)

    def package(self, view: PackagePage) -> bytes:
        """A package's page for people."""
        return self._render("package.html", view=view, site=view.site, readme=_rendered(view.readme))

    def release(self, view: ReleasePage) -> bytes:
        """The page of one release for people."""
        return self._render("release.html", view=view, site=view.site, readme=_rendered(view.readme))

    def home(self, view: HomePage) -> bytes:
        """The home page."""
        return self._render("home.html", view=view, site=view.site)

    def browse_index(self, view: BrowseIndex) -> bytes:
        """A page of links to all packages by how their names begin."""
        return self._render("browse_index.html", view=view, site=view.site)

    def browse(self, view: BrowsePage) -> bytes:
        """The page of packages whose names begin alike."""
        return self._render("browse.html", view=view, site=view.site)

    def owner(self, view: OwnerPage) -> bytes:
        """The packages of one submitter."""
        return self._render("owner.html", view=view, site=view.site)

    def statistics(self, view: StatisticsPage) -> bytes:
        """The figures of all packages together."""
        return self._render("statistics.html", view=view, site=view.site)

    def not_found(self, site: SiteSettings) -> bytes:
        """What is answered where there is no page."""
        return self._render("not_found.html", site=site)

    def search(self, site: SiteSettings) -> bytes:
        """The page of what is searched for; the same for everybody, as the browser finds it."""
        return self._render("search.html", site=site)

    def submitters(self, site: SiteSettings) -> bytes:
        """The page for those who publish here."""
        return self._render("my.html", site=site)

    def login(self, view: LoginForm) -> bytes:
        """The form of the development login."""
        return self._render("login.html", view=view, site=view.site)

    def login_problem(self, view: LoginProblem) -> bytes:
        """Why somebody is not logged in."""
        return self._render("login_problem.html", view=view, site=view.site)

    def assets(self) -> Mapping[str, bytes]:
        """Style sheets, scripts and icons by site key. Keys with a digest change with the bytes: kept for ever."""
        icons = {name: self._asset(name) for name in ("favicon.ico", "favicon.svg")}
        hashed = {self._hashed_key(name): self._asset(name) for name in _ASSETS.values()}
        return {**hashed, **icons}

    def _asset(self, name: str) -> bytes:
        return served(name, (self._templates / "assets" / name).read_bytes())

    def _hashed_key(self, name: str) -> str:
        stem, _, suffix = name.partition(".")
        return f"static/{stem}.{hashlib.sha256(self._asset(name)).hexdigest()[:_DIGEST_LENGTH]}.{suffix}"

    @cached_property
    def _environment(self) -> "Environment":
        # Installers' tools never need Jinja, and start-up time is theirs.
        from jinja2 import (  # noqa: PLC0415
            Environment,
            FileSystemLoader,
            StrictUndefined,
        )

        environment = Environment(
            loader=FileSystemLoader(self._templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        environment.filters |= {
            "date": day,
            "iso_day": iso_day,
            "instant": instant,
            "number": number,
            "size": human_size,
        }
        environment.globals |= {name: f"/{self._hashed_key(asset)}" for name, asset in _ASSETS.items()}
        return environment

    def _render(self, template: str, **values: object) -> bytes:
        text = self._environment.get_template(template).render(values)
        return _CONTROLS.sub("", text).encode(errors="replace")


def _rendered(description: Readme | None) -> str | None:
    return readme.render(description.text, description.content_type, description.base) if description else None


def day(at: datetime) -> str:
    """A date as people read it, the same in every locale."""
    return day_in_words(at.astimezone(UTC).date())


def iso_day(text: str) -> str:
    """A day like ``2026-11-24`` as people read it."""
    return day_in_words(date.fromisoformat(text))


def number(value: int) -> str:
    """With commas, as they need no font and no locale."""
    return f"{value:,}"


def instant(at: datetime) -> str:
    """A time for ``<time datetime>``."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def human_size(size: int) -> str:
    """Bytes in decimal units, two or three digits."""
    if size < _KILO:
        return f"{size} B"
    unit, factor = next(((unit, factor) for unit, factor in _UNITS if size < factor * _KILO), _UNITS[-1])
    amount = size / factor
    return f"{amount:.1f} {unit}" if amount < _TWO_DIGITS else f"{amount:.0f} {unit}"
