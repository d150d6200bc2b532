"""Which workflows are trusted, with what, and by whom."""

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from domain import account as accounts
from domain import publisher_claims, publishers
from domain.account import Account, UnknownToken
from domain.caller import Caller, ForUploadsOnly
from domain.events import PublisherDistrusted, PublisherTrusted, SubmitterRegistered
from domain.identity_claims import Claims, Kind
from domain.names import InvalidName, ReservedName
from domain.package import Package
from domain.policy import Policy
from domain.publisher_claims import NoPublisherMatches
from domain.publishers import (
    MOST_PUBLISHERS,
    Candidate,
    InvalidPublisher,
    NoSuchPublisher,
    NotYourPackage,
    PendingPublisherContested,
    PublisherExists,
    Wanted,
)
from domain.sources import InvalidRepository

AT = datetime(2026, 11, 26, tzinfo=UTC)
SHA = "0123456789abcdef0123456789abcdef01234567"
GITHUB = PublisherTrusted("p1", Kind.GITHUB, "frob", "Octo/Frob", 583231, "release.yml", None, AT)
GITLAB = PublisherTrusted("p2", Kind.GITLAB, "frob", "Octo/Sub/Frob", None, "ci/release.yml", None, AT)
ON_GITHUB = {
    "repository": "octo/frob",
    "repository_owner_id": "583231",
    "job_workflow_ref": "octo/frob/.github/workflows/release.yml@refs/tags/v1",
    "ref": "refs/tags/v1",
    "sha": SHA,
    "event_name": "release",
}
ON_GITLAB = {
    "project_path": "octo/sub/frob",
    "ci_config_ref_uri": "gitlab.com/octo/sub/frob//ci/release.yml@refs/heads/main",
    "ref_path": "refs/heads/main",
    "sha": SHA,
}


def github(**said: str | None) -> Claims:
    return claims(Kind.GITHUB, ON_GITHUB, said)


def gitlab(**said: str | None) -> Claims:
    return claims(Kind.GITLAB, ON_GITLAB, said)


def claims(kind: Kind, usual: dict[str, str], said: dict[str, str | None]) -> Claims:
    values = {name: value for name, value in (usual | said).items() if value is not None}
    return Claims(kind, "1", AT, values)


def account(*events: PublisherTrusted | PublisherDistrusted, key: str = "local:alice") -> Account:
    made = accounts.fold(key, [SubmitterRegistered(key.removeprefix("local:"), AT), *events])
    assert made is not None
    return made


def package(name: str, owner: str) -> Package:
    return Package(name, name, owner, None)


def wanted(**changes: Any) -> Wanted:
    return evolve(Wanted(Kind.GITHUB, "frob", "octo/frob", "release.yml", None), **changes)


