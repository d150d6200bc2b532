"""Settings by environment, all called `SLS_PYPI_*`."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from adapters.github.app import GitHubApp
from adapters.oidc_issuers import ISSUERS, WrongIssuer, check_issuer
from domain.identity_claims import Kind
from domain.policy import Allowance, Bounds, UnknownAllowance, allowances
from domain.site_settings import SiteSettings
from infrastructure.setting_urls import (
    DEFAULT_BUILD_INDEX_URL,
    WrongSetting,
    checked_base_url,
    checked_build_index,
    checked_upstream,
    is_web_url,
)

DEFAULT_HOME = Path(".sls-pypi")
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEFAULT_LOG_DAYS = 30
DEFAULT_GITHUB_URL = "https://github.com"
DEFAULT_GITHUB_API_URL = "https://api.github.com"
_LARGEST_NUMBER = 2**53  # JSON keeps it


@frozen
class BuildSettings:
    """What a build from a repository may use.

    Attributes:
        seconds: in all, from the first requirement to the wheel.
        index_url: where build requirements come from; may hold credentials.
        memory_bytes, disk_bytes: at most so much of it.
    """

    seconds: int = 600
    index_url: str = field(default=DEFAULT_BUILD_INDEX_URL, repr=False)
    memory_bytes: int = 2 * 2**30
    disk_bytes: int = 2 * 2**30


@frozen
class Settings:
    """What an operator may decide; see `doctor`.

    Attributes:
        home: where everything is kept.
        base_url: public URL without a slash at its end; None if it follows from host and port.
        upstream: another index's simple URL, with a slash at its end.
        header, footer: a line of text above and below every page; empty for none.
        allow: what is permitted beyond the default policy.
        legacy_bytes: the largest file that `/legacy/` takes; None if that is what the index takes.
        log_days: how long access logs are kept; 0 for ever.
        packages_a_query: the most packages of one query over the logs; 0 for all in one.
        github_url: where repositories live: GitHub or a GitHub Enterprise, without a slash at its end.
        github_api_url: its REST API, without a slash at its end.
        github_client_id, github_client_secret: of the app through which submitters log in; empty for none.
        github_webhook_secret: with which GitHub signs what it tells of releases; empty if it does not.
        build: what a build from a repository may use.
        trusted_publishing: whether workflows may exchange their identity for a token.
        oidc_issuers: who says who they are: a URL without a slash at its end, for each kind of workflow.
    """

    home: Path = DEFAULT_HOME
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    base_url: str | None = None
    upstream: str | None = None
    site_name: str = "sls-pypi"
    header: str = ""
    footer: str = ""
    allow: frozenset[Allowance] = frozenset()
    bounds: Bounds = field(factory=Bounds)
    legacy_bytes: int | None = None
    log_days: int = DEFAULT_LOG_DAYS
    packages_a_query: int = 0
    github_url: str = DEFAULT_GITHUB_URL
    github_api_url: str = DEFAULT_GITHUB_API_URL
    github_client_id: str = ""
    github_client_secret: str = field(default="", repr=False)
    github_webhook_secret: str = field(default="", repr=False)
    build: BuildSettings = BuildSettings()
    trusted_publishing: bool = True
    oidc_issuers: Mapping[Kind, str] = ISSUERS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """What the environment says; everything has a default.

        Raises:
            WrongSetting: a value makes no sense; the text says which and why.
        """
        return cls(
            home=Path(environment.get("SLS_PYPI_HOME") or DEFAULT_HOME),
            host=environment.get("SLS_PYPI_HOST") or DEFAULT_HOST,
            port=_number(environment, "SLS_PYPI_PORT", DEFAULT_PORT, least=0, most=65_535),
            base_url=_url(environment, "SLS_PYPI_BASE_URL", checked_base_url),
            upstream=_url(environment, "SLS_PYPI_UPSTREAM", checked_upstream),
            site_name=environment.get("SLS_PYPI_NAME") or "sls-pypi",
            header=environment.get("SLS_PYPI_HEADER", "").strip(),
            footer=environment.get("SLS_PYPI_FOOTER", "").strip(),
            allow=_allow(environment),
            bounds=_bounds(environment),
            legacy_bytes=_number(environment, "SLS_PYPI_LEGACY_MAX_BYTES", 0) or None,
            log_days=_number(environment, "SLS_PYPI_LOG_DAYS", DEFAULT_LOG_DAYS, least=0, most=36_500),
            packages_a_query=_number(environment, "SLS_PYPI_PACKAGES_A_QUERY", 0, least=0),
            github_url=_github_url(environment, "SLS_PYPI_GITHUB_URL", DEFAULT_GITHUB_URL),
            github_api_url=_github_url(environment, "SLS_PYPI_GITHUB_API_URL", DEFAULT_GITHUB_API_URL),
            github_client_id=environment.get("SLS_PYPI_GITHUB_CLIENT_ID", "").strip(),
            github_client_secret=environment.get("SLS_PYPI_GITHUB_CLIENT_SECRET", "").strip(),
            github_webhook_secret=environment.get("SLS_PYPI_GITHUB_WEBHOOK_SECRET", "").strip(),
            build=_build(environment),
            trusted_publishing=_switch(environment, "SLS_PYPI_TRUSTED_PUBLISHING"),
            oidc_issuers={kind: _issuer(environment, kind) for kind in Kind},
        )

    @property
    def github_app(self) -> GitHubApp:
        """How the index is known at GitHub."""
        return GitHubApp(self.github_url, self.github_api_url, self.github_client_id, self.github_client_secret)

    def site(self, base_url: str | None = None) -> SiteSettings:
        """What pages shall show; `base_url` where the settings say nothing of it."""
        fallback = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"
        return SiteSettings(
            self.base_url or base_url or fallback,
            self.site_name,
            self.upstream,
            self.header,
            self.footer,
            self.github_url,
        )


def _url(environment: Mapping[str, str], name: str, checked: Callable[[str], str]) -> str | None:
    url = environment.get(name, "").strip()
    try:
        return checked(url) if url else None
    except WrongSetting as error:
        raise WrongSetting(f"{name}: {error}") from None


def _github_url(environment: Mapping[str, str], name: str, default: str) -> str:
    """A URL, its slash at the end dropped; that of an Enterprise's API has a path."""
    url = environment.get(name) or default
    if not is_web_url(url) or "@" in urlsplit(url).netloc:
        raise WrongSetting(f"{name} is {url!r}; give a URL like {default}")
    return url.rstrip("/")


