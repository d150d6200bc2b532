"""How those adapters of the local world are made that readers do not need: each is imported when it is asked for."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.github.app import GitHubApp
from adapters.local.build_usage import BuildLimits
from adapters.local.database import Database
from domain.identity_claims import Kind
from domain.ports.build_logs import BuildLogs
from domain.ports.clock import Clock
from infrastructure.version import USER_AGENT

if TYPE_CHECKING:
    from adapters.archives import FileArchives
    from adapters.github.identities import GitHubIdentities
    from adapters.github.repositories import GitHubRepositories
    from adapters.github.sources import GitHubSources
    from adapters.local.access_logs import DuckDbAccessLogs
    from adapters.local.builder import SandboxBuilder
    from adapters.local.details import FolderDetails
    from adapters.oidc import OidcTokens
    from adapters.pages import JinjaPages


def access_logs(
    logs: Path, tmp: Path, database: Database, query: str, log_days: int, clock: Clock
) -> "DuckDbAccessLogs":
    """With DuckDB."""
    from adapters.local.access_logs import DuckDbAccessLogs  # noqa: PLC0415

    return DuckDbAccessLogs(logs, tmp, database, query, log_days, clock)


def archives() -> "FileArchives":
    """With what opens them."""
    from adapters.archives import FileArchives  # noqa: PLC0415

    return FileArchives()


def builder(
    builds: Path, build_logs: BuildLogs, build_limits: BuildLimits, build_index_url: str, hidden: Sequence[Path]
) -> "SandboxBuilder":
    """With what shuts builds away."""
    from adapters.local.builder import SandboxBuilder  # noqa: PLC0415

    return SandboxBuilder(builds, build_logs, build_limits, build_index_url, hidden=tuple(hidden))


def details(usage: Path, tmp: Path) -> "FolderDetails":
    """In a folder."""
    from adapters.local.details import FolderDetails  # noqa: PLC0415

    return FolderDetails(usage, tmp)


def identities(github: GitHubApp) -> "GitHubIdentities":
    """Of GitHub."""
    from adapters.github.identities import GitHubIdentities  # noqa: PLC0415

    return GitHubIdentities(github, USER_AGENT)


def identity_tokens(oidc_issuers: Mapping[Kind, str]) -> "OidcTokens":
    """With what checks signatures."""
    from adapters.oidc import OidcTokens  # noqa: PLC0415

    return OidcTokens(oidc_issuers, USER_AGENT)


def pages() -> "JinjaPages":
    """With Jinja."""
    from adapters.pages import JinjaPages  # noqa: PLC0415

    return JinjaPages()


def repositories(github: GitHubApp) -> "GitHubRepositories":
    """What everybody may see at GitHub, asked for as the index's app if there is one."""
    from adapters.github.repositories import GitHubRepositories  # noqa: PLC0415

    return GitHubRepositories(github.api_url, USER_AGENT, authorization=github.authorization)


def sources(github: GitHubApp, clock: Clock) -> "GitHubSources":
    """What is published from, at GitHub: with a submitter's token, or as the index's app if there is one."""
    from adapters.github.sources import GitHubSources  # noqa: PLC0415

    return GitHubSources(github.api_url, USER_AGENT, clock, authorization=github.authorization)
