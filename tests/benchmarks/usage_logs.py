"""A day's access logs as a busy index has them: the same bytes each time."""

import base64
import gzip
import json
from itertools import accumulate
from pathlib import Path
from random import Random
from urllib.parse import quote

from tests.benchmarks.corpus import filename
from tests.logs import LEGACY

DAY = "2026-11-24"
FILES = 24
_ADDRESSES = 50_000
_AGENTS = 300
_PLACES = ("FRA56-P1", "IAD89-C1", "NRT20-C2", "GRU3-P4", "LHR61-P2", "SIN2-P1")


def write_logs(folder: Path, names: list[str], lines: int) -> int:
    """Write one file an hour; packages are as popular as Zipf says. Returns the bytes before compression."""
    random = Random(4)  # noqa: S311 - the same bytes each time
    folder.mkdir(parents=True)
    agents = [_agent(random) for _ in range(_AGENTS)]
    weights = list(accumulate(1 / rank for rank in range(1, len(names) + 1)))
    written = 0
    for hour in range(FILES):
        many = lines * (hour + 1) // FILES - lines * hour // FILES
        chosen = random.choices(names, cum_weights=weights, k=many)
        with gzip.open(folder / f"E1BENCH.{DAY}-{hour:02}.{hour:08x}.gz", "wb", compresslevel=6) as file:
            text = f"#Version: 1.0\n#Fields: {' '.join(LEGACY)}\n".encode()
            for at in range(0, many, 10_000):
                text += "".join(_line(random, hour, name, agents) for name in chosen[at : at + 10_000]).encode()
                written += file.write(text)
                text = b""
    return written


def _line(random: Random, hour: int, name: str, agents: list[str]) -> str:
    """A third are files, a third their metadata, a third pages."""
    file = f"/packages/{name}/1.0/{filename(name)}"
    stem = (file, f"{file}.metadata", f"/simple/{name}/index.v1_json")[random.randrange(3)]
    address = random.randrange(_ADDRESSES)
    second = random.randrange(3600)
    request = base64.urlsafe_b64encode(random.randbytes(41)).decode()
    values = (
        *(DAY, f"{hour:02}:{second // 60:02}:{second % 60:02}", random.choice(_PLACES), str(random.randrange(90_000))),
        *(f"10.{address >> 16}.{address >> 8 & 255}.{address & 255}", "GET", "d111111abcdef8.cloudfront.net", stem),
        *("200", "-", random.choice(agents), "-", "-", "Hit", request, "index.example.org", "https", "412", "0.003"),
        *("-", "TLSv1.3", "TLS_AES_128_GCM_SHA256", "Hit", "HTTP/2.0", "-", "-", str(random.randrange(1024, 65_536))),
        *("0.002", "Hit", "application/octet-stream", str(random.randrange(90_000)), "-", "-"),
    )
    return "\t".join(values) + "\n"


def _agent(random: Random) -> str:
    """As pip and uv say it, and as CloudFront writes it."""
    name, version = random.choice([("pip", f"25.{random.randrange(4)}"), ("uv", f"0.9.{random.randrange(20)}")])
    python = f"3.{random.randrange(9, 15)}.{random.randrange(10)}"
    data = {
        "ci": random.choice([True, None, None]),
        "cpu": "x86_64",
        "distro": {"id": "noble", "libc": {"lib": "glibc", "version": "2.39"}, "name": "Ubuntu", "version": "24.04"},
        "implementation": {"name": "CPython", "version": python},
        "installer": {"name": name, "version": version},
        "openssl_version": "OpenSSL 3.0.13 30 Jan 2024",
        "python": python,
        "rustc_version": f"1.{random.randrange(70, 90)}.0",
        "system": {"name": random.choice(["Linux", "Linux", "Darwin"]), "release": f"6.{random.randrange(16)}.0"},
    }
    return quote(f"{name}/{version} {json.dumps(data, separators=(',', ':'))}", safe="/-._~:;,=()")