def _issuer(environment: Mapping[str, str], kind: Kind) -> str:
    """Who says who a workflow is: a URL, its slash at the end dropped."""
    name = f"SLS_PYPI_OIDC_{kind.name}_ISSUER"
    url = (environment.get(name) or ISSUERS[kind]).rstrip("/")
    try:
        check_issuer(url)
    except WrongIssuer as error:
        raise WrongSetting(f"{name} is {url!r}; {error}") from None
    return url


def _switch(environment: Mapping[str, str], name: str) -> bool:
    """Whether it is on, as it is where nothing is said."""
    match environment.get(name) or "on":
        case "on":
            return True
        case "off":
            return False
        case other:
            raise WrongSetting(f"{name} is {other!r}; give on or off")


def _allow(environment: Mapping[str, str]) -> frozenset[Allowance]:
    try:
        return allowances(environment.get("SLS_PYPI_ALLOW", ""))
    except UnknownAllowance as error:
        raise WrongSetting(str(error)) from None


def _bounds(environment: Mapping[str, str]) -> Bounds:
    default = Bounds()
    return evolve(
        default,
        file_bytes=_number(environment, "SLS_PYPI_MAX_FILE_BYTES", default.file_bytes),
        unpacked_bytes=_number(environment, "SLS_PYPI_MAX_UNPACKED_BYTES", default.unpacked_bytes),
        ratio=_number(environment, "SLS_PYPI_MAX_RATIO", default.ratio),
        entries=_number(environment, "SLS_PYPI_MAX_ENTRIES", default.entries),
        form_fields=_number(environment, "SLS_PYPI_MAX_FORM_FIELDS", default.form_fields),
        field_bytes=_number(environment, "SLS_PYPI_MAX_FIELD_BYTES", default.field_bytes),
    )


def _build(environment: Mapping[str, str]) -> BuildSettings:
    default = BuildSettings()
    return BuildSettings(
        seconds=_number(environment, "SLS_PYPI_BUILD_SECONDS", default.seconds),
        index_url=_url(environment, "SLS_PYPI_BUILD_INDEX_URL", checked_build_index) or default.index_url,
        memory_bytes=_number(environment, "SLS_PYPI_BUILD_MEMORY_BYTES", default.memory_bytes),
        disk_bytes=_number(environment, "SLS_PYPI_BUILD_DISK_BYTES", default.disk_bytes),
    )


def _number(
    environment: Mapping[str, str], name: str, default: int, least: int = 1, most: int = _LARGEST_NUMBER
) -> int:
    text = environment.get(name)
    if not text:
        return default
    try:
        number = int(text)
    except ValueError:
        raise WrongSetting(f"{name} is {text!r}; give a whole number") from None
    if number < least:
        raise WrongSetting(f"{name} is {number}; give at least {least}")
    if number > most:
        raise WrongSetting(f"{name} is {number}; give at most {most}")
    return number
