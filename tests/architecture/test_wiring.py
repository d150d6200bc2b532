"""Containers: type checkers do not see their mistakes, so everything they hold is built."""

from pathlib import Path

import pytest
from dependency_injector import providers

from adapters.local.home import Home
from infrastructure.aws import Aws
from infrastructure.embedded import opened
from infrastructure.index import Index, index_of
from infrastructure.local import Local
from infrastructure.memory import Memory
from infrastructure.policy import policy_of
from infrastructure.resources import Resources
from infrastructure.settings import BuildSettings, Settings


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
