"""What an identity says, compared with a trusted publisher."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from domain.account import Account
from domain.events import PublisherTrusted
from domain.identity_claims import Claims, Kind
from domain.refusals import Refused
from domain.wording import shown

_LONGEST = 255
_PROJECT_CLAIM = MappingProxyType({Kind.GITHUB: "repository", Kind.GITLAB: "project_path"})


class NoPublisherMatches(Refused):
    """The identity is genuine, and nobody trusts it."""


def project_of(claims: Claims) -> str:
    """Where the workflow comes from.

    Raises:
        NoPublisherMatches: nobody can trust this identity, whatever else it says.
    """
    if claims.values.get("event_name") == "pull_request_target":
        # Such a workflow has the rights of the repository and may run what strangers propose.
        raise NoPublisherMatches("Workflows that run on pull_request_target cannot publish.")
    project = claims.values.get(_PROJECT_CLAIM[claims.kind], "")
    if not 0 < len(project) <= _LONGEST:
        raise NoPublisherMatches("The token does not say which project it comes from.")
    return project


def matching(account: Account, claims: Claims) -> Sequence[PublisherTrusted]:
    """The account's publishers that the identity matches: if some name its environment, only those."""
    matches = [
        publisher for publisher in account.publishers.values() if _matches(publisher, claims.values, claims.kind)
    ]
    return [publisher for publisher in matches if publisher.environment is not None] or matches


def described(claims: Claims) -> str:
    """What an identity says that has to match, for whoever looks for the difference."""
    wanted = {
        Kind.GITHUB: ("repository", "repository_owner_id", "job_workflow_ref", "environment"),
        Kind.GITLAB: ("project_path", "ci_config_ref_uri", "environment"),
    }
    said = ((name, claims.values.get(name)) for name in wanted[claims.kind])
    return ", ".join(f"{name} {shown(value) if value is not None else 'unsaid'}" for name, value in said)


def _matches(publisher: PublisherTrusted, said: Mapping[str, str], kind: Kind) -> bool:
    if publisher.kind is not kind or said.get(_PROJECT_CLAIM[kind], "").lower() != publisher.project.lower():
        return False
    environment = said.get("environment")
    match kind:
        case Kind.GITHUB:
            return (
                said.get("repository_owner_id") == str(publisher.owner_id)
                and _runs(
                    said.get("job_workflow_ref"), f"{publisher.project}/.github/workflows/", publisher, said, "ref"
                )
                and (publisher.environment is None or folded(environment) == folded(publisher.environment))
            )
        case Kind.GITLAB:
            return _runs_on_gitlab(publisher, said) and publisher.environment in (None, environment)


def _runs_on_gitlab(publisher: PublisherTrusted, said: Mapping[str, str]) -> bool:
    # The claim begins with the host, which is the issuer's and therefore known.
    _, _, path = said.get("ci_config_ref_uri", "").partition("/")
    return _runs(path, f"{publisher.project}//", publisher, said, "ref_path")


def _runs(uri: str | None, folder: str, publisher: PublisherTrusted, said: Mapping[str, str], ref_claim: str) -> bool:
    """Whether it is the publisher's own file, as it is where the workflow runs: ``<folder><file>@<ref or commit>``."""
    if uri is None or uri[: len(folder)].lower() != folder.lower():
        return False
    versions = [version for claim in (ref_claim, "sha") if (version := said.get(claim))]
    return any(uri[len(folder) :] == f"{publisher.workflow}@{version}" for version in versions)


def folded(environment: str | None) -> str | None:
    """The one spelling of an environment on GitHub, where the case of its letters does not matter."""
    return None if environment is None else environment.lower()
