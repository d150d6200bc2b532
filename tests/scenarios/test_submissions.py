"""From a repository on GitHub to a package that can be installed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from domain.caller import Caller
from domain.events import Event, PackageSubmitted
from domain.github_faults import GitHubFails, GitHubLoginRevoked, NoSuchSource
from domain.ownership import NotOwner
from domain.ports.builder import NotBuilt
from domain.publication import VersionExists
from domain.repository import Source
from domain.sources import (
    InvalidRef,
    InvalidRepository,
    NoGitHubAccount,
    NoPublicRepository,
    NotForPublishing,
    NotYourRepository,
)
from domain.submission import MOST_FILES, MOST_WAITING, NoSuchSubmission, Status, Submission, TooManySubmissions
from domain.submission_events import BuildSucceeded, SubmissionPublished
from tests.scenarios.conftest import World
from tests.wheels import make_sdist, make_wheel

OCTOCAT = Caller("583231", "octocat")
HUBOT = Caller("480938", "hubot")
FIRST, SECOND = "a" * 40, "b" * 40
TOKEN = "gho_of-octocat"  # noqa: S105
HERE = "cp311-cp311-linux_x86_64"
SPAM = Source(
    id=1296269,
    full_name="octocat/spam",
    owner_id=583231,
    is_private=False,
    is_fork=False,
    is_archived=False,
    default_branch="main",
    description="Spam, spam.",
    language="Python",
)


@pytest.fixture
def octocat(world: World) -> Caller:
    """Octocat has a repository with two commits: the first is tagged and released, and both can be built."""
    world.index.tokens().register(OCTOCAT.account, OCTOCAT.login)
    world.index.tokens().register(HUBOT.account, HUBOT.login)
    world.sources.login(TOKEN, SPAM.owner_id)
    world.sources.show(SPAM)
    world.sources.push(SPAM.full_name, FIRST, "main", b"1.0")
    world.sources.tag(SPAM.full_name, "v1.0", FIRST, b"1.0")
    world.sources.push(SPAM.full_name, SECOND, "main", b"2.0")
    world.builder.will(
        lambda source, _: dict([make_wheel("spam", source.decode()), make_sdist("spam", source.decode())])
    )
    return OCTOCAT


def requested(world: World, ref: str | None = None, repository: str = "octocat/spam") -> Submission:
    submission: Submission = world.index.submissions().request(OCTOCAT, repository, ref, TOKEN)
    return submission


def published(world: World, ref: str | None = None) -> Submission:
    submission = requested(world, ref)
    world.settle()
    done: Submission = world.index.submissions().of(OCTOCAT, submission.id)
    return done


def stopped_before(kind: type[Event], world: World, monkeypatch: pytest.MonkeyPatch, submission: Submission) -> None:
    """Somebody carries on with the submission, and is gone before such an event is stored."""
    store = world.ports.event_store()
    append = store.append

    def stopping(stream: str, version: int, events: Sequence[Event], claims: Sequence[str] = ()) -> None:
        if isinstance(events[0], kind):
            raise KeyboardInterrupt
        append(stream, version, events, claims)

    with monkeypatch.context() as patched:
        patched.setattr(store, "append", stopping)
        with pytest.raises(KeyboardInterrupt):
            world.index.building().carry_on(submission.id)


class TestAsking:
    def test_without_a_ref_it_is_the_latest_release(self, world: World, octocat: Caller) -> None:
        world.sources.tag(SPAM.full_name, "v3.0", SECOND)
        world.sources.release(SPAM.full_name, "v1.0")
        asked = requested(world).requested
        assert (asked.ref, asked.is_tag, asked.commit) == ("v1.0", True, FIRST)
        assert asked.account == octocat.account

    @pytest.mark.usefixtures("octocat")
    def test_else_the_newest_version_among_the_tags(self, world: World) -> None:
        for tag in ("v1.10", "v1.9", "v2.0rc1", "nightly"):
            world.sources.tag(SPAM.full_name, tag, SECOND)
        assert requested(world).requested.ref == "v1.10"

    @pytest.mark.usefixtures("octocat")
    def test_else_the_default_branch(self, world: World) -> None:
        world.sources.show(evolve(SPAM, id=2, full_name="octocat/bare"))
        world.sources.push("octocat/bare", SECOND, "main", b"2.0")
        asked = requested(world, repository="octocat/bare").requested
        assert (asked.ref, asked.is_tag, asked.commit) == ("main", False, SECOND)

    @pytest.mark.parametrize("ref", ["v1.0", FIRST])
    @pytest.mark.usefixtures("octocat")
    def test_a_ref_is_fixed_to_its_commit(self, world: World, ref: str) -> None:
        asked = requested(world, ref).requested
        assert (asked.ref, asked.is_tag, asked.commit) == (ref, ref == "v1.0", FIRST)

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            ({"is_private": True}, NoPublicRepository),
            ({"owner_id": 1}, NotYourRepository),
            ({"is_fork": True}, NotForPublishing),
            ({"is_archived": True}, NotForPublishing),
        ],
    )
    @pytest.mark.usefixtures("octocat")
    def test_what_is_not_theirs_or_not_public_is_refused(
        self, world: World, change: dict[str, Any], refusal: type[Exception]
    ) -> None:
        world.sources.show(evolve(SPAM, **change))
        with pytest.raises(refusal):
            requested(world)
        assert world.index.submissions().latest(OCTOCAT) == []

    @pytest.mark.usefixtures("octocat")
    def test_what_is_not_there_is_refused(self, world: World) -> None:
        with pytest.raises(NoSuchSource):
            requested(world, repository="octocat/other")
        with pytest.raises(NoSuchSource):
            requested(world, "v9")
        with pytest.raises(InvalidRef):
            requested(world, "a..b")
        with pytest.raises(InvalidRepository):
            requested(world, repository="https://github.com/octocat/spam")

    @pytest.mark.usefixtures("octocat")
    def test_a_local_submitter_has_no_repository(self, world: World) -> None:
        with pytest.raises(NoGitHubAccount):
            world.index.submissions().request(world.submitter("octocat"), "octocat/spam", None, None)

    @pytest.mark.usefixtures("octocat")
    def test_only_so_many_wait(self, world: World) -> None:
        for _ in range(MOST_WAITING):
            requested(world)
        with pytest.raises(TooManySubmissions):
            requested(world)

    @pytest.mark.usefixtures("octocat")
    def test_a_preview_says_what_would_be_published(self, world: World) -> None:
        wheel = make_wheel("spam", "1.0")
        world.sources.release(SPAM.full_name, "v1.0", dict([wheel, ("notes.txt", b"-")]))
        preview = world.index.submissions().preview(OCTOCAT, "Octocat/Spam", None, TOKEN)
        assert (preview.repository, preview.ref, preview.commit) == ("octocat/spam", "v1.0", FIRST)
        assert [(asset.filename, asset.size) for asset in preview.assets] == [(wheel[0], len(wheel[1]))]
        assert (preview.package, preview.versions) == (None, ())
        published(world)
        again = world.index.submissions().preview(OCTOCAT, "octocat/spam", "main", TOKEN)
        assert (again.assets, again.package, again.versions) == ((), "spam", ("1.0",))


class TestPublishing:
    @pytest.mark.usefixtures("octocat")
    def test_what_was_built_can_be_installed(self, world: World) -> None:
        done = published(world, "v1.0")
        assert (done.status, done.name, done.version, done.error) == (Status.PUBLISHED, "spam", "1.0", None)
        assert world.filenames("spam") == [make_wheel("spam", "1.0")[0], make_sdist("spam", "1.0")[0]]
        (package,) = world.index.portfolio().submitted(OCTOCAT)
        assert (package.owner, package.repository, package.repository_id) == ("583231", "octocat/spam", SPAM.id)
        assert {file.published.source_commit for file in package.files.values()} == {FIRST}
        assert "Built" in world.index.submissions().log(done.id)
        assert "Published spam 1.0" in world.index.submissions().log(done.id)
        assert world.builder.outcome(done.id) is None
        assert world.differences() == []

    @pytest.mark.parametrize(
        ("ref", "version"), [("v1.0-rc.2", "1.0rc2"), ("nightly", "0"), ("main", "0"), ("2.0", "0")]
    )
    @pytest.mark.usefixtures("octocat")
    def test_a_project_whose_version_is_its_tag_finds_what_the_tag_says(
        self, world: World, ref: str, version: str
    ) -> None:
        world.sources.tag(SPAM.full_name, "v1.0-rc.2", FIRST, b"")
        world.sources.tag(SPAM.full_name, "nightly", FIRST, b"")
        world.sources.push(SPAM.full_name, SECOND, "2.0", b"")
        world.builder.will(lambda _, told: dict([make_sdist("spam", told or "0")]))
        assert published(world, ref).version == version

    @pytest.mark.usefixtures("octocat")
    def test_files_of_a_release_are_taken_as_they_are(self, world: World) -> None:
        wheel = make_wheel("spam", "1.0")
        world.sources.release(SPAM.full_name, "v1.0", dict([wheel, ("notes.txt", b"-")]))
        done = published(world)
        assert (done.status, [file.filename for file in done.files or ()]) == (Status.PUBLISHED, [wheel[0]])
        assert world.filenames("spam") == [wheel[0]]

    @pytest.mark.usefixtures("octocat")
    def test_a_wheel_for_the_machine_that_built_it_is_left_out(self, world: World) -> None:
        wheel, sdist = make_wheel("spam", "1.0", tag=HERE), make_sdist("spam", "1.0")
        world.builder.will(lambda *_: dict([sdist, wheel]))
        done = published(world, "v1.0")
        assert (done.status, [file.filename for file in done.files or ()]) == (Status.PUBLISHED, [sdist[0]])
        assert world.filenames("spam") == [sdist[0]]
        said = f"{wheel[0]} is for this machine only and is left out; installers build from the sdist.\n"
        assert world.index.submissions().log(done.id).endswith(f"{said}Published spam 1.0\n")
        assert world.differences() == []

    @pytest.mark.usefixtures("octocat")
    def test_it_is_refused_where_it_is_all_there_is_or_somebody_chose_it(self, world: World) -> None:
        wheel = make_wheel("spam", "1.0", tag=HERE)
        world.builder.will(lambda *_: dict([wheel]))
        assert "unsupported platform tag" in (published(world, "v1.0").error or "")
        world.sources.release(SPAM.full_name, "v1.0", dict([wheel, make_sdist("spam", "1.0")]))
        assert "unsupported platform tag" in (published(world, "v1.0").error or "")
        assert world.index.portfolio().submitted(OCTOCAT) == []

    @pytest.mark.usefixtures("octocat")
    def test_relative_links_of_its_readme_lead_to_the_commit(self, world: World) -> None:
        wheel = make_wheel(
            "spam",
            "1.0",
            metadata_extra="Description-Content-Type: text/markdown",
            description="[How to use it](docs/use.md)",
        )
        world.builder.will(lambda *_: dict([wheel]))
        published(world, "v1.0")
        for page in ("project/spam/index.html", "project/spam/1.0/index.html"):
            assert f'<a href="https://github.com/octocat/spam/blob/{FIRST}/docs/use.md"' in world.text(page)

    @pytest.mark.usefixtures("octocat")
    def test_another_commit_is_another_release(self, world: World) -> None:
        published(world, "v1.0")
        assert published(world, "main").status is Status.PUBLISHED
        assert len(world.filenames("spam")) == 4
        rows = world.index.submissions().latest(OCTOCAT)
        assert [(row.version, row.status) for row in rows] == [("2.0", "published"), ("1.0", "published")]

    @pytest.mark.usefixtures("octocat")
    def test_a_version_that_exists_is_refused(self, world: World) -> None:
        published(world, "v1.0")
        before = world.snapshot()
        again = published(world, "v1.0")
        assert (again.status, again.error) == (Status.FAILED, str(VersionExists("spam", "1.0")))
        assert again.files is None
        assert world.snapshot() == before

    @pytest.mark.usefixtures("octocat")
    def test_another_persons_package_is_theirs(self, world: World) -> None:
        world.upload(HUBOT, make_wheel("spam", "0.1"))
        failed = published(world)
        with pytest.raises(NotOwner) as refusal:
            world.upload(OCTOCAT, make_wheel("spam", "0.2"))
        advice = ": give the package another name, and publish again."
        assert (failed.status, failed.error) == (Status.FAILED, str(refusal.value).removesuffix(".") + advice)
        assert world.filenames("spam") == [make_wheel("spam", "0.1")[0]]

    @pytest.mark.parametrize("name", ["simple", "my", "json"])
    @pytest.mark.usefixtures("octocat")
    def test_reserved_names_are_nobodys(self, world: World, name: str) -> None:
        world.builder.will(lambda *_: dict([make_wheel(name, "1.0")]))
        failed = published(world)
        assert failed.status is Status.FAILED
        assert "give the package another name, and publish again" in (failed.error or "")

    @pytest.mark.usefixtures("octocat")
    def test_a_build_that_fails_is_told(self, world: World) -> None:
        world.builder.will(lambda *_: NotBuilt("The build took more than 600 seconds."))
        failed = published(world)
        assert (failed.status, failed.error) == (Status.FAILED, "The build took more than 600 seconds.")
        assert failed.error is not None
        assert failed.error in world.index.submissions().log(failed.id)
        assert world.index.portfolio().submitted(OCTOCAT) == []

    @pytest.mark.parametrize(
        "files",
        [
            {"spam-1.0-py3-none-any.whl": b"no wheel"},
            {"../evil.whl": b""},
            dict([make_wheel("spam", "1.0"), make_wheel("eggs", "1.0")]),
            dict([make_wheel("spam", "1.0"), make_wheel("spam", "2.0")]),
            dict([make_sdist("spam", "1.0"), make_sdist("spam", "1.0", top="spam-1.0.0")]),
            {},
        ],
        ids=["broken", "elsewhere", "two names", "two versions", "two sdists", "none"],
    )
    @pytest.mark.usefixtures("octocat")
    def test_what_comes_out_of_a_build_is_hostile(self, world: World, files: dict[str, bytes]) -> None:
        world.builder.will(lambda *_: files)
        failed = published(world)
        assert failed.status is Status.FAILED
        assert failed.error
        assert world.index.portfolio().submitted(OCTOCAT) == []

    @pytest.mark.usefixtures("octocat")
    def test_a_repository_that_was_given_away_meanwhile_brings_nothing(self, world: World) -> None:
        submission = requested(world)
        world.sources.show(evolve(SPAM, owner_id=1))
        world.settle()
        assert world.index.submissions().of(OCTOCAT, submission.id).status is Status.FAILED

    @pytest.mark.usefixtures("octocat")
    def test_another_repository_that_has_the_name_meanwhile_brings_nothing(self, world: World) -> None:
        submission = requested(world)
        world.sources.show(evolve(SPAM, id=7))
        world.settle()
        assert world.index.submissions().of(OCTOCAT, submission.id).status is Status.FAILED

    @pytest.mark.usefixtures("octocat")
    def test_a_renamed_repository_is_followed(self, world: World) -> None:
        published(world, "v1.0")
        world.sources.show(evolve(SPAM, full_name="octocat/ham"))
        assert published(world, "main").status is Status.PUBLISHED
        (package,) = world.index.portfolio().submitted(OCTOCAT)
        assert (package.repository, package.repository_id) == ("octocat/ham", SPAM.id)

    @pytest.mark.usefixtures("octocat")
    def test_when_github_fails_it_may_be_asked_for_again(self, world: World) -> None:
        submission = requested(world)
        world.sources.fail(GitHubFails("GitHub does not answer. Publish again later."))
        world.settle()
        failed = world.index.submissions().of(OCTOCAT, submission.id)
        assert (failed.status, failed.error) == (Status.FAILED, "GitHub does not answer. Publish again later.")
        world.sources.fail(None)
        assert published(world).status is Status.PUBLISHED

    @pytest.mark.usefixtures("octocat")
    def test_programs_packed_like_sdists_are_left_where_they_are(self, world: World) -> None:
        wheel, sdist, program = make_wheel("spam", "1.0"), make_sdist("spam", "1.0"), "spam-linux-amd64.tar.gz"
        world.sources.release(SPAM.full_name, "v1.0", dict([wheel, sdist, (program, b"-")]))
        assert published(world).status is Status.PUBLISHED
        assert world.filenames("spam") == sorted([wheel[0], sdist[0]])
        world.sources.tag(SPAM.full_name, "v2.0", SECOND, b"2.0")
        world.sources.release(SPAM.full_name, "v2.0", {program: b"-"})
        assert published(world, "v2.0").version == "2.0"  # it was built, as there is nothing to take

    @pytest.mark.usefixtures("octocat")
    def test_a_release_of_as_many_files_as_it_may_have_appears_at_once(self, world: World) -> None:
        wheels = [make_wheel("spam", "1.0", tag=f"cp3{number}-abi3-win32") for number in range(MOST_FILES + 1)]
        world.sources.release(SPAM.full_name, "v1.0", dict(wheels))
        assert published(world, "v1.0").error == "A release has at most 97 files, and these are 98."
        world.sources.release(SPAM.full_name, "v1.0", dict(wheels[:MOST_FILES]))
        assert published(world, "v1.0").status is Status.PUBLISHED
        assert len(world.filenames("spam")) == MOST_FILES

    @pytest.mark.usefixtures("octocat")
    @pytest.mark.parametrize("is_released", [True, False])
    def test_a_message_that_comes_twice_fails_nothing(
        self, world: World, monkeypatch: pytest.MonkeyPatch, *, is_released: bool
    ) -> None:
        """The second one is fetching while the first one publishes."""
        if is_released:
            world.sources.release(SPAM.full_name, "v1.0", dict([make_wheel("spam", "1.0")]))
        submission = requested(world, "v1.0")
        building, done = world.index.building(), list[bool]()

        def overtaken(*asked: Any) -> Any:
            if not done:
                done.append(True)
                stopped_before(SubmissionPublished, world, monkeypatch, submission)
            return fetch(*asked)

        where, name = (world.sources, "fetch_asset") if is_released else (world.builder, "fetch")
        fetch = getattr(where, name)
        monkeypatch.setattr(where, name, overtaken)
        building.carry_on(submission.id)
        assert world.index.submissions().of(OCTOCAT, submission.id).status is Status.BUILDING
        assert world.filenames("spam") != []
        building.carry_on(submission.id)
        ended = world.index.submissions().of(OCTOCAT, submission.id)
        assert (ended.status, ended.error) == (Status.PUBLISHED, None)

    @pytest.mark.usefixtures("octocat")
    def test_what_has_its_files_goes_on_however_long_nobody_was_there(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = requested(world, "v1.0")
        stopped_before(SubmissionPublished, world, monkeypatch, submission)
        world.ports.clock().pass_by(timedelta(days=3))
        world.index.building().carry_on(submission.id)
        assert world.index.submissions().of(OCTOCAT, submission.id).status is Status.PUBLISHED

    @pytest.mark.usefixtures("octocat")
    @pytest.mark.parametrize("is_withdrawn", [True, False])
    def test_what_was_published_is_shown_so_however_late_somebody_looks(
        self, world: World, monkeypatch: pytest.MonkeyPatch, *, is_withdrawn: bool
    ) -> None:
        """Whoever published it was gone right after that, and the message never came again."""
        submission = requested(world, "v1.0")
        stopped_before(SubmissionPublished, world, monkeypatch, submission)
        if is_withdrawn:
            world.index.publishing().withdraw(OCTOCAT, "spam")
        world.ports.clock().pass_by(timedelta(days=2))
        assert [row.status for row in world.index.submissions().latest(OCTOCAT)] == ["published"]
        shown = world.index.submissions().of(OCTOCAT, submission.id)
        assert (shown.status, shown.name, shown.version, shown.error) == (Status.PUBLISHED, "spam", "1.0", None)
        assert len(shown.files or ()) == 2

    @pytest.mark.usefixtures("octocat")
    def test_files_that_nobody_published_for_a_day_are_given_up(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = requested(world, "v1.0")
        stopped_before(PackageSubmitted, world, monkeypatch, submission)
        world.ports.clock().pass_by(timedelta(hours=23))
        assert world.index.submissions().of(OCTOCAT, submission.id).status is Status.BUILDING
        world.ports.clock().pass_by(timedelta(hours=2))
        assert world.index.submissions().of(OCTOCAT, submission.id).status is Status.FAILED

    @pytest.mark.usefixtures("octocat")
    def test_what_was_built_is_published_however_late_that_is_told(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        submission = requested(world, "v1.0")
        stopped_before(BuildSucceeded, world, monkeypatch, submission)
        world.ports.clock().pass_by(timedelta(hours=2))
        world.index.building().carry_on(submission.id)
        assert world.index.submissions().of(OCTOCAT, submission.id).status is Status.PUBLISHED

    @pytest.mark.usefixtures("octocat")
    def test_a_withdrawn_package_may_come_back(self, world: World) -> None:
        published(world, "v1.0")
        world.index.publishing().withdraw(OCTOCAT, "spam")
        assert published(world, "main").status is Status.PUBLISHED
        world.index.publishing().withdraw(OCTOCAT, "spam")
        assert published(world, "v1.0").status is Status.FAILED  # its filenames are spent

    @pytest.mark.usefixtures("octocat")
    def test_whoever_was_at_it_and_has_gone_leaves_it_failed(self, world: World) -> None:
        submission = requested(world)
        world.ports.clock().pass_by(timedelta(days=2))
        failed = world.index.submissions().of(OCTOCAT, submission.id)
        assert failed.status is Status.FAILED
        assert [row.status for row in world.index.submissions().latest(OCTOCAT)] == ["failed"]
        world.settle()
        assert world.index.submissions().of(OCTOCAT, submission.id) == failed


@pytest.mark.usefixtures("octocat")
def test_a_submission_is_its_submitters(world: World) -> None:
    submission = requested(world)
    for caller in (HUBOT, evolve(OCTOCAT, packages=frozenset({"spam"}))):
        with pytest.raises(NoSuchSubmission):
            world.index.submissions().of(caller, submission.id)
    with pytest.raises(NoSuchSubmission):
        world.index.submissions().of(OCTOCAT, "../x")


class TestReleases:
    """What GitHub's webhook tells."""

    def told(self, world: World, owner_id: int = SPAM.owner_id, repository_id: int = SPAM.id) -> Submission | None:
        released: Submission | None = world.index.submissions().released(
            "d1", owner_id, repository_id, SPAM.full_name, "v2.0"
        )
        return released

    @pytest.mark.usefixtures("octocat")
    def test_a_release_of_a_known_repository_is_published_once(self, world: World) -> None:
        published(world, "v1.0")
        world.sources.tag(SPAM.full_name, "v2.0", SECOND, b"2.0")
        first = self.told(world)
        assert first is not None
        again = self.told(world)
        assert again is not None
        assert again.id == first.id
        world.settle()
        assert world.index.submissions().of(OCTOCAT, first.id).status is Status.PUBLISHED
        assert len(world.index.submissions().latest(OCTOCAT)) == 2

    @pytest.mark.usefixtures("octocat")
    def test_a_delivery_that_is_sent_again_after_a_failure_is_another_attempt(self, world: World) -> None:
        published(world, "v1.0")
        world.sources.tag(SPAM.full_name, "v2.0", SECOND, b"2.0")
        first = self.told(world)
        world.sources.fail(GitHubFails("GitHub does not answer."))
        world.settle()
        world.sources.fail(None)
        again = self.told(world)
        assert first is not None
        assert again is not None
        assert world.index.submissions().of(OCTOCAT, first.id).status is Status.FAILED
        world.settle()
        assert world.index.submissions().of(OCTOCAT, again.id).status is Status.PUBLISHED
        assert self.told(world) == world.index.submissions().of(OCTOCAT, again.id)

    @pytest.mark.usefixtures("octocat")
    def test_what_was_never_published_here_is_not_now(self, world: World) -> None:
        world.sources.tag(SPAM.full_name, "v2.0", SECOND, b"2.0")
        assert self.told(world) is None
        published(world, "v1.0")
        assert self.told(world, owner_id=480938) is None
        assert self.told(world, repository_id=7) is None


