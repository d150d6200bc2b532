"""The findings as Markdown tables."""

import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.benchmarks.measure import KINDS, Rate, Sent

PRODUCT, BASE = "sls-pypi", "nginx"
_NONE = "-"


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
        self.pages: dict[Key, list[Rate]] = {}
        self.many: dict[Key, list[Rate]] = {}
        self.starts: dict[Key, list[float]] = {}
        self.sent: dict[str, dict[Key, list[Sent]]] = {kind: {} for kind in KINDS}
        self.remarks: list[str] = []
        self.problems: list[str] = []


def report(findings: Findings, files: int, facts: Sequence[str]) -> str:
    """The whole report."""
    sections = [
        ("Project pages, a different project each time", _rates(findings, findings.pages)),
        (f"The page of a project of {files} files", _rates(findings, findings.many)),
        ("From the start of the process to the first correct project page", _starts(findings)),
        ("From sending an upload to the page that shows it", _uploads(findings)),
        ("Loading and memory", _footprint(findings, files)),
    ]
    text = "# sls-pypi and its peers\n\n" + "".join(f"- {fact}\n" for fact in (*facts, *findings.remarks))
    text += "".join(f"\n## {title}\n\n{table}" for title, table in sections if table)
    if findings.problems:
        text += "\n## Not measured, or not as it should be\n\n" + "".join(
            f"- {problem}\n" for problem in findings.problems
        )
    return text


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---", "---", *["---:"] * (len(head) - 2)], *rows)]
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def _who(findings: Findings, key: Key) -> tuple[str, str]:
    held = findings.held.get(key, key.projects)
    return f"{key.projects:,}", key.server if held == key.projects else f"{key.server} (with {held:,})"


def _times(value: float, of: float | None) -> str:
    if not of:
        return _NONE
    return f"{value / of:,.0f}" if value / of >= 100 else f"{value / of:.2g}"


def _rates(findings: Findings, measured: Mapping[Key, Sequence[Rate]]) -> str:
    medians = {key: statistics.median(each.rate for each in rates) for key, rates in measured.items() if rates}

    def rows() -> Iterator[Sequence[str]]:
        for key, median in sorted(medians.items(), key=lambda item: (item[0].projects, -item[1])):
            rates = measured[key]
            every = [each.rate for each in rates]
            yield (
                *_who(findings, key),
                f"{median:,.0f}",
                f"{min(every):,.0f} to {max(every):,.0f}",
                _times(median, medians.get(key._replace(server=BASE))),
                _times(median, medians.get(key._replace(server=PRODUCT))),
                f"{statistics.median(cpu):,.0f}" if (cpu := [each.cpu for each in rates if each.cpu]) else _NONE,
                f"{statistics.median(each.p50 for each in rates):.2f}",
                f"{statistics.median(each.p99 for each in rates):.2f}",
                str(sum(each.errors for each in rates)),
            )

    ratios = (f"of {BASE}", f"of {PRODUCT}")
    head = ("projects", "server", "pages/s", "range", *ratios, "CPU µs/page", "p50 ms", "p99 ms", "errors")
    return _table(head, rows())


def _starts(findings: Findings) -> str:
    medians = {key: statistics.median(times) for key, times in findings.starts.items() if times}

    def rows() -> Iterator[Sequence[str]]:
        for key, median in sorted(medians.items(), key=lambda item: (item[0].projects, item[1])):
            times = findings.starts[key]
            spread = f"{min(times):.2f} to {max(times):.2f}"
            of = _times(median, medians.get(key._replace(server=PRODUCT)))
            yield (*_who(findings, key), f"{median:.2f}", spread, of)

    return _table(("projects", "server", "seconds", "range", f"of {PRODUCT}"), rows())


def _uploads(findings: Findings) -> str:
    def rows() -> Iterator[Sequence[str]]:
        keys = dict.fromkeys(key for sent in findings.sent.values() for key in sent)
        for key in keys:
            for kind, measured in findings.sent.items():
                if not (sent := measured.get(key)):
                    continue
                visible = [each.visible * 1000 for each in sent]
                ours = measured.get(key._replace(server=PRODUCT), [])
                base = statistics.median(each.visible for each in ours) * 1000 if ours else None
                yield (
                    *_who(findings, key),
                    kind,
                    f"{statistics.median(each.answered for each in sent) * 1000:.1f}",
                    f"{statistics.median(visible):.1f}",
                    f"{_percentile(visible, 95):.1f}",
                    _times(statistics.median(visible), base),
                    f"{sum(each.late for each in sent)} of {len(sent)}",
                )

    head = ("projects", "server", "upload to a", "answered ms", "visible ms", "p95 ms", f"of {PRODUCT}", "late")
    return _table(head, rows())


def _footprint(findings: Findings, files: int) -> str:
    def rows() -> Iterator[Sequence[str]]:
        for key in sorted(findings.held, key=lambda key: key.projects):
            seconds, memory = findings.loaded.get(key), findings.memory.get(key)
            yield (
                *_who(findings, key),
                f"{seconds:.1f}" if seconds else _NONE,
                f"{(findings.held[key] + files) / seconds:,.0f}" if seconds else _NONE,
                f"{memory / 2**20:,.0f}" if memory else _NONE,
            )

    return _table(("projects", "server", "loaded in s", "wheels/s", "peak MiB"), rows())


def _percentile(values: Sequence[float], percent: int) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, len(ranked) * percent // 100)]
