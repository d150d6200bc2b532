"""Awkward access logs: what CloudFront writes on a bad day, what people drop into the folder, and what clients send.

Everything is a pure function of a seed.
"""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple
from urllib.parse import quote

from tests.logs import CHOSEN, LEGACY
from tests.usage.agents import Told, agent
from tests.usage.catalogue import FILES

DAYS = ("2026-11-23", "2026-11-24", "2026-11-25")
_REQUESTS = 220
_ADDRESSES = ("192.0.2.1", "192.0.2.2", "198.51.100.77", "2001:db8::1", "2001:db8:0:0::2", "203.0.113.9")
_EDGES = ("FRA56-P1", "IAD89-C1", "NRT20-C2", "FRA60-C1", "-")
_COUNTRIES = ("DE", "US", "JP", "BR", "-")
_MAY_LACK = {"x-edge-location", "c-ip", "c-country", "cs(User-Agent)", "sc-range-start", "sc-range-end", "sc-bytes"}
_OTHERS = (
    "/simple/frob/index.html",
    "/project/frob/",
    "/packages/frob/1.0/",
    "/packages/frob/1.0/frob-1.0-py3-none-any.whl/more",
    "//packages/frob/1.0/frob-1.0-py3-none-any.whl",
    "/packages/frob/1.0.0/frob-1.0-py3-none-any.whl",
    "/packages/frob/1.1/frob-1.0-py3-none-any.whl",
    "/packages/Frob/1.0/frob-1.0-py3-none-any.whl",
    "/packages/frob_extra/0.1/frob_extra-0.1-cp311-cp311-manylinux_2_17_x86_64.whl",
    "/packages/nobody/1.0/nobody-1.0.tar.gz",
    "/packages/a,b/1.0/x.whl",
    "/packages/*/1.0/x.whl",
    "/packages/frob/1.0/%zz",
    "/packages/frob/1.0/frob%2",
    "/packages/frob/1.0/%FF.whl",
    "/packages/%2525/1.0/x.whl",
    "/%2570ackages/fro/3/%E2%82.whl",
)

Request = Mapping[str, str]


class File(NamedTuple):
    """A log file.

    Attributes:
        day: whose folder it lies in.
    """

    name: str
    day: str
    content: bytes


class Logs(NamedTuple):
    """Files, and what each agent in them says by its text in the logs."""

    files: tuple[File, ...]
    agents: Mapping[str, Told]


def generate(seed: int, *, odd: bool = True) -> Logs:
    """Logs; without `odd` only what CloudFront delivers to a stack: its fields, in gzip, each line whole."""
    random = Random(seed)  # noqa: S311 - the same logs each time
    agents: dict[str, Told] = {"-": Told("download")}
    requests = [_request(random, number, agents) for number in range(_REQUESTS)]
    days = [DAYS[number % len(DAYS)] for number in range(random.randint(3, 9))]
    files: list[list[Request]] = [[] for _ in days]
    for request in requests:
        near = [file for day, file in zip(days, files, strict=True) if _is_near(day, request["date"])]
        for _ in range(random.choice([1, 1, 1, 2, 3])):
            random.choice(near).append(request)
    made = [_file(random, day, held, odd=odd) for day, held in zip(days, files, strict=True)]
    return Logs(tuple(made), agents)


def _is_near(day: str, other: str) -> bool:
    """Around midnight a request may lie in the file of the other day."""
    return abs(date.fromisoformat(day) - date.fromisoformat(other)) <= timedelta(days=1)


