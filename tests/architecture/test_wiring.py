"""Containers: type checkers do not see their mistakes. So all parts are built, and get what their keywords say."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from dependency_injector import containers, providers

from adapters.local.home import Home
from adapters.memory.blobs import MemoryBlobs
from domain.usecases.tokens import Tokens
from infrastructure.aws import Aws
from infrastructure.embedded import opened
from infrastructure.index import Index, index_of
from infrastructure.local import Local
from infrastructure.memory import Memory
from infrastructure.policy import policy_of
from infrastructure.resources import Resources
from infrastructure.settings import BuildSettings, Settings

# Who takes something under a shorter name than the container has for it, as only one thing of the kind is there.
SHORTER = {
    "browse": {"browse_pages"},
    "days": {"counted_days"},
    "directory": {"directory_pages"},
    "facts": {"facts_table"},
    "folder": {"tmp"},
    "hidden": {"path"},
    "identities": {"identity_tokens"},
    "log": {"event_log"},
    "logs": {"access_logs", "build_logs"},
    "owners": {"owner_pages"},
    "packages": {"package_pages"},
    "pages": {"package_pages"},
    "path": {"database"},
    "query": {"read_text"},
    "records": {"submission_records"},
    "releases": {"release_pages"},
    "rendering": {"list_rendering"},
    "root": {"site", "blobs", "build_logs"},
    "search": {"search_nodes"},
    "settings": {"site_settings"},
    "store": {"event_store"},
    "table": {"submission_table", "trust_table"},
}

Container = type[containers.DeclarativeContainer]


def named(container: Container) -> dict[int, str]:
    """The names of all that a container makes, and of the ports that it asks for, by identity."""
    ports = container.providers.get("ports")
    asked = ports.providers if isinstance(ports, providers.DependenciesContainer) else {}
    return {id(provider): name.strip("_") for name, provider in [*asked.items(), *container.providers.items()]}


def singletons(part: object) -> Iterator[providers.Singleton[object]]:
    """A part, and those that are made only for it."""
    if isinstance(part, providers.Singleton):
        yield part
        for value in part.kwargs.values():
            yield from singletons(value)


def name_of(value: object, names: dict[int, str]) -> str | None:
    """What somebody who reads the container would call it; None for what no provider makes."""
    match value:
        case _ if id(value) in names:
            return names[id(value)]
        case providers.AttributeGetter():
            return str(value.name)
        case providers.Singleton():
            return re.sub(r"(?<!^)(?=[A-Z])", "_", value.cls.__name__).lower()
        case providers.Callable():
            return str(getattr(value.provides, "__name__", value.provides))
        case providers.List():
            return name_of(value.args[0], names)
        case providers.Provider():
            raise AssertionError(f"nobody knows a name of {value!r}")
    return None


def mistakes(container: Container) -> list[str]:
    """Where a part of the container is handed over by its place, or as something else than it is called."""
    names = named(container)
    found: list[str] = []
    for part in {id(each): each for whole in container.providers.values() for each in singletons(whole)}.values():
        made = part.cls.__name__
        found += [f"{made}: {each!r} has no keyword" for each in part.args]
        parameters = set(inspect.signature(part.cls).parameters)
        for keyword, value in part.kwargs.items():
            name = name_of(value, names)
            if keyword not in parameters:
                found.append(f"{made} takes no {keyword}")
            if name is not None and name not in {keyword.strip("_"), *SHORTER.get(keyword, ())}:
                found.append(f"{made} gets {name} as {keyword}")
    return found


def build_all(container: object) -> None:
    for provider in container.providers.values():  # type: ignore[attr-defined]
        if isinstance(provider, providers.Singleton):
            provider()


def test_every_part_of_every_world_can_be_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    build_all(Memory())
    home = Home(tmp_path)
    home.prepare()
    local = Local(home=home)
    build_all(local)
    local.database().close()
    aws = Aws(resources=Resources("us-east-1", "table", "site", "data", "arn:aws:sns:us-east-1:123456789012:topic"))
    build_all(aws)


@pytest.mark.parametrize("container", [Index, Memory, Local, Aws])
def test_every_part_gets_what_its_keyword_says(container: Container) -> None:
    assert mistakes(container) == []


def test_parts_that_are_mixed_up_are_found() -> None:
    class Mixed(containers.DeclarativeContainer):
        ports = providers.DependenciesContainer()
        swapped = providers.Singleton(
            Tokens, store=ports.event_store, sessions=ports.sessions, clock=ports.secrets, secrets=ports.clock
        )
        unknown = providers.Singleton(MemoryBlobs, objects=ports.objects, clock=ports.clock)
        by_place = providers.Singleton(MemoryBlobs, ports.objects)
        made_for_it = providers.Singleton(MemoryBlobs, objects=providers.Singleton(MemoryBlobs, objects=ports.blobs))

    found = mistakes(Mixed)
    assert {"Tokens gets secrets as clock", "Tokens gets clock as secrets", "MemoryBlobs takes no clock"} <= set(found)
    assert {"MemoryBlobs gets memory_blobs as objects", "MemoryBlobs gets blobs as objects"} <= set(found)
    assert [each for each in found if each.endswith("has no keyword")]
    assert len(found) == 6


def test_clients_are_called_as_their_services() -> None:
    services = {
        name: part.kwargs["service"]
        for name, part in Aws.providers.items()
        if isinstance(part, providers.Singleton) and "service" in part.kwargs
    }
    assert services
    assert all(name == f"_{service}" for name, service in services.items())


def test_worlds_offer_the_same_ports() -> None:
    ports = set(Memory.providers)
    assert ports <= set(Local.providers)
    assert ports <= set(Aws.providers)
    assert set(Index.ports.providers) <= ports


def test_an_index_is_what_its_operator_decided() -> None:
    settings = Settings(site_name="Spam", packages_a_query=7, build=BuildSettings(seconds=8))
    index = index_of(Memory(), settings, settings.site("https://index.test"))
    assert (index.packages_a_query(), index.build_seconds()) == (7, 8)
    assert index.site_settings().name == "Spam"
    assert index.policy() == policy_of(settings)


def test_an_index_can_be_opened_and_opened_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    for _ in range(2):
        with opened(settings, create=True) as world:
            build_all(world.index)
    assert (tmp_path / "home" / "secrets").stat().st_mode & 0o777 == 0o700


def test_the_policy_knows_modules_and_classifiers() -> None:
    policy = policy_of(Settings())
    assert {"json", "distutils", "tomllib"} <= policy.stdlib_names
    assert "Programming Language :: Python :: 3" in policy.classifiers