class TestEligibility:
    @pytest.mark.usefixtures("octocat")
    def test_repositories_that_could_be_built_are_offered_until_they_are_here(self, world: World) -> None:
        world.sources.show(evolve(SPAM, id=2, full_name="octocat/c", language="C"))
        world.sources.show(evolve(SPAM, id=3, full_name="octocat/old", is_archived=True))
        world.sources.show(evolve(SPAM, id=4, full_name="octocat/notes", language=None), has_packaging=False)
        world.sources.show(evolve(SPAM, id=5, full_name="octocat/new", language=None))
        eligible = world.index.eligibility()
        assert {each.full_name for each in eligible.of(OCTOCAT, TOKEN).repositories} == {"octocat/spam", "octocat/new"}
        published(world)
        assert [each.full_name for each in eligible.of(OCTOCAT, TOKEN).repositories] == ["octocat/new"]
        named = make_wheel("new", "1.0", metadata_extra=["Project-URL: Code, https://github.com/Octocat/new"])
        world.upload(OCTOCAT, named)
        world.settle()
        assert list(eligible.of(OCTOCAT, TOKEN).repositories) == []
        submitted = world.index.portfolio().submitted(OCTOCAT)
        assert [package.repository for package in submitted] == ["Octocat/new", "octocat/spam"]

    @pytest.mark.usefixtures("octocat")
    def test_a_new_repository_of_an_old_name_is_offered(self, world: World) -> None:
        published(world)
        world.sources.show(evolve(SPAM, full_name="octocat/spam-before"))
        new = evolve(SPAM, id=77)
        world.sources.show(new)
        assert new.full_name in [each.full_name for each in world.index.eligibility().of(OCTOCAT, TOKEN).repositories]

    @pytest.mark.usefixtures("octocat")
    def test_what_github_said_last_is_remembered(self, world: World) -> None:
        eligible = world.index.eligibility()
        world.sources.fail(GitHubFails("GitHub does not answer."))
        with pytest.raises(GitHubFails):
            eligible.of(OCTOCAT, TOKEN)
        world.sources.fail(None)
        assert eligible.of(OCTOCAT, TOKEN).as_of is None
        world.sources.fail(GitHubFails("GitHub does not answer."))
        remembered = eligible.of(OCTOCAT, TOKEN)
        assert [each.full_name for each in remembered.repositories] == ["octocat/spam"]
        assert remembered.as_of is not None
        assert eligible.of(OCTOCAT, None) == remembered

    @pytest.mark.usefixtures("octocat")
    def test_of_hundreds_all_are_offered_and_the_latest_remembered(self, world: World) -> None:
        for number in range(10, 310):
            described = evolve(
                SPAM, id=number, full_name=f"octocat/{'n' * 90}-{number}", description="\N{SNOWMAN}" * 350
            )
            world.sources.show(described)
        eligible = world.index.eligibility()
        offered = eligible.of(OCTOCAT, TOKEN).repositories
        assert len(offered) == 301
        assert eligible.of(OCTOCAT, None).repositories == offered[:200]

    @pytest.mark.usefixtures("octocat")
    def test_a_revoked_login_is_told(self, world: World) -> None:
        world.sources.revoke(TOKEN)
        with pytest.raises(GitHubLoginRevoked):
            world.index.eligibility().of(OCTOCAT, TOKEN)

    @pytest.mark.usefixtures("octocat")
    def test_local_submitters_have_none(self, world: World) -> None:
        assert world.index.eligibility().of(world.submitter("octocat"), None).repositories == ()
