"""A home in which something of everything is kept."""

from datetime import timedelta
from pathlib import Path

from adapters.local.home import Home
from domain.caller import Caller
from domain.identity_claims import Kind
from domain.package import Status
from domain.ports.identities import Identified
from domain.publishers import Wanted
from domain.repository import RepositoryFacts, Source
from domain.site_settings import Edition
from infrastructure.settings import Settings
from infrastructure.version import __version__
from tests.logs import DAY, line
from tests.scenarios.conftest import SETTINGS, START, World, local_world
from tests.wheels import make_sdist, make_wheel

_OCTOCAT = Caller("583231", "octocat")
_SPAM = Source(
    1296269, "octocat/spam", 583231, is_private=False, is_fork=False, is_archived=False, default_branch="main"
)
_FACTS = RepositoryFacts("alice/frob", START, stars=12, issues=5, pull_requests=2, contributors=4)
_TOKEN = "gho_of-octocat"  # noqa: S105
_FROB = make_wheel(
    "frob",
    "1.0",
    metadata_extra="Summary: Turns things.\nRequires-Dist: other-thing>=1\nRequires-Dist: absent; extra == 'x'\n"
    "Project-URL: Source, https://github.com/alice/frob\n",
)


def made(folder: Path) -> Settings:
    """Make one in `folder`/home; returns the settings with which commands find it."""
    with local_world(folder) as world:
        world.index.lists().ensure_start()
        _publish(world)
        _submit(world)
        _use(world)
        world.ports.clock().pass_by(timedelta(days=1))
        world.night(DAY)
        world.settle()
        world.ports.objects().flush()
    home = Home(folder / "home")
    home.record_edition(Edition(__version__, SETTINGS))
    return Settings(home=home.path)


def _publish(world: World) -> None:
    alice, bob = world.submitter("alice"), world.submitter("bob")
    world.repositories.show(_FACTS)
    old, gone = make_wheel("frob", "0.9"), make_sdist("frob", "0.8")
    for file in (gone, old, _FROB, make_sdist("frob", "1.0")):
        world.upload(alice, file)
    world.upload(bob, make_wheel("other.thing", "2.0", metadata_extra="Requires-Dist: frob"), name="other.thing")
    world.upload(bob, make_wheel("left", "1.0"))
    world.upload(bob, make_wheel("hidden", "1.0"))
    publishing = world.index.publishing()
    publishing.yank(alice, "frob", old[0], "Turns the wrong way.")
    publishing.delete(alice, "frob", gone[0])
    publishing.withdraw(bob, "left")
    publishing.mark("hidden", Status.QUARANTINED, "malware")
    world.settle()


def _submit(world: World) -> None:
    """One that is published, and one that failed."""
    world.index.tokens().register(_OCTOCAT.account, _OCTOCAT.login)
    world.sources.login(_TOKEN, _SPAM.owner_id)
    world.sources.show(_SPAM)
    world.sources.push(_SPAM.full_name, "a" * 40, "main", b"1.0")
    world.builder.will(lambda source, _: dict([make_wheel("spam", source.decode())]))
    for _ in range(2):
        world.index.submissions().request(_OCTOCAT, _SPAM.full_name, "main", _TOKEN)
        world.settle()


def _use(world: World) -> None:
    """People who come and go, and downloads."""
    alice = world.submitter("alice")
    tokens = world.index.tokens()
    tokens.issue(alice, "laptop", ["frob"])
    tokens.issue(alice, "revoked", None)
    tokens.revoke(alice, next(token.id for token in tokens.of(alice) if token.name == "revoked"))
    world.logs_in(Identified(480938, "hubot"))
    world.index.publishers().trust(_OCTOCAT, Wanted(Kind.GITHUB, "spam", "octocat/spam", "release.yml", None))
    world.index.publishers().trust(_OCTOCAT, Wanted(Kind.GITLAB, "spam", "octocat/Spam", "ci.yml", "pypi"))
    world.reserve(alice, make_wheel("frob", "3.0"))
    world.logged(line("1"), line("2", c_ip="192.0.2.2", c_country="FR"))
    world.logged(line("3", cs_uri_stem=f"/packages/other-thing/2.0/{make_wheel('other.thing', '2.0')[0]}"))
