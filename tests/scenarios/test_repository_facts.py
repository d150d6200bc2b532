"""What pages show of repositories: asked for when something is published, and again later; never waited for."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from domain.messages import FetchFacts
from domain.package import Status
from domain.ports.facts import NEVER, Heard
from domain.ports.repositories import Learnt, RateLimited, Silent
from domain.repository import RepositoryFacts
from domain.usecases.repository_facts import AT_ONCE, due_at
from tests.scenarios.conftest import World
from tests.wheels import make_wheel

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
FROB = RepositoryFacts("alice/frob", NOW, stars=12, issues=5, pull_requests=2, contributors=4)


def published(world: World, name: str, version: str = "1.0", repository: str | None = "alice/frob") -> None:
    """Let somebody publish a release that says where it comes from."""
    url = f"Project-URL: Source, https://github.com/{repository}\n" if repository else ""
    world.upload(world.submitter("alice"), make_wheel(name, version, metadata_extra=url))
    world.settle()


def known(world: World, full_name: str = "alice/frob") -> RepositoryFacts | None:
    heard: Heard | None = world.ports.facts_table().get(full_name)
    return heard.facts if heard else None


def test_a_package_that_is_published_has_facts(world: World) -> None:
    world.repositories.show(FROB)

    published(world, "frob")

    facts = known(world)
    assert facts == evolve(FROB, as_of=facts.as_of if facts else NOW)
    assert world.ports.facts_table().followers("alice/frob") == ["frob"]
    assert world.differences() == []


def test_each_release_asks_again_and_its_files_ask_once(world: World) -> None:
    world.repositories.show(FROB)
    caller = world.submitter("alice")
    url = "Project-URL: Source, https://github.com/alice/frob\n"
    for tag in ("py3-none-any", "cp311-none-any", "cp312-none-any"):
        world.upload(caller, make_wheel("frob", "1.0", metadata_extra=url, tag=tag))
    world.settle()
    assert world.repositories.asked() == ["alice/frob"]

    world.repositories.show(evolve(FROB, stars=13))
    published(world, "frob", "2.0")

    assert world.repositories.asked() == ["alice/frob"] * 2
    assert known(world).stars == 13  # type: ignore[union-attr]
    assert world.differences() == []


def test_a_message_that_comes_twice_asks_once(world: World) -> None:
    world.repositories.show(FROB)
    published(world, "frob")

    world.handle(FetchFacts("frob"))
    world.settle()

    assert world.repositories.asked() == ["alice/frob"]


def test_a_package_without_a_repository_asks_nobody(world: World) -> None:
    published(world, "frob", repository=None)

    assert world.repositories.asked() == []
    assert world.ports.facts_table().oldest(9) == {}


def test_packages_of_one_repository_show_the_same(world: World) -> None:
    world.repositories.show(FROB)
    published(world, "frob")
    world.repositories.show(evolve(FROB, stars=13))

    published(world, "frob-extra")

    assert world.ports.facts_table().followers("alice/frob") == ["frob", "frob-extra"]
    assert world.differences() == []


def test_a_night_asks_again(world: World) -> None:
    world.repositories.show(FROB)
    published(world, "frob")
    published(world, "frob-extra")
    asked = len(world.repositories.asked())
    world.repositories.show(evolve(FROB, stars=13))

    assert world.index.repository_facts().announce() == 1
    world.settle()

    assert len(world.repositories.asked()) == asked + 1
    assert known(world).stars == 13  # type: ignore[union-attr]
    assert world.differences() == []


def test_a_night_asks_for_a_few_longest_ago_first(world: World) -> None:
    for name in ("a", "b", "c"):
        world.repositories.show(evolve(FROB, full_name=f"alice/{name}"))
        published(world, f"frob-{name}", repository=f"alice/{name}")
    published(world, "frob-a", "2.0", repository="alice/a")
    before = len(world.repositories.asked())

    assert world.index.repository_facts().announce(2) == 2
    world.settle()

    assert sorted(world.repositories.asked()[before:]) == ["alice/b", "alice/c"]


def test_a_repository_that_nobody_follows_any_more_is_forgotten(world: World) -> None:
    world.repositories.show(FROB)
    published(world, "frob")
    published(world, "frob", "2.0", repository="bob/frob")

    assert world.index.repository_facts().announce() == 1
    world.settle()

    assert world.ports.facts_table().get("alice/frob") is None
    assert list(world.ports.facts_table().oldest(9)) == ["bob/frob"]


def test_where_nobody_answers_what_was_known_stays(world: World) -> None:
    world.repositories.show(FROB)
    published(world, "frob")
    before = known(world)
    world.repositories.fail(lambda _: Silent("is broken"))

    published(world, "frob", "2.0")
    published(world, "eggs", repository="alice/eggs")

    assert known(world) == before
    assert world.ports.facts_table().get("alice/frob").silences == 1
    assert world.ports.facts_table().get("alice/eggs").facts is None
    assert world.filenames("frob") == ["frob-1.0-py3-none-any.whl", "frob-2.0-py3-none-any.whl"]
    assert world.differences() == []


def test_a_repository_that_is_gone_has_no_facts(world: World) -> None:
    world.repositories.show(FROB)
    published(world, "frob")
    world.repositories.hide("alice/frob")

    published(world, "frob", "2.0")

    assert known(world) is None
    assert world.differences() == []


def test_whoever_is_refused_asks_nobody_until_then_and_goes_on_afterwards(world: World) -> None:
    world.repositories.show(FROB)
    world.repositories.show(evolve(FROB, full_name="alice/eggs"))
    world.repositories.fail(lambda now: RateLimited(now + timedelta(hours=1)))
    published(world, "frob")
    world.repositories.fail(None)

    published(world, "eggs", repository="alice/eggs")
    assert world.index.repository_facts().announce() == 0
    assert world.index.repository_facts().announce_due() == 0
    assert world.repositories.asked() == ["alice/frob"]

    world.ports.clock().pass_by(timedelta(hours=1))
    while world.index.repository_facts().announce_due():
        world.settle()

    assert known(world) is not None
    assert known(world, "alice/eggs") is not None
    assert world.differences() == []


@pytest.mark.parametrize("days", [2, 3650])
def test_what_a_clock_asked_that_was_ahead_is_asked_again_once_it_is_right(world: World, days: int) -> None:
    world.ports.clock().pass_by(timedelta(days=days))
    world.repositories.show(FROB)
    published(world, "frob")
    world.ports.clock().pass_by(timedelta(days=-days))
    world.repositories.show(evolve(FROB, stars=13))

    assert world.index.repository_facts().announce_due() == 1
    world.settle()
    assert known(world).stars == 13  # type: ignore[union-attr]
    assert world.index.repository_facts().announce_due() == 0


def test_a_clock_that_is_behind_by_little_asks_nobody_twice(world: World) -> None:
    world.repositories.show(FROB)
    published(world, "frob")
    world.ports.clock().pass_by(timedelta(hours=-1))

    assert world.index.repository_facts().announce_due() == 0
    world.handle(FetchFacts("frob"))
    assert world.repositories.asked() == ["alice/frob"]


def test_what_is_learnt_with_a_refusal_is_kept(world: World) -> None:
    world.repositories.fail(lambda now: Learnt(evolve(FROB, as_of=now), {}, now + timedelta(hours=1)))
    published(world, "frob")

    assert known(world) is not None
    assert world.index.repository_facts().announce() == 0


def test_a_quarantined_project_shows_nothing_and_asks_nobody(world: World) -> None:
    world.repositories.show(FROB)
    published(world, "frob")
    world.index.publishing().mark("frob", Status.QUARANTINED, None)
    world.handle(FetchFacts("frob", NOW + timedelta(days=99)))

    assert world.repositories.asked() == ["alice/frob"]
    assert world.ports.facts_table().followers("alice/frob") == []


@pytest.mark.parametrize(
    ("silences", "wait"),
    [
        (0, timedelta(days=1)),
        (1, timedelta(minutes=5)),
        (2, timedelta(minutes=10)),
        (3, timedelta(minutes=20)),
        (9, timedelta(minutes=1280)),
        (10, timedelta(days=1)),
        (10**6, timedelta(days=1)),
    ],
)
def test_when_to_ask_again(silences: int, wait: timedelta) -> None:
    assert due_at(Heard(None, NOW, silences=silences)) == NOW + wait


def test_what_was_never_asked_for_is_due() -> None:
    assert due_at(Heard(None, NEVER)) < NOW
    assert AT_ONCE < 60
