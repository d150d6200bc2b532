"""Logins, tokens, trusted publishers and submissions."""

from contextlib import suppress
from datetime import timedelta

from domain.caller import Caller
from domain.identity_claims import Kind
from domain.ports.identities import Identified
from domain.publishers import NoSuchPublisher, PublisherExists, Wanted
from domain.repository import Source
from domain.submission import Status
from domain.usecases.device_logins import DeviceLoggedIn
from tests.faults.case_packages import founded
from tests.faults.cases import Case, Notes, Step
from tests.scenarios.conftest import START, World
from tests.wheels import make_sdist, make_wheel

OCTOCAT = Identified(583231, "octocat", "gho_of-octocat")
CALLER = Caller("583231", "octocat")
SPAM = Source(
    id=1296269,
    full_name="octocat/spam",
    owner_id=OCTOCAT.number,
    is_private=False,
    is_fork=False,
    is_archived=False,
    default_branch="main",
    description="Spam, spam.",
    language="Python",
)
_ATTEMPTS = 3


def _issue(world: World, notes: Notes, _: int) -> None:
    issued = world.index.tokens().issue(notes["alice"], "ci", ["frob"])
    notes["token"] = issued.secret


def _create(world: World, notes: Notes, _: int) -> None:
    notes["token of carol"] = world.index.tokens().create_local("carol")


def _revoke(world: World, notes: Notes, _: int) -> None:
    """Of that name there may be another one, if an attempt to make it got no answer: whoever looks sees it."""
    tokens = world.index.tokens()
    for each in tokens.of(notes["alice"]):
        if each.name == "ci":
            tokens.revoke(notes["alice"], each.id)


def _login(world: World, notes: Notes, _: int) -> None:
    notes["session"] = world.logs_in(OCTOCAT)
    assert world.index.login_sessions().github_token(notes["session"]) == OCTOCAT.token


def _local_login(world: World, notes: Notes, _: int) -> None:
    notes["session of dan"] = world.index.login_sessions().begin(world.index.logins().as_local("dan"))


def _logout(world: World, notes: Notes, _: int) -> None:
    world.index.login_sessions().end(notes["session"])


def _device(world: World, notes: Notes, _: int) -> None:
    """All of it, as whoever gets no answer begins anew."""
    devices = world.index.device_logins()
    started = devices.start("login on laptop")
    world.identities.decide(started.user_code, OCTOCAT)
    world.ports.clock().step += 1  # GitHub wants some seconds between
    answer = devices.ask(started.handle)
    assert isinstance(answer, DeviceLoggedIn)
    notes["token"] = answer.token.secret


def _workflows(world: World, notes: Notes) -> None:
    founded(world, notes)
    world.sources.show(SPAM)
    said = {
        "repository": SPAM.full_name,
        "repository_owner_id": str(OCTOCAT.number),
        "job_workflow_ref": f"{SPAM.full_name}/.github/workflows/release.yml@refs/tags/v1",
        "ref": "refs/tags/v1",
    }
    # Each run of the workflow has one of its own.
    until = START + timedelta(days=1)
    notes["runs"] = [world.identity_tokens.issue(Kind.GITHUB, until, **said) for _ in range(_ATTEMPTS)]


def _trust(world: World, notes: Notes, attempt: int) -> None:
    wanted = Wanted(Kind.GITHUB, "frob", SPAM.full_name, "release.yml", None)
    with suppress(*([PublisherExists] if attempt else [])):
        world.index.publishers().trust(notes["alice"], wanted)
    (trusted,) = world.index.publishers().of(notes["alice"])
    notes["id"] = trusted.id


def _mint(world: World, notes: Notes, attempt: int) -> None:
    notes["token"] = world.index.minting().mint(notes["runs"][attempt]).secret
    world.upload(world.index.tokens().authenticate(notes["token"]), make_wheel("frob", "1.0"))


def _distrust(world: World, notes: Notes, attempt: int) -> None:
    with suppress(*([NoSuchPublisher] if attempt else [])):
        world.index.publishers().distrust(notes["alice"], notes["id"])


def _github(world: World, notes: Notes) -> None:
    founded(world, notes)
    world.index.tokens().register(CALLER.account, CALLER.login)
    world.sources.show(SPAM)
    assert OCTOCAT.token is not None
    world.sources.login(OCTOCAT.token, SPAM.owner_id)
    for number, version in enumerate(("1.0", "2.0", "3.0"), 1):
        world.sources.tag(SPAM.full_name, f"v{version}", str(number) * 40, version.encode())
    files = dict([make_wheel("spam", "1.0"), make_sdist("spam", "1.0")])
    world.sources.release(SPAM.full_name, "v1.0", files)
    _can_build(world)


def _can_build(world: World) -> None:
    world.builder.will(
        lambda source, _: dict([make_wheel("spam", source.decode()), make_sdist("spam", source.decode())])
    )


def _submits(ref: str) -> Step:
    def act(world: World, _: Notes, attempt: int) -> None:
        submissions = world.index.submissions()
        if attempt:
            world.settle()
            if any(row.ref == ref for row in submissions.latest(CALLER)):
                return  # who got no answer looks at their submissions a moment later
        submissions.request(CALLER, SPAM.full_name, ref, OCTOCAT.token)

    return Step(f"submit {ref}", act)


def _told(world: World, *_: object) -> None:
    world.index.submissions().released("delivery", SPAM.owner_id, SPAM.id, SPAM.full_name, "v3.0")


def _looks(world: World, *_: object) -> None:
    """Every submission has come to its end, and its owner sees it."""
    submissions = world.index.submissions()
    for row in submissions.latest(CALLER):
        assert submissions.of(CALLER, row.id).status in (Status.PUBLISHED, Status.FAILED)


def _vanishes(world: World, notes: Notes) -> None:
    """The files of a release are gone, and nothing can be built."""
    _github(world, notes)
    world.sources.release(SPAM.full_name, "v1.0", {})
    world.builder.will(lambda *_: {})


def _eligible(world: World, *_: object) -> None:
    world.index.eligibility().of(CALLER, OCTOCAT.token)


CASES = (
    Case("a submitter of this machine", (Step("create", _create),), founded, is_atomic=False),
    Case("tokens", (Step("issue", _issue), Step("revoke", _revoke)), founded),
    Case(
        "login and logout", (Step("login", _login), Step("local login", _local_login), Step("logout", _logout)), founded
    ),
    Case("login of a device", (Step("login", _device),), founded, is_atomic=False),
    Case(
        "trusted publisher",
        (Step("trust", _trust), Step("mint and upload", _mint), Step("distrust", _distrust)),
        _workflows,
        is_prompt=True,
    ),
    Case("submission, files of a release", (_submits("v1.0"), Step("look", _looks)), _github),
    Case("submission, built", (_submits("v2.0"), Step("look", _looks)), _github),
    Case("submission that fails", (_submits("v1.0"), Step("look", _looks)), _vanishes),
    Case("release told by GitHub", (_submits("v1.0"), Step("told", _told), Step("look", _looks)), _github),
    Case("repositories to choose from", (Step("list", _eligible),), _github),
)
