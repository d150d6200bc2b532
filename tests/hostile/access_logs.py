"""Access logs that nobody should write. Whatever lies there is read or reported, and in all worlds alike."""

import gzip
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from adapters.clock import SystemClock
from adapters.local.access_logs import DuckDbAccessLogs
from adapters.local.database import Database
from adapters.memory.access_logs import MemoryAccessLogs
from domain.log_requests import by_package
from domain.log_rows import Row
from domain.messages import CountDownloads
from infrastructure.local import QUERY
from tests.hostile.choices import Choices
from tests.logs import CHOSEN, DAY, LEGACY, line

_DATES = (
    DAY,
    "2026-11-23",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026-13-45",
    "-",
    "",
    "٢٠٢٦-11-24",
    " " + DAY,
    DAY + " ",
)
_STEMS = (
    "/packages/frob/1.0/frob-1.0-py3-none-any.whl",
    "/packages/frob/1.0/frob-1.0-py3-none-any.whl.metadata",
    "/packages/%2566rob/1.0/frob-1.0-py3-none-any.whl",
    "/packages/%66rob/1.0/frob-1.0-py3-none-any.whl",
    "/packages/frob/1.0/%25",
    "/packages/frob/1.0/%2525252525",
    "/packages/frob/1.0/%zz",
    "/packages/frob/1.0/%",
    "/packages/frob/1.0/%c3%28",
    "/packages/frob/1.0/%00",
    "/packages/frob/1.0/" + "%25" * 3000,
    "/packages/frob/../../etc/passwd",
    "/packages//1.0/x",
    "/packages/" + "x" * 3000 + "/1/y",
    "/packages/frob",
    "packages/frob/1.0/x",
    "-",
    "",
    "/packages/fröb/1.0/x",
    "/packages/a,b/1.0/x",
    "/packages/*/1.0/x",
)
_TEXTS = (
    "-",
    "",
    "x" * 5000,
    '"',
    "'",
    "\\",
    "\\N",
    "NULL",
    "=1+1",
    "#",
    "\x0b",
    "\x1c",
    "\x85",
    "\u2028",
    "é",
    "\ud7ff",
    "%09",
    ",",
    ";",
    "0" * 400,
    "1e309",
    "nan",
)
_STATUS = ("200", "206", "304", "404", "000", "-", "", " 200", "200 ", "0200", "2e2", "٢٠٠", "99999999999999999999")
_FIELDS = (
    " ".join(CHOSEN),
    " ".join(LEGACY),
    " ".join(reversed(CHOSEN)),
    " ".join(CHOSEN[:5]),
    " ".join([*CHOSEN, "date"]),
    " ".join([*CHOSEN, "cs-uri-stem"]),
    " ".join([*CHOSEN, "x"]),
    "\t".join(CHOSEN),
    "  ".join(CHOSEN),
    " ".join(CHOSEN).upper(),
    "",
    "date",
    "date date date",
    "x-edge-request-id",
    "é ü",
    "c0 c1 c2",
    "'); DROP TABLE agents; --",
    " ".join(f"f{number}" for number in range(300)),
)
_ENDS = ("\n", "\n", "\n", "\n\n", "\r\n", "\r", "", "\0\n")


def check(data: bytes, folder: Path) -> str:
    """Make a folder of logs and have a day of them counted; returns what became of it."""
    choices = Choices(data)
    texts = [_text(choices) for _ in range(1 + choices.number(3))]
    with tempfile.TemporaryDirectory(dir=folder) as place, closing(Database(Path(place) / "events.db")) as database:
        logs = Path(place) / "logs"
        logs.mkdir()
        is_plain = True
        for number, text in enumerate(texts):
            raw = _raw(choices, text)
            is_plain = is_plain and raw == text.encode()
            compressed = choices.chance(2)
            is_damaged = compressed and choices.chance(4)
            is_plain = is_plain and not is_damaged
            (
                logs
                / choices.one_of(("%d.gz", "%d", "%d'; --", "%d*?[", "%d.parquet", "é%d"))[:200].replace(
                    "%d", str(number)
                )
            ).write_bytes((_damaged if is_damaged else _compressed)(choices, raw) if compressed else raw)
            if choices.chance(12):
                is_plain = False
                path = next(logs.iterdir())
                path.write_bytes(choices.mutated(path.read_bytes()))
        local = DuckDbAccessLogs(
            logs, Path(place) / "tmp", database, QUERY.read_text(), 30, SystemClock(), lambda _: None
        )
        packages = choices.one_of(((), ("frob",), ("frob", "x")))
        findings = local.start(CountDownloads(DAY, packages)).findings
        assert findings is not None
        rows = list(findings.rows)
        assert local.state(DAY) == local.state(DAY)
    _are_counted(rows)
    assert all(isinstance(count, int) and count > 0 for count in findings.malformed.values())
    if not is_plain or any(character in text for text in texts for character in "\0\r"):
        return "awkward"
    memory = MemoryAccessLogs()
    for text in texts:
        memory.add(text)
    theirs = memory.start(CountDownloads(DAY, packages)).findings
    assert theirs is not None
    assert rows == list(theirs.rows)
    return "compared"