class TestTrusting:
    def test_a_name_is_kept_in_its_canonical_spelling(self) -> None:
        assert publishers.check_wanted(wanted(package="Frob.Nicate")) == wanted(package="frob-nicate")

    @pytest.mark.parametrize(
        "fine",
        [
            wanted(workflow="Release (new).yaml", environment="pypi / eu"),
            wanted(kind=Kind.GITLAB, project="group/sub.group/sub_2/project-1", workflow=".gitlab-ci.yml"),
            wanted(kind=Kind.GITLAB, workflow="ci/release.yaml"),
        ],
    )
    def test_whoever_can_exist_can_be_trusted(self, fine: Wanted) -> None:
        assert publishers.check_wanted(fine) == fine

    @pytest.mark.parametrize("project", ["", "octo", "octo/", "/frob", "octo/frob/x", "https://github.com/octo/frob"])
    def test_a_repository_is_owner_and_name(self, project: str) -> None:
        with pytest.raises(InvalidRepository):
            publishers.check_wanted(wanted(project=project))

    @pytest.mark.parametrize(
        "changes",
        [
            {"workflow": ""},
            {"workflow": "release"},
            {"workflow": ".github/workflows/release.yml"},
            {"workflow": "a\n.yml"},
            {"workflow": "a@main.yml"},
            {"workflow": "a" * 252 + ".yml"},
            {"environment": ""},
            {"environment": " pypi"},
            {"environment": "a\u202eb"},
            {"environment": "a" * 256},
            {"kind": Kind.GITLAB, "project": "octo"},
            {"kind": Kind.GITLAB, "project": "octo//frob"},
            {"kind": Kind.GITLAB, "project": "../frob"},
            {"kind": Kind.GITLAB, "project": "octo/" * 60 + "frob"},
            {"kind": Kind.GITLAB, "workflow": "/ci.yml"},
            {"kind": Kind.GITLAB, "workflow": "ci//x.yml"},
            {"kind": Kind.GITLAB, "workflow": ".gitlab-ci.yml@other/project"},
        ],
    )
    def test_what_no_workflow_can_be_is_refused(self, changes: dict[str, Any]) -> None:
        with pytest.raises(InvalidPublisher):
            publishers.check_wanted(wanted(**changes))

    def test_a_package_is_ones_own_or_may_be_founded(self) -> None:
        publishers.check_package(None, "frob", "local:alice", Policy())
        publishers.check_package(package("frob", "local:alice"), "frob", "local:alice", Policy())
        with pytest.raises(NotYourPackage):
            publishers.check_package(package("frob", "local:bob"), "frob", "local:alice", Policy())
        with pytest.raises(ReservedName):
            publishers.check_package(None, "simple", "local:alice", Policy())
        with pytest.raises(InvalidName):
            publishers.check_wanted(wanted(package="a/b"))

    def test_somebody_is_trusted_once(self) -> None:
        known = account(evolve(GITHUB, environment="PyPI"))
        with pytest.raises(PublisherExists):
            publishers.trust(known, evolve(GITHUB, id="p9", project="octo/frob", environment="pypi"))
        for other in (
            evolve(GITHUB, id="p9"),
            evolve(GITHUB, id="p9", environment="PyPI", package="eggs"),
            evolve(GITHUB, id="p9", environment="PyPI", owner_id=7),
        ):
            assert publishers.trust(known, other) == (other,)

    def test_there_is_a_limit(self) -> None:
        many = [evolve(GITHUB, id=str(number), package=f"frob-{number}") for number in range(MOST_PUBLISHERS)]
        assert publishers.trust(account(*many[:-1]), many[-1]) == (many[-1],)
        with pytest.raises(InvalidPublisher, match="at most 100"):
            publishers.trust(account(*many), GITHUB)

    def test_whoever_is_distrusted_is_not_there_any_more(self) -> None:
        event = PublisherDistrusted("p1", AT)
        assert publishers.distrust(account(GITHUB), event) == (event,)
        after = account(GITHUB, GITLAB, event)
        assert list(after.publishers) == ["p2"]
        for none in (None, after):
            with pytest.raises(NoSuchPublisher):
                publishers.distrust(none, event)


