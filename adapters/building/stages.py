"""From a source archive to an sdist and the wheel that is built of it (PEP 517, PEP 518)."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from packaging.requirements import InvalidRequirement, Requirement

from adapters.building import told_version
from domain.wording import shown

_MOST_REQUIREMENTS = 200
_LONGEST_NAME = 255
_ENDINGS = {"sdist": ".tar.gz", "wheel": ".whl"}


class BuildFails(Exception):
    """Nothing comes of it; the text is one sentence for whoever published."""


class Room(Protocol):
    """Where a project's own code runs, and nothing else can be reached. Whatever goes wrong raises `BuildFails`."""

    def prepare(self, source: Path) -> None:
        """Begin with an empty folder that has nothing but this archive in it (`adapters.building.inside`)."""

    def install(self, requirements: Sequence[str]) -> None:
        """Have these, and nothing else, importable from now on. No code of theirs or the project's runs for it."""

    def run(self, request: Mapping[str, object], failure: str) -> object:
        """What `adapters.building.inside` answers to the request; `failure` is said where it comes to no answer."""

    def take(self, filename: str) -> Path:
        """Bring one of the files that were made to where no later stage reaches it."""


def build(room: Room, source: Path, version: str | None, say: Callable[[str], None]) -> tuple[str, str]:
    """The names of the sdist and the wheel, which were taken out of the room; `say` takes headings for the log.

    Raises:
        BuildFails: there are none.
        ValueError: the version that is to be told is none.
    """
    told = told_version.environment(version)
    sdist = _made(room, source, "sdist", told, say)
    wheel = _made(room, sdist, "wheel", told, say)
    return sdist.name, wheel.name


def _made(room: Room, source: Path, kind: str, told: Mapping[str, str], say: Callable[[str], None]) -> Path:
    room.prepare(source)
    system = room.run({"do": "unpack"}, "The archive cannot be unpacked: see the log.")
    if not isinstance(system, dict):
        raise BuildFails("The archive cannot be unpacked.")
    static = requirements(system.pop("requires", None))
    _install(room, static, say)
    failure = f"The build backend failed while it made the {kind}: see the log."
    call = {**system, "do": "call", "told": told}
    needs = room.run({**call, "hook": f"get_requires_for_build_{kind}"}, failure)
    wanted = tuple(dict.fromkeys((*static, *requirements(needs))))
    if wanted != static:
        _install(room, wanted, say)
    say(f"Building the {kind}")
    name = room.run({**call, "hook": f"build_{kind}"}, failure)
    if not isinstance(name, str) or not _is_filename(name, _ENDINGS[kind]):
        raise BuildFails(f"The build backend names {shown(str(name))} as the {kind}, which is none.")
    return room.take(name)


def _install(room: Room, wanted: Sequence[str], say: Callable[[str], None]) -> None:
    if wanted:
        say("Fetching build requirements")
    room.install(wanted)


def _is_filename(name: str, ending: str) -> bool:
    return (
        name.endswith(ending) and len(name) <= _LONGEST_NAME and name.isprintable() and not {"/", "\\"} & set(name)
    ) and not name.startswith(".")


def requirements(told: object) -> tuple[str, ...]:
    """What is needed to build, as the index knows it.

    Raises:
        BuildFails: something is no requirement, or is to come from elsewhere.
    """
    if not isinstance(told, list) or len(told) > _MOST_REQUIREMENTS:
        raise BuildFails(f"The build requirements are no list of up to {_MOST_REQUIREMENTS} texts.")
    return tuple(dict.fromkeys(_requirement(text) for text in told))


def _requirement(text: object) -> str:
    try:
        requirement = Requirement(str(text))
    except InvalidRequirement:
        raise BuildFails(f"The build requirement {shown(str(text))} cannot be read.") from None
    if requirement.url is not None:
        raise BuildFails(
            f"The build requirement {shown(requirement.name)} is given as a URL: builds take theirs from an index."
        )
    return str(requirement)
