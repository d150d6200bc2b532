"""How those adapters are made that the local world and AWS have in common: each is imported when it is asked for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from adapters.github.app import GitHubApp
from domain.identity_claims import Kind
from domain.ports.clock import Clock
from infrastructure.version import USER_AGENT

if TYPE_CHECKING:
    from adapters.archives import FileArchives
    from adapters.github.identities import GitHubIdentities
    from adapters.github.repositories import GitHubRepositories
    from adapters.github.sources import GitHubSources
    from adapters.oidc import OidcTokens
    from adapters.pages import JinjaPages


def archives() -> "FileArchives":
    """What opens wheels and sdists."""
    from adapters.archives import FileArchives  # noqa: PLC0415

    return FileArchives()


def identities(github: GitHubApp) -> "GitHubIdentities":
    """What asks GitHub who somebody is, for logins."""
    from adapters.github.identities import GitHubIdentities  # noqa: PLC0415

    return GitHubIdentities(github, USER_AGENT)


def identity_tokens(oidc_issuers: Mapping[Kind, str]) -> "OidcTokens":
    """What checks the identity tokens of workflows, by their issuers' keys."""
    from adapters.oidc import OidcTokens  # noqa: PLC0415

    return OidcTokens(oidc_issuers, USER_AGENT)


def pages() -> "JinjaPages":
    """What renders HTML, with Jinja."""
    from adapters.pages import JinjaPages  # noqa: PLC0415

    return JinjaPages()


def repositories(github: GitHubApp) -> "GitHubRepositories":
    """What asks GitHub for facts that everybody may see, as the index's app if there is one."""
    from adapters.github.repositories import GitHubRepositories  # noqa: PLC0415

    return GitHubRepositories(github.api_url, USER_AGENT, authorization=github.authorization)


def sources(github: GitHubApp, clock: Clock) -> "GitHubSources":
    """What asks GitHub for something to publish: with a submitter's token, or as the index's app if there is one."""
    from adapters.github.sources import GitHubSources  # noqa: PLC0415

    return GitHubSources(github.api_url, USER_AGENT, clock, authorization=github.authorization)
