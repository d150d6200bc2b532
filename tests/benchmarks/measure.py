"""What is measured of one running server: page rates, the first page after a start, uploads."""

import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.corpus import MANY, Wheel, filename, wheel
from tests.benchmarks.processes import Running, Server, output, serve, settle
from tests.benchmarks.web import JSON, Failure, multipart, page, send

ROTATION = 1000
KINDS = ("new project", "next version", "project of many files")
_VISIBLE_WITHIN = 60.0
_CHECKED = 20
_SCRIPT = """\
wrk.headers["Accept"] = "{accept}"
local requests = {{}}
function init(args)
  math.randomseed(708)
  for path in io.lines("{paths}") do
    requests[#requests + 1] = wrk.format("GET", path)
  end
end
function request()
  return requests[math.random(#requests)]
end
function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format("\\nRESULT %d %d %f %f %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout + e.status))
end
"""
_RESULT = re.compile(r"^RESULT (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)$", re.MULTILINE)


class Rate(NamedTuple):
    """One round of wrk: pages a second, latencies in milliseconds, answers that were no page.

    The server's own CPU time for each page, in microseconds, is less at the mercy of other programs than the rate.
    """

    rate: float
    cpu: float | None
    p50: float
    p99: float
    errors: int


class Sent(NamedTuple):
    """One upload: seconds until it was answered, and until the project page showed it."""

    answered: float
    visible: float
    late: bool  # the first page asked for after the answer did not show it yet


class Start(NamedTuple):
    """From the start of the process to the first correct project page: seconds, and those of the processor."""

    seconds: float
    cpu: float


def wrk_version() -> str:
    """What load generator this is; Failure if there is none."""
    if not shutil.which("wrk"):
        raise Failure("wrk is not there: apt install wrk")
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:2])


def rotation(server: Server) -> tuple[str, ...]:
    """The projects that are asked for: at most a thousand, spread over all."""
    count = len(server.names)
    return (
        tuple(server.names[index * count // ROTATION] for index in range(ROTATION))
        if count > ROTATION
        else server.names
    )


def warm(running: Running) -> None:
    """Check that pages are right before they are counted; fill a cache that has to be filled."""
    names = rotation(running.server)
    for name in (*(names if running.server.cold else names[:: max(1, len(names) // _CHECKED)]), MANY):
        path = running.server.page(name)
        answer = send(running.url, page(path))
        if not answer.lists(filename(name)):
            raise Failure(f"{running.server.name}: {path} does not list its wheel (status {answer.status})")


def rate(running: Running, names: Sequence[str], work: Path, connections: int, seconds: float) -> Rate:
    """The pages of these projects at random, as fast as the server can."""
    paths, script = work / f"{running.server.name}.paths", work / f"{running.server.name}.lua"
    paths.write_text("".join(f"{running.server.page(name)}\n" for name in names))
    script.write_text(_SCRIPT.format(accept=JSON, paths=paths))
    argv = ("wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", str(script))
    before = running.child.busy()
    said = output([*argv, running.url])
    spent = running.child.busy() - before
    running.child.check()
    if not (found := _RESULT.search(said)):
        raise Failure(f"wrk said nothing about {running.server.name}: {said[-300:]}")
    requests, microseconds, p50, p99, errors = (float(group) for group in found.groups())
    if not requests:
        raise Failure(f"{running.server.name} answered nothing within {seconds:g} s")
    cpu = spent / requests * 1e6 if spent else None
    return Rate(requests / microseconds * 1e6, cpu, p50 / 1000, p99 / 1000, int(errors))


def start(server: Server, work: Path) -> Start:
    """Start it until it answers its first project page."""
    with serve(server, work) as running:
        return Start(running.took, running.child.busy())


def first_start(server: Server, work: Path) -> float:
    """Start it once and let it finish what it has to do after being loaded; how long that took."""
    with serve(server, work) as running:
        return settle([running.child])


def series(server: Server, kind: str, first: int, count: int) -> list[Wheel]:
    """Wheels for so many uploads of a kind; the numbers go on from `first`."""
    numbers = range(first, first + count)
    if kind == "new project":
        return [wheel(f"bench-new-{number:05}") for number in numbers]
    return [wheel(server.names[0] if kind == "next version" else MANY, f"900.{number}") for number in numbers]


def uploads(running: Running, wheels: Sequence[Wheel]) -> list[Sent]:
    """Upload one after another and look for each on its page."""
    return [_upload(running, made) for made in wheels]


def _upload(running: Running, made: Wheel) -> Sent:
    target = running.server.upload
    if target is None:
        raise Failure(f"{running.server.name} takes no uploads")
    sending = multipart(target.path, made.form(), made.filename, made.content, target.authorization)
    looking = page(running.server.page(made.name))
    began = time.perf_counter()
    answer = send(running.url, sending)
    answered = time.perf_counter() - began
    if answer.status != 200:
        raise Failure(f"{running.server.name} refused {made.filename}: {answer.status} {answer.body[:200]!r}")
    tries = 1
    while not send(running.url, looking).lists(made.filename):
        if time.perf_counter() - began > _VISIBLE_WITHIN:
            raise Failure(f"{running.server.name} does not show {made.filename} after {_VISIBLE_WITHIN:.0f} s")
        tries += 1
    return Sent(answered, time.perf_counter() - began, late=tries > 1)
