"""Access logs as texts, read line by line: what `count_downloads.sql` says, in Python."""

import hashlib
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from domain.log_rows import Row
from domain.messages import CountDownloads
from domain.ports.access_logs import Findings, Query

_UNSAID = "-"
_FIELDS = "#Fields:"
_WANTED = ("cs-uri-stem", "time", "x-edge-location", "c-country", "c-ip", "cs(User-Agent)")
_ID = "x-edge-request-id"


class MemoryAccessLogs:
    """An AccessLogs; `add` is what a server does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: list[str] = []

    def add(self, text: str) -> None:
        """Keep a log file."""
        with self._lock:
            self._files.append(text)

    def keeps(self, day: str) -> bool:  # noqa: ARG002 - nothing is ever removed here
        """Always."""
        return True

    def state(self, day: str) -> str:
        """A digest of the files in which the day occurs."""
        with self._lock:
            return hashlib.sha256("\0".join(file for file in self._files if day in file).encode()).hexdigest()

    def start(self, request: CountDownloads) -> Query:
        """Read everything."""
        with self._lock:
            files = list(self._files)
        malformed = Counter[str]()
        rows: dict[str, Row] = {}
        for entry in _entries(files, malformed):
            if entry["date"] == request.day and _may_be_download(entry, request):
                row, identifier = _row(entry), entry[_ID]
                rows[identifier] = cast("Row", tuple(map(_said, row, rows.get(identifier, row))))
        ordered = sorted(rows.items(), key=lambda found: (*found[1][:2], found[0]))
        return Query("memory", Findings((row for _, row in ordered), malformed))

    def findings(self, query: str) -> Findings:
        """There are none but those of `start`."""
        raise LookupError(query)


def _entries(files: Iterable[str], malformed: Counter[str]) -> Iterator[Mapping[str, str]]:
    for file in files:
        fields: list[str] = []
        for line in filter(None, file.split("\n")):
            if line.startswith("#"):
                if line.startswith(_FIELDS):
                    fields = line.removeprefix(_FIELDS).split()
                continue
            values = line.split("\t")
            if len(values) == len(fields):
                # Of two of the same name the first one counts, hence the last one comes first.
                yield defaultdict(lambda: _UNSAID, zip(reversed(fields), reversed(values), strict=True))
            else:
                malformed["wrong columns" if fields else "no #Fields"] += 1


def _said(text: str, other: str) -> str:
    """Of two texts about the same the greater one, unless it says nothing."""
    return max(text, other, key=lambda each: (each != _UNSAID, each))


def _row(entry: Mapping[str, str]) -> Row:
    return cast("Row", tuple(entry[field] for field in _WANTED))


def _may_be_download(entry: Mapping[str, str], request: CountDownloads) -> bool:
    stem = entry["cs-uri-stem"]
    if entry["cs-method"] != "GET" or entry["x-edge-result-type"] == "Error":
        return False
    if entry["sc-status"] != "200" and (entry["sc-status"], entry["sc-range-start"]) != ("206", "0"):
        return False
    if "%" in stem:
        return True
    is_file = stem.startswith("/packages/") and not stem.endswith(".metadata")
    return is_file and request.covers((stem.split("/") + [""] * 3)[2])
