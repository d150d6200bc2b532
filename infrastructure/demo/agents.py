"""User agents of sample downloads, as installers send them."""

import json
from collections.abc import Iterator, Sequence

from attrs import frozen

from domain.access_log import encoded

_PYTHONS = {"3.9.21": 3, "3.10.16": 9, "3.11.11": 21, "3.12.9": 32, "3.13.5": 29, "3.14.0": 6}
_SYSTEMS = {"Linux": 70, "Darwin": 17, "Windows": 13}
_CI_SYSTEMS = {"Linux": 93, "Darwin": 3, "Windows": 4}
_INSTALLERS = {"pip": 52, "uv": 30, "poetry": 11, "pdm": 4}
_VERSIONS = {"pip": "25.3", "uv": "0.9.9", "poetry": "2.2.1", "pdm": "2.26.1"}
_OTHERS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": 120,
    "curl/8.14.1": 60,
    "python-requests/2.32.5": 40,
    "Bazel/release 8.4.2": 15,
}
MIRRORS = tuple(
    encoded(agent)
    for agent in (b"bandersnatch/6.6.0 (CPython 3.13.5-final0, Linux x86_64)", b"devpi-server/6.17.0 (py3.12)")
)
BOT = encoded(b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")


@frozen
class Agents:
    """User agents as they stand in a log, and how often each occurs."""

    texts: Sequence[str]
    weights: Sequence[float]


def people() -> Agents:
    """Those of people."""
    named = dict(_installers(_SYSTEMS, ci=False))
    return _agents(named | {agent: weight / 1000 * sum(named.values()) for agent, weight in _OTHERS.items()})


def machines() -> Agents:
    """Those of continuous integration."""
    return _agents(dict(_installers(_CI_SYSTEMS, ci=True)))


def _agents(weights: dict[str, float]) -> Agents:
    return Agents([encoded(agent.encode()) for agent in weights], list(weights.values()))


def _installers(systems: dict[str, int], *, ci: bool) -> Iterator[tuple[str, float]]:
    for installer, share in _INSTALLERS.items():
        for python, of_python in _PYTHONS.items():
            for system, of_system in systems.items():
                yield _agent(installer, python, system, ci=ci), share * of_python * of_system


def _agent(installer: str, python: str, system: str, *, ci: bool) -> str:
    version = _VERSIONS[installer]
    match installer:
        case "poetry" | "pdm":
            return f"{installer}/{version} CPython/{python} {system}/6.12.9"
        case _:
            data = {
                "ci": ci or None,
                "cpu": "arm64" if system == "Darwin" else "x86_64",
                "implementation": {"name": "CPython", "version": python},
                "installer": {"name": installer, "version": version},
                "python": python,
                "system": {"name": system, "release": "6.12.9"},
            }
            return f"{installer}/{version} {json.dumps(data, separators=(',', ':'))}"