class TestMatching:
    @pytest.mark.parametrize(
        "said",
        [
            github(),
            github(repository="OCTO/frob", job_workflow_ref="OCTO/frob/.github/workflows/release.yml@refs/tags/v1"),
            github(job_workflow_ref=f"octo/frob/.github/workflows/release.yml@{SHA}"),
            github(job_workflow_ref=f"octo/frob/.github/workflows/release.yml@{SHA}", ref=None),
            github(environment="whatever"),
        ],
    )
    def test_a_workflow_on_github_is_known_by_repository_owner_and_file(self, said: Claims) -> None:
        assert list(publisher_claims.matching(account(GITHUB, GITLAB), said)) == [GITHUB]

    @pytest.mark.parametrize(
        "said",
        [
            github(repository="octo/frob2"),
            github(repository=None),
            github(repository_owner_id="1"),  # somebody took the name
            github(repository_owner_id=None),
            github(job_workflow_ref=None),
            github(job_workflow_ref="octo/frob/.github/workflows/RELEASE.yml@refs/tags/v1"),
            github(job_workflow_ref="octo/frob/.github/workflows/other.yml@refs/tags/v1"),
            # A reusable workflow of somebody else, or the own one as it is elsewhere.
            github(job_workflow_ref="evil/frob/.github/workflows/release.yml@refs/tags/v1"),
            github(job_workflow_ref="octo/frob/.github/workflows/release.yml@refs/heads/evil"),
            github(job_workflow_ref="octo/frob/.github/workflows/release.yml@refs/tags/v1x"),
            github(job_workflow_ref="octo/frob/.github/workflows/release.yml@"),
            github(job_workflow_ref="octo/frob/.github/workflows/release.yml@", ref="", sha=""),
            github(job_workflow_ref="octo/frob/.github/workflows/release.yml", ref=None, sha=None),
            evolve(github(), kind=Kind.GITLAB),
            gitlab(),
        ],
    )
    def test_anything_else_on_github_is_another(self, said: Claims) -> None:
        assert list(publisher_claims.matching(account(GITHUB), said)) == []

    @pytest.mark.parametrize(
        "said",
        [
            gitlab(),
            gitlab(project_path="OCTO/sub/frob"),
            gitlab(ci_config_ref_uri=f"gitlab.com/octo/sub/frob//ci/release.yml@{SHA}"),
            gitlab(environment="whatever"),
        ],
    )
    def test_a_pipeline_on_gitlab_is_known_by_project_and_file(self, said: Claims) -> None:
        assert list(publisher_claims.matching(account(GITHUB, GITLAB), said)) == [GITLAB]

    @pytest.mark.parametrize(
        "said",
        [
            gitlab(project_path="octo/frob"),
            gitlab(ci_config_ref_uri=None),
            gitlab(ci_config_ref_uri="gitlab.com/octo/sub/frob//ci/Release.yml@refs/heads/main"),
            gitlab(ci_config_ref_uri="gitlab.com/octo/sub/frob/ci/release.yml@refs/heads/main"),
            gitlab(ci_config_ref_uri="gitlab.com/evil/frob//ci/release.yml@refs/heads/main"),
            gitlab(ci_config_ref_uri="gitlab.com/octo/sub/frob//ci/release.yml@refs/heads/evil"),
            gitlab(ci_config_ref_uri="octo/sub/frob//ci/release.yml@refs/heads/main"),
        ],
    )
    def test_anything_else_on_gitlab_is_another(self, said: Claims) -> None:
        assert list(publisher_claims.matching(account(GITLAB), said)) == []

    def test_an_environment_that_is_named_has_to_be_the_one(self) -> None:
        known = account(evolve(GITHUB, environment="PyPI"), evolve(GITLAB, environment="PyPI"))
        assert [each.id for each in publisher_claims.matching(known, github(environment="pypi"))] == ["p1"]
        assert [each.id for each in publisher_claims.matching(known, gitlab(environment="PyPI"))] == ["p2"]
        # On GitLab, environments that differ by case are two.
        for said in (github(), github(environment="test"), gitlab(), gitlab(environment="pypi")):
            assert list(publisher_claims.matching(known, said)) == []

    def test_the_most_specific_publishers_win(self) -> None:
        anywhere, there = evolve(GITHUB, id="any"), evolve(GITHUB, id="env", package="eggs", environment="pypi")
        also = evolve(there, id="also", package="spam")
        known = account(anywhere, there, also)
        assert list(publisher_claims.matching(known, github(environment="pypi"))) == [there, also]
        assert list(publisher_claims.matching(known, github(environment="test"))) == [anywhere]

    def test_a_workflow_that_runs_what_strangers_propose_is_nobodys(self) -> None:
        with pytest.raises(NoPublisherMatches, match="pull_request_target"):
            publisher_claims.project_of(github(event_name="pull_request_target"))

    @pytest.mark.parametrize("said", [github(repository=None), github(repository=""), github(repository="a" * 256)])
    def test_without_a_project_nobody_is_known(self, said: Claims) -> None:
        with pytest.raises(NoPublisherMatches):
            publisher_claims.project_of(said)
        assert publisher_claims.project_of(github()) == "octo/frob"
        assert publisher_claims.project_of(gitlab()) == "octo/sub/frob"

    @given(
        st.sampled_from(Kind),
        st.dictionaries(
            st.sampled_from([*ON_GITHUB, *ON_GITLAB, "environment"]),
            st.one_of(st.sampled_from([*ON_GITHUB.values(), *ON_GITLAB.values(), "", "@", "//", "/"]), st.text()),
        ),
    )
    def test_whatever_is_said_matches_only_if_all_of_it_does(self, kind: Kind, said: dict[str, str]) -> None:
        found = publisher_claims.matching(account(GITHUB, GITLAB), Claims(kind, "1", AT, said))
        for publisher in found:
            assert publisher.kind == kind
            version = "@" + said.get("sha", ""), "@" + said.get("ref" if kind is Kind.GITHUB else "ref_path", "")
            if kind is Kind.GITHUB:
                assert said["repository"].lower() == "octo/frob"
                assert said["repository_owner_id"] == "583231"
                assert said["job_workflow_ref"].endswith(version)
            else:
                assert said["project_path"].lower() == "octo/sub/frob"
                assert said["ci_config_ref_uri"].endswith(version)


