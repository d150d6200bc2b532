"""The downloads behind the figures, one by one, without anybody's address."""

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
