"""A workflow publishes in the name of whoever trusts it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.account import UnknownToken
from domain.caller import Caller, ForUploadsOnly
from domain.identity_claims import LEEWAY, Kind
from domain.ownership import NotOwner, TokenOutOfScope
from domain.ports.identities import Identified
from domain.ports.identity_tokens import IdentityRejected
from domain.publisher_claims import NoPublisherMatches
from domain.publishers import (
    MINTED_LASTS,
    IdentityReused,
    PendingPublisherContested,
    Wanted,
)
from domain.repository import Source
from tests.scenarios.conftest import World
from tests.wheels import make_wheel

OCTOCAT = Identified(583231, "octocat")
AN_HOUR = timedelta(hours=1)


def wanted(package: str = "frob", environment: str | None = None) -> Wanted:
    return Wanted(Kind.GITHUB, package, "octocat/frob", "release.yml", environment)


def shows(world: World, owner: int = OCTOCAT.number) -> None:
    """Let the repository be there."""
    world.sources.show(
        Source(
            id=1296269,
            full_name="octocat/frob",
            owner_id=owner,
            is_private=False,
            is_fork=False,
            is_archived=False,
            default_branch="main",
        )
    )


def identity(world: World, lasts: timedelta = AN_HOUR, **claims: str) -> str:
    """The identity token of a run of the workflow."""
    said = {
        "repository": "octocat/frob",
        "repository_owner_id": str(OCTOCAT.number),
        "job_workflow_ref": "octocat/frob/.github/workflows/release.yml@refs/tags/v1",
        "ref": "refs/tags/v1",
        **claims,
    }
    return world.identity_tokens.issue(Kind.GITHUB, world.ports.clock().now() + lasts, **said)


def minted(world: World, **claims: Any) -> Caller:
    """Whoever uploads with a token that a run of the workflow gets."""
    secret = world.index.minting().mint(identity(world, **claims)).secret
    return world.index.tokens().authenticate(secret)


def test_a_workflow_founds_a_package_that_belongs_to_whoever_trusts_it(world: World) -> None:
    shows(world)
    alice = world.submitter("alice")
    world.index.publishers().trust(alice, wanted())

    world.upload(minted(world), make_wheel("frob", "1.0"))
    world.upload(alice, make_wheel("frob", "1.1"))
    caller = minted(world)
    world.upload(caller, make_wheel("frob", "1.2"))
    with pytest.raises(TokenOutOfScope):
        world.upload(caller, make_wheel("eggs", "1.0"))
    with pytest.raises(ForUploadsOnly):
        world.index.publishing().withdraw(caller, "frob")
    world.settle()

    assert len(world.filenames("frob")) == 3
    assert [package.name for package in world.index.portfolio().submitted(alice)] == ["frob"]
    assert world.differences() == []


def test_an_identity_is_exchanged_once_within_its_time(world: World) -> None:
    shows(world)
    world.index.publishers().trust(world.submitter("alice"), wanted())
    token = identity(world, timedelta(minutes=5))
    late = identity(world, timedelta(minutes=5))

    world.index.minting().mint(token)

    with pytest.raises(IdentityReused):
        world.index.minting().mint(token)
    # To the very end of the time in which it would be believed.
    world.ports.clock().pass_by(timedelta(minutes=5) + LEEWAY - timedelta(seconds=10))
    with pytest.raises(IdentityReused):
        world.index.minting().mint(token)
    world.ports.clock().pass_by(timedelta(seconds=10))
    with pytest.raises(IdentityRejected):
        world.index.minting().mint(late)


def test_a_token_lasts_for_some_minutes(world: World) -> None:
    shows(world)
    world.index.publishers().trust(world.submitter("alice"), wanted())
    secret = world.index.minting().mint(identity(world)).secret

    world.ports.clock().pass_by(MINTED_LASTS - timedelta(seconds=10))
    assert world.index.tokens().authenticate(secret).packages == frozenset({"frob"})
    world.ports.clock().pass_by(timedelta(seconds=10))
    with pytest.raises(UnknownToken):
        world.index.tokens().authenticate(secret)


def test_whoever_is_trusted_no_longer_uploads_no_longer(world: World) -> None:
    shows(world)
    alice = world.submitter("alice")
    frob = world.index.publishers().trust(alice, wanted())
    eggs = world.index.publishers().trust(alice, wanted("eggs"))
    secret = world.index.minting().mint(identity(world)).secret

    world.index.publishers().distrust(alice, frob.id)

    assert [each.id for each in world.index.publishers().of(alice)] == [eggs.id]
    caller = world.index.tokens().authenticate(secret)
    with pytest.raises(TokenOutOfScope):
        world.upload(caller, make_wheel("frob", "1.0"))
    world.upload(caller, make_wheel("eggs", "1.0"))
    world.index.publishers().distrust(alice, eggs.id)
    with pytest.raises(UnknownToken):
        world.index.tokens().authenticate(secret)
    with pytest.raises(NoPublisherMatches):
        minted(world)


def test_whoever_takes_the_name_of_an_owner_is_somebody_else(world: World) -> None:
    shows(world)
    world.index.publishers().trust(world.submitter("alice"), wanted())

    with pytest.raises(NoPublisherMatches):
        minted(world, repository_owner_id="666")
    world.upload(minted(world), make_wheel("frob", "1.0"))


def test_each_owner_lets_the_workflow_into_their_own_packages(world: World) -> None:
    shows(world)
    alice, bob = world.submitter("alice"), world.submitter("bob")
    for owner, name in ((alice, "frob"), (bob, "eggs")):
        world.upload(owner, make_wheel(name, "1.0"))
        world.index.publishers().trust(owner, wanted(name))
    world.index.publishers().trust(bob, wanted("new"))

    caller = minted(world)
    world.upload(caller, make_wheel("frob", "2.0"))
    world.upload(caller, make_wheel("eggs", "2.0"))
    with pytest.raises(TokenOutOfScope):
        world.upload(caller, make_wheel("new", "1.0"))
    upload = world.reserve(caller, make_wheel("eggs", "3.0"))
    world.send(upload, make_wheel("eggs", "3.0")[1])
    assert world.index.uploads().complete(caller, upload)
    world.settle()

    assert len(world.filenames("frob")) == 2
    assert len(world.filenames("eggs")) == 3
    with pytest.raises(NotOwner):
        world.upload(bob, make_wheel("frob", "4.0"))
    assert world.differences() == []


def test_nobody_founds_a_package_through_the_workflow_of_somebody_else(world: World) -> None:
    shows(world)
    mallory = world.submitter("mallory")
    world.index.publishers().trust(mallory, wanted("frob"))
    world.index.publishers().trust(world.submitter("trudy"), wanted("frob"))
    with pytest.raises(PendingPublisherContested):
        minted(world)

    owner = world.index.login_sessions().caller(world.logs_in(OCTOCAT))
    world.index.publishers().trust(owner, wanted("frob", "pypi"))
    world.upload(minted(world, environment="pypi"), make_wheel("frob", "1.0"))

    assert [package.name for package in world.index.portfolio().submitted(owner)] == ["frob"]
    assert world.index.portfolio().submitted(mallory) == []
    with pytest.raises(NotOwner):
        world.upload(mallory, make_wheel("frob", "2.0"))


def test_a_pipeline_on_gitlab_publishes_as_well(world: World) -> None:
    world.index.publishers().trust(
        world.submitter("alice"), Wanted(Kind.GITLAB, "frob", "group/sub/frob", ".gitlab-ci.yml", "pypi")
    )
    said = {
        "project_path": "group/sub/frob",
        "ci_config_ref_uri": "gitlab.com/group/sub/frob//.gitlab-ci.yml@refs/heads/main",
        "ref_path": "refs/heads/main",
        "environment": "pypi",
    }
    until = world.ports.clock().now() + AN_HOUR

    minted = world.index.minting().mint(world.identity_tokens.issue(Kind.GITLAB, until, **said))

    world.upload(world.index.tokens().authenticate(minted.secret), make_wheel("frob", "1.0"))
    assert world.filenames("frob") == ["frob-1.0-py3-none-any.whl"]