class TestGranting:
    def test_a_package_of_the_account_or_of_nobody_may_be_uploaded(self) -> None:
        alice = account()
        new = Candidate(alice, GITHUB, None)
        own = Candidate(alice, evolve(GITHUB, package="eggs"), package("eggs", alice.key))
        assert list(publishers.granted([new, own], github())) == [new, own]

    def test_that_of_somebody_else_may_not(self) -> None:
        theirs = Candidate(account(), GITHUB, package("frob", "local:bob"))
        with pytest.raises(NoPublisherMatches):
            publishers.granted([theirs], github())

    def test_whoever_is_known_to_nobody_is_told_what_they_said(self) -> None:
        with pytest.raises(NoPublisherMatches) as refusal:
            publishers.granted([], github(environment="a\nb"))
        said = str(refusal.value)
        assert "repository 'octo/frob'" in said
        assert "release.yml@refs/tags/v1" in said
        assert "environment 'a\\nb'" in said
        assert "\n" not in said
        with pytest.raises(NoPublisherMatches, match=r"project_path 'octo/sub/frob'.*environment unsaid"):
            publishers.granted([], gitlab())

    def test_owners_upload_whoever_else_trusts_their_workflow(self) -> None:
        alice, mallory = account(), account(key="local:mallory")
        own = Candidate(alice, GITHUB, package("frob", alice.key))
        evil = Candidate(mallory, evolve(GITHUB, package="evil"), package("evil", mallory.key))
        squat = Candidate(mallory, evolve(GITHUB, package="new"), None)
        assert list(publishers.granted([own, evil, squat], github())) == [own, evil]

    def test_a_new_name_goes_to_whom_the_repository_belongs_to(self) -> None:
        owner, mallory = account(key="583231"), account(key="local:mallory")
        mine, theirs = Candidate(owner, GITHUB, None), Candidate(mallory, GITHUB, None)
        assert list(publishers.granted([theirs, mine], github())) == [mine]
        # Nobody owns a project on GitLab that could be known here.
        with pytest.raises(PendingPublisherContested):
            publishers.granted([theirs, mine], gitlab(repository_owner_id="583231"))

    def test_a_new_name_that_several_want_goes_to_none(self) -> None:
        candidates = [Candidate(account(key=f"local:{name}"), GITHUB, None) for name in ("bob", "mallory")]
        with pytest.raises(PendingPublisherContested):
            publishers.granted(candidates, github())


class TestCaller:
    def test_files_are_uploaded_in_the_name_of_whoever_trusts(self) -> None:
        alice, bob = account(), account(key="local:bob")
        caller = publishers.caller_of(
            [(alice, GITHUB), (bob, evolve(GITHUB, package="eggs")), (alice, evolve(GITHUB, package="spam"))]
        )
        assert caller.uploading("spam") == evolve(caller, others=caller.others)
        assert (caller.account, caller.packages) == ("local:alice", frozenset({"frob", "spam"}))
        assert caller.uploading("eggs") == Caller("local:bob", "bob", frozenset({"eggs"}), uploads_only=True)
        assert not caller.uploading("other").acts_on("other")

    def test_nothing_but_uploading_is_done_so(self) -> None:
        caller = publishers.caller_of([(account(), GITHUB)])
        with pytest.raises(ForUploadsOnly):
            caller.check_not_uploads_only()
        with pytest.raises(ForUploadsOnly):
            caller.uploading("frob").check_not_uploads_only()

    def test_nobody_is_nobody(self) -> None:
        with pytest.raises(UnknownToken):
            publishers.caller_of([])
