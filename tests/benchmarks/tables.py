"""The findings as Markdown."""

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from tests.benchmarks.comparison import PRODUCT, Row, table
from tests.benchmarks.limits import LIMITS
from tests.benchmarks.measure import KINDS, Rate, Sent, Start

T = TypeVar("T")


class Key(NamedTuple):
    """A server at a size of the index."""

    projects: int
    server: str


class Findings:
    """Everything measured so far."""

    def __init__(self) -> None:
        self.held: dict[Key, int] = {}
        self.loaded: dict[Key, float | None] = {}
        self.memory: dict[Key, int | None] = {}
        self.idle: dict[Key, int | None] = {}
        self.pages: dict[Key, list[Rate]] = {}
        self.many: dict[Key, list[Rate]] = {}
        self.starts: dict[Key, list[Start]] = {}
        self.sent: dict[str, dict[Key, list[Sent]]] = {kind: {} for kind in KINDS}
        self.remarks: list[str] = []
        self.problems: list[str] = []


def report(findings: Findings, files: int, facts: Sequence[str]) -> str:
    """The whole report: one table for each size of the index, then what is to be known about it."""
    text = "# sls-pypi and its peers\n\n" + "".join(f"- {fact}\n" for fact in (*facts, *findings.remarks))
    sizes = sorted({key.projects for key in findings.held})
    for size in sizes:
        servers = [key.server for key in findings.held if key.projects == size and key.server != PRODUCT]
        peers = [name for name in servers if name not in LIMITS]
        limits = [name for name in servers if name in LIMITS]
        text += f"\n## {size:,} projects\n\n{table(list(_rows(findings, size, files)), peers, limits)}"
        fewer = [f"{key.server} with {held:,}" for key, held in findings.held.items() if key.projects == size != held]
        if fewer:
            text += f"\nHolding fewer projects: {', '.join(fewer)}.\n"
    problems = [*findings.problems, *_errors(findings)]
    if problems:
        text += "\nNot measured, or not as it should be:\n\n" + "".join(f"- {problem}\n" for problem in problems)
    return text


def _rows(findings: Findings, size: int, files: int) -> Iterator[Row]:
    for rates, what in ((findings.pages, "a page of each project"), (findings.many, f"the page of {files} files")):
        measured = _of_size(rates, size)
        yield Row(f"serving {what}", "a second", _medians(measured, lambda rate: rate.rate))
        yield Row(f"serving {what}", "CPU µs", _medians(measured, lambda rate: rate.cpu), less=True)
        yield Row(f"serving {what}, 99 of 100 within", "ms", _medians(measured, lambda rate: rate.p99), less=True)
    starts = _of_size(findings.starts, size)
    yield Row("process start to first page", "s", _medians(starts, lambda start: start.seconds), less=True)
    yield Row("process start to first page", "CPU s", _medians(starts, lambda start: start.cpu), less=True)
    for kind, sent in findings.sent.items():
        measured_sent = _of_size(sent, size)
        yield Row(
            f"upload to installable, {kind}", "ms", _medians(measured_sent, lambda each: each.visible * 1e3), less=True
        )
        slowest = {
            name: _percentile([each.visible * 1e3 for each in every], 95) for name, every in measured_sent.items()
        }
        yield Row(f"upload to installable, {kind}, 95 of 100 within", "ms", slowest, less=True)
    loading = {
        key.server: (findings.held[key] + files) / seconds
        for key, seconds in findings.loaded.items()
        if seconds and key.projects == size
    }
    yield Row("taking in what there is", "wheels/s", loading)
    yield Row("memory after the start", "MiB", _mebibytes(findings.idle, size), less=True)
    yield Row("memory at most, after all of this", "MiB", _mebibytes(findings.memory, size), less=True)


def _of_size(measured: Mapping[Key, T], size: int) -> dict[str, T]:
    return {key.server: found for key, found in measured.items() if key.projects == size}


def _medians(measured: Mapping[str, list[T]], figure: Callable[[T], float | None]) -> dict[str, float]:
    known = {name: [found for each in every if (found := figure(each))] for name, every in measured.items()}
    return {name: statistics.median(every) for name, every in known.items() if every}


def _mebibytes(measured: Mapping[Key, int | None], size: int) -> dict[str, float]:
    return {name: found / 2**20 for name, found in _of_size(measured, size).items() if found}


def _errors(findings: Findings) -> Iterable[str]:
    for key, rates in (*findings.pages.items(), *findings.many.items()):
        if wrong := sum(each.errors for each in rates):
            yield f"{key.server} with {key.projects:,} projects: {wrong:,} answers were no page"
    for kind, measured in findings.sent.items():
        for key, sent in measured.items():
            if late := sum(each.late for each in sent):
                who = f"{key.server} with {key.projects:,} projects"
                yield f"{who}: {late} of {len(sent)} uploads ({kind}) were answered before the page showed them"


def _percentile(values: Sequence[float], percent: int) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, len(ranked) * percent // 100)]