def _request(random: Random, number: int, agents: dict[str, Told]) -> Request:
    text, told = agent(random)
    agents[text] = told
    status, first = random.choice(
        [("200", "-")] * 7
        + [("206", "0"), ("206", "0"), ("206", "1024"), ("206", "-"), ("304", "-"), ("403", "-"), ("404", "-")]
        + [("000", "-"), ("200", "0"), ("416", "0")]
    )
    return {
        "date": random.choice(DAYS),
        "time": random.choice(
            ["00:00:00", "23:59:59", "00:59:59", f"{random.randrange(24):02}:30:0{random.randrange(9)}"]
        ),
        "x-edge-location": random.choice(_EDGES),
        "sc-bytes": str(random.randrange(10_000)),
        "c-ip": random.choice(_ADDRESSES),
        "c-country": random.choice(_COUNTRIES),
        "cs-method": random.choice(["GET"] * 9 + ["HEAD", "POST", "OPTIONS", "get"]),
        "cs-uri-stem": _path(random),
        "sc-status": status,
        "sc-range-start": first,
        "cs(User-Agent)": text,
        "x-edge-result-type": random.choice(["Hit", "Miss", "RefreshHit", "OriginShieldHit", "Error"]),
        "x-edge-request-id": f"{quote(random.choice('-_abZ'))}{random.getrandbits(64):x}{number}==",
        "x-host-header": "index.example.org",
    }


def _path(random: Random) -> str:
    if random.random() < 0.2:
        return random.choice(_OTHERS)
    path = random.choice(FILES).path
    if random.random() < 0.1:
        return f"{path}.metadata"
    match random.choice(["raw", "raw", "raw", "once", "twice", "all", "letters"]):
        case "once":
            return quote(path, safe="/")
        case "twice":
            return quote(quote(path, safe="/"), safe="/")
        case "all":
            return quote(quote(path, safe=""), safe="")
        case "letters":
            return "".join(random.choice([each] * 6 + [f"%{ord(each):02x}", f"%25{ord(each):02X}"]) for each in path)
    return path


def _file(random: Random, day: str, requests: Sequence[Request], *, odd: bool) -> File:
    end = random.choice([b"\n", b"\n", b"\r\n"]) if odd else b"\n"
    text = end.join(_lines(random, requests, odd=odd)) + random.choice([end, b"" if odd else end])
    content, suffix = _packed(random, text, odd=odd)
    folder = random.choice(["", "cloudfront/", "a b/c/"]) if odd else ""
    return File(f"{folder}E1.{day}-{random.randrange(24):02}.{_unique(random)}{suffix}", day, content)


def _unique(random: Random) -> str:
    """What CloudFront makes names unique with."""
    return f"{random.getrandbits(32):08x}"


def _lines(random: Random, requests: Sequence[Request], *, odd: bool) -> Iterator[bytes]:
    fields: Sequence[str] = ()
    for request in requests:
        if not fields or (odd and random.random() < 0.02):
            fields = _fields(random) if odd else CHOSEN
            yield b"#Version: 1.0"
            yield f"#Fields: {' '.join(fields)}".encode()
        line = "\t".join(request.get(field, "-") for field in fields).encode()
        if odd:
            yield from _oddities(random, line)
        yield line


def _fields(random: Random) -> Sequence[str]:
    match random.choice(["legacy", "chosen", "any", "any"]):
        case "legacy":
            return LEGACY
        case "chosen":
            return CHOSEN
    lacks = set(random.sample(sorted(_MAY_LACK), random.randrange(4)))
    fields = [field for field in (*CHOSEN, "cs-protocol", "asn") if field not in lacks]
    random.shuffle(fields)
    return fields


def _oddities(random: Random, line: bytes) -> Iterator[bytes]:
    """What may stand before a line."""
    match random.randrange(60):
        case 0:
            yield b""
        case 1:
            yield line + b"\tone more"
        case 2:
            yield line.rpartition(b"\t")[0]
        case 3:
            yield line.replace(b"GET", b"\xff\xfeGET")
        case 4:
            yield b"no columns at all"
        case 5:
            yield b"#Remark: \xff"
        case 6:
            yield line + b"\t"


def _packed(random: Random, text: bytes, *, odd: bool) -> tuple[bytes, str]:
    cut = random.randrange(len(text) + 1)
    several = gzip.compress(text[:cut], mtime=0) + gzip.compress(text[cut:], mtime=0)
    whole = gzip.compress(text, mtime=0)
    match random.choice(["plain", "several", "truncated", "named", *["whole"] * 6]) if odd else "whole":
        case "plain":
            return text, ".log"
        case "several":
            return several, ".gz"
        case "truncated":
            return whole[: random.randrange(10, len(whole))], ".gz"
        case "named":
            return whole, ".log"
    return whole, ".gz"
