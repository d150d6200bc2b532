"""The downloads behind the figures, one by one, without anybody's address."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from attrs import frozen

from domain.agents import Agent


@frozen
class DetailFile:
    """A file that was downloaded."""

    version: str
    filename: str


@frozen
class Detail:
    """The downloads of one package and day, by columns: the n-th item of each tuple is about the n-th download.

    Attributes:
        files: those that were downloaded.
        agents: those that downloaded them.
        times: ``HH:MM:SS``, ascending.
        file, agent: positions in `files` and `agents`.
        edges, countries: empty where unknown.
        requesters: who it was, as a hash that is the same within this day only; empty where unknown.
    """

    files: tuple[DetailFile, ...]
    agents: tuple[Agent, ...]
    times: tuple[str, ...]
    file: tuple[int, ...]
    agent: tuple[int, ...]
    edges: tuple[str, ...]
    countries: tuple[str, ...]
    requesters: tuple[str, ...]


class Details(Protocol):
    """Details by package and day."""

    def put(self, day: str, details: Mapping[str, Detail]) -> None:
        """Keep the details of packages, in the place of earlier ones. Once this returns they survive any crash."""

    def get(self, package: str, day: str) -> Detail | None:
        """The detail; None if there is none."""

    def packages(self, day: str) -> Iterator[str]:
        """The canonical names of all packages that have a detail for the day, in their order."""
