"""Counting once more, line by line and as plainly as can be: what the rules of `docs/counting.md` come to.

Nothing of the product is used. What agents say is told, not parsed.
"""

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tests.usage.agents import Told
from tests.usage.catalogue import Published

_TEXTS = ("cs-uri-stem", "time", "x-edge-location", "c-country", "c-ip", "cs(User-Agent)")


class Download(NamedTuple):
    """A row of the CSV, and the address in the place of the requester."""

    cells: tuple[str, ...]
    address: str


class Counted(NamedTuple):
    """All that there is to know.

    Attributes:
        days: figures by package and day, where there are downloads.
        rows: downloads by package.
        mirrors: requests of mirrors by package and day.
        malformed: lines that could not be read, by day: those of all files that say something about it.
    """

    days: Mapping[tuple[str, str], Mapping[str, object]]
    rows: Mapping[str, list[Download]]
    mirrors: Mapping[tuple[str, str], int]
    malformed: Mapping[str, int]


def counted(contents: Iterable[bytes], files: Iterable[Published], agents: Mapping[str, Told]) -> Counted:
    """Count what is in log files."""
    published = {file.path: file for file in files}
    requests: dict[str, dict[str, str]] = {}
    malformed: Counter[str] = Counter()
    for content in contents:
        bad, days = 0, set()
        for line in _lines(content):
            bad += line is None or not line
            if line:
                days.add(line.get("date", ""))
                if line.get("counts"):
                    known = requests.setdefault(line["x-edge-request-id"], line)
                    for field in _TEXTS:
                        if known.get(field, "-") == "-":
                            known[field] = line.get(field, "-")
        for day in days:
            malformed[day] += bad
    return _summed(requests.values(), published, agents, malformed)


def _lines(content: bytes) -> Iterator[dict[str, str] | None]:
    """Each line by fields; None if it cannot be read."""
    fields: list[str] = []
    for raw in _text(content).replace(b"\r\n", b"\n").split(b"\n"):
        if not raw:
            continue
        if raw.startswith(b"#"):
            if raw.startswith(b"#Fields:"):
                fields = raw.decode().split()[1:]
            continue
        try:
            values = raw.decode().split("\t")
        except UnicodeDecodeError:
            yield None
            continue
        if len(values) != len(fields):
            yield None
            continue
        line = dict(zip(fields, values, strict=True))
        yield {**line, "counts": "yes"} if _may_count(line) else line


def _text(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except EOFError:
        return b""


def _may_count(line: Mapping[str, str]) -> bool:
    if line["cs-method"] != "GET" or line.get("x-edge-result-type") == "Error":
        return False
    return line["sc-status"] == "200" or (line["sc-status"] == "206" and line.get("sc-range-start") == "0")


def _summed(
    requests: Iterable[Mapping[str, str]],
    published: Mapping[str, Published],
    agents: Mapping[str, Told],
    malformed: Mapping[str, int],
) -> Counted:
    downloads: dict[tuple[str, str], list[tuple[Published, Told, Mapping[str, str]]]] = defaultdict(list)
    mirrors: Counter[tuple[str, str]] = Counter()
    for request in requests:
        path = _decoded(_decoded(request["cs-uri-stem"]))
        file = published.get(path) if path is not None else None
        if file is None:
            continue
        told = agents[request.get("cs(User-Agent)", "-")]
        if told.kind == "download":
            downloads[file.package, request["date"]].append((file, told, request))
        elif told.kind == "mirror":
            mirrors[file.package, request["date"]] += 1
    rows: dict[str, list[Download]] = defaultdict(list)
    for (package, _), found in sorted(downloads.items()):
        rows[package] += sorted(_row(*each) for each in found)
    return Counted({key: _figures(found) for key, found in downloads.items()}, rows, mirrors, malformed)


def _decoded(text: str | None) -> str | None:
    """Percent-decoded; None if there is an escape that is none, or no text in it."""
    if text is None:
        return None
    found, at = bytearray(), 0
    while at < len(text):
        if text[at] != "%":
            found += text[at].encode()
            at += 1
            continue
        digits = text[at + 1 : at + 3]
        if len(digits) != 2 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            return None
        found.append(int(digits, 16))
        at += 3
    try:
        return found.decode()
    except UnicodeDecodeError:
        return None


def _figures(found: list[tuple[Published, Told, Mapping[str, str]]]) -> Mapping[str, object]:
    addresses = {request.get("c-ip", "-") for _, _, request in found} - {"-"}
    return {
        "downloads": len(found),
        "requesters": len(addresses),
        "versions": dict(Counter(file.version for file, _, _ in found)),
        "files": dict(Counter(file.filename for file, _, _ in found)),
        "installers": dict(Counter(told.installer or "unknown" for _, told, _ in found)),
        "pythons": dict(Counter(told.python or "unknown" for _, told, _ in found)),
        "systems": dict(Counter(told.system or "unknown" for _, told, _ in found)),
        "countries": dict(Counter(_said(request, "c-country") or "unknown" for _, _, request in found)),
        "edges": dict(Counter(_said(request, "x-edge-location")[:3] or "unknown" for _, _, request in found)),
    }


def _row(file: Published, told: Told, request: Mapping[str, str]) -> Download:
    cells = (
        *(file.package, file.version, file.filename, request["date"], request["time"]),
        *(_said(request, "x-edge-location")[:3], _said(request, "c-country")),
        *(told.installer, told.version, told.python, told.system, "true" if told.ci else "", told.text),
    )
    defused = tuple(f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell for cell in cells)
    return Download(defused, _said(request, "c-ip"))


def _said(request: Mapping[str, str], field: str) -> str:
    text = request.get(field, "-")
    return "" if text == "-" else text