def _are_counted(rows: Sequence[Row]) -> None:
    """Whatever was found is of one package each, or malformed."""
    malformed = Counter[str]()
    for name, found in by_package(iter(rows), malformed):
        assert name
        assert list(found)


def _text(choices: Choices) -> str:
    parts = []
    fields = CHOSEN
    for number in range(1 + choices.number(12)):
        if number == 0 or choices.chance(6):
            told = choices.one_of(_FIELDS[:1] * 6 + _FIELDS)
            fields = told.split() if choices.chance(2) else CHOSEN
            parts.append(
                choices.one_of(
                    ("#Fields: ",) * 12 + ("#Fields:", "#fields: ", "# Fields: ", " #Fields: ", "#Version: ")
                )
                + told
            )
        else:
            parts.append(_line(choices, fields))
        parts.append(choices.one_of(_ENDS[:1] * 12 + _ENDS))
    return "".join(parts)


def _line(choices: Choices, fields: Sequence[str]) -> str:
    values: dict[str, str] = {}
    for _ in range(max(0, choices.number(6) - 2)):
        match choices.number(5):
            case 0:
                values["date"] = choices.one_of(_DATES)
            case 1:
                values["cs_uri_stem"] = choices.one_of(_STEMS)
            case 2:
                values["sc_status"] = choices.one_of(_STATUS)
                values["sc_range_start"] = choices.one_of(("0", "-", "00", "5"))
            case 3:
                key = choices.one_of(
                    (
                        "agent",
                        "time",
                        "c_ip",
                        "c_country",
                        "x_edge_location",
                        "cs_method",
                        "x_edge_result_type",
                        "sc_range_end",
                        "sc_bytes",
                    )
                )
                values[key] = choices.one_of(_TEXTS)
            case _:
                values["agent"] = choices.one_of(_TEXTS) * 2
    whole = line(f"id{choices.number(6)}", fields, **values)
    return choices.one_of(
        (whole,) * 20 + (whole + "\t", "\t" + whole, whole.replace("\t", " ", 1), whole[:40], "#" + whole, "\t" * 20)
    )


def _raw(choices: Choices, text: str) -> bytes:
    raw = text.encode()
    match choices.number(24):
        case 20:
            return b"\xef\xbb\xbf" + raw
        case 21:
            return text.encode("utf-16")
        case 22:
            return raw + b"\xff\xfe\n" + raw
        case 23:
            return raw + b"x" * 600_000 + b"\n" + raw
        case _:
            return raw


def _compressed(choices: Choices, raw: bytes) -> bytes:
    match choices.number(8):
        case 6:
            return gzip.compress(raw[:50], mtime=0) + gzip.compress(raw[50:], mtime=0)
        case 7:
            return gzip.compress(raw + b"\n" * 3_000_000, mtime=0)
        case _:
            return gzip.compress(raw, mtime=0)


def _damaged(choices: Choices, raw: bytes) -> bytes:
    whole = gzip.compress(raw, mtime=0)
    match choices.number(4):
        case 0:
            return whole[: -1 - choices.number(min(30, len(whole) - 1))]
        case 1:
            return whole + choices.one_of((b"\0", b"more", whole[:20]))
        case 2:
            return whole[:-4] + b"\1\2\3\4"
        case _:
            return choices.mutated(whole)
