"""Run the product and its peers side by side and print how they compare, as Markdown.

Run it on demand: `python tests/benchmarks/serving.py --help`. It writes nothing but its cache of installed peers.
"""

import argparse
import contextlib
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

from tests.benchmarks import measure
from tests.benchmarks.comparison import PRODUCT
from tests.benchmarks.corpus import MANY, lay_out
from tests.benchmarks.limits import limits
from tests.benchmarks.machine import machine, origin
from tests.benchmarks.peers import Load, Peer, cache, everyone
from tests.benchmarks.processes import Running, Server, serve, settle
from tests.benchmarks.product import Product
from tests.benchmarks.tables import Findings, Key, report
from tests.benchmarks.telling import say
from tests.benchmarks.web import Failure

ROOT = Path(__file__).resolve().parents[2]
_PEERS = "nginx,libraries,pypiserver,devpi,proxpi,simple-repository-server"


class Plan(NamedTuple):
    """What is asked for."""

    projects: tuple[int, ...]
    connections: int
    seconds: float
    rounds: int
    uploads: int
    files: int
    devpi_projects: int
    load: bool  # wrk is there


class Bench(NamedTuple):
    """One size of the index under measurement."""

    size: int
    plan: Plan
    work: Path
    findings: Findings

    def key(self, server: Server) -> Key:
        """Where findings about a server go."""
        return Key(self.size, server.name)

    def say(self, line: str) -> None:
        """Tell how far it is."""
        say(f"{self.size:,} projects: {line}")

    def noting(self, what: str) -> contextlib.AbstractContextManager[None]:
        """Note what cannot be measured, and go on."""
        return _noting(self.findings, f"{what} with {self.size:,} projects")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print what was found even if it ends early."""
    options = _options(arguments)
    plan = _plan(options)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    findings = Findings()
    product = Product(cache(), options.sls_pypi)
    try:
        command = f"the command {options.sls_pypi}" if options.sls_pypi else origin()
        facts = [*machine(), f"{product.version()}, {command}"]
    except Failure as failure:
        say(str(failure))
        return 2
    peers: dict[str, Peer] = {}
    known = everyone(cache()) | limits(product.python)
    for name in options.peers:
        with _noting(findings, name):
            facts.append(f"{known[name].version()}")
            peers[name] = known[name]
    with _noting(findings, "page rates"):
        facts.append(f"{measure.wrk_version()}, one thread, {plan.connections} connections, {plan.seconds:g} s a round")
        plan = plan._replace(load=True)
    facts.append(f"median of {plan.rounds} rounds after one that does not count, servers in turn, one process each")
    try:
        for size in plan.projects:
            with tempfile.TemporaryDirectory(prefix="sls-pypi-benchmark-") as work:
                bench = Bench(size, plan, Path(work), findings)
                with bench.noting(PRODUCT):
                    _measure(bench, product, peers)
    finally:
        sys.stdout.write(report(findings, plan.files, facts))
    return 0


def _measure(bench: Bench, product: Product, peers: Mapping[str, Peer]) -> None:
    bench.say("making wheels")
    load = Load(lay_out(bench.work / "wheels", bench.size, bench.plan.files), bench.work, bench.plan.devpi_projects)
    bench.say(f"loading {PRODUCT}")
    servers = [product.load(load)]
    for name, peer in peers.items():
        with bench.noting(f"loading {name}"):
            bench.say(f"loading {name}")
            servers.append(peer.load(load))
    for server in servers:
        bench.findings.held[bench.key(server)] = len(server.names)
        bench.findings.loaded[bench.key(server)] = server.loaded
    _start_ups(bench, [server for server in servers if not server.cold])
    with contextlib.ExitStack() as stack:
        running: list[Running] = []
        for server in servers:
            with bench.noting(f"pages of {server.name}"):
                each = stack.enter_context(serve(server, bench.work, running[0].url if running else ""))
                running.append(each)
                bench.findings.idle[bench.key(server)] = each.child.peak_memory()
                measure.warm(each)
        if bench.plan.load:
            _rates(bench, running)
        _uploads(bench, running)
        for each in running:
            bench.findings.memory[bench.key(each.server)] = each.child.peak_memory()
    logged = sum(file.stat().st_size for file in (load.home / "logs").rglob("*") if file.is_file())
    bench.findings.remarks.append(f"{PRODUCT} with {bench.size:,} projects wrote {logged:,} bytes of access logs")


def _start_ups(bench: Bench, servers: Sequence[Server]) -> None:
    for server in servers:
        with bench.noting(f"first start of {server.name}"):
            busy = measure.first_start(server, bench.work)
            bench.say(f"{server.name} was busy for {busy:.0f} s after its first start")
            if busy > 1:
                bench.findings.remarks.append(
                    f"{server.name} with {bench.size:,} projects was busy for {busy:.0f} s after its first start"
                )
    for _ in range(bench.plan.rounds):
        for server in servers:
            with bench.noting(f"start of {server.name}"):
                began = measure.start(server, bench.work)
                bench.say(f"{server.name} started in {began.seconds:.2f} s")
                bench.findings.starts.setdefault(bench.key(server), []).append(began)


def _rates(bench: Bench, running: Sequence[Running]) -> None:
    for measured, what in ((bench.findings.pages, "pages"), (bench.findings.many, "long pages")):
        for turn in range(bench.plan.rounds + 1):
            for each in running:
                names = measure.rotation(each.server) if what == "pages" else (MANY,)
                _settle(bench, running)
                with bench.noting(f"{what} of {each.server.name}"):
                    rate = measure.rate(each, names, bench.work, bench.plan.connections, bench.plan.seconds)
                    bench.say(f"{each.server.name} {rate.rate:,.0f} {what}/s{_remark(turn)}")
                    if turn:
                        measured.setdefault(bench.key(each.server), []).append(rate)


def _uploads(bench: Bench, running: Sequence[Running]) -> None:
    share = -(-bench.plan.uploads // bench.plan.rounds)
    for turn in range(bench.plan.rounds):
        for each in (each for each in running if each.server.upload):
            for kind in measure.KINDS:
                _settle(bench, running)
                with bench.noting(f"upload to {each.server.name}, {kind},"):
                    sent = measure.uploads(each, measure.series(each.server, kind, turn * share, share))
                    bench.findings.sent[kind].setdefault(bench.key(each.server), []).extend(sent)
            bench.say(f"{each.server.name} took {(turn + 1) * share * len(measure.KINDS)} uploads")


def _settle(bench: Bench, running: Sequence[Running]) -> None:
    with bench.noting("a quiet moment"):
        settle([each.child for each in running])


@contextlib.contextmanager
def _noting(findings: Findings, what: str) -> Iterator[None]:
    try:
        yield
    except (Failure, OSError) as failure:
        problem = f"{what}: {failure}"
        say(problem)
        if problem not in findings.problems:
            findings.problems.append(problem)


def _remark(turn: int) -> str:
    return "" if turn else " (a first time, not counted)"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=_numbers, default=(100, 1000, 10000), help="sizes, by comma")
    parser.add_argument("--connections", type=int, default=16, help="of the load generator")
    parser.add_argument("--seconds", type=float, default=5, help="of load in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--uploads", type=int, default=51, help="of each kind, at each size")
    parser.add_argument("--files", type=int, default=300, help="of the project of many files")
    parser.add_argument("--peers", type=lambda text: text.split(",") if text else [], default=_PEERS.split(","))
    parser.add_argument(
        "--devpi-projects",
        type=int,
        default=1000,
        help="devpi, which takes minutes for them, is loaded with at most so many",
    )
    parser.add_argument("--sls-pypi", type=Path, help="the product's command; by default this checkout")
    parser.add_argument("--quick", action="store_true", help="one short round at one size")
    options = parser.parse_args(arguments)
    if unknown := set(options.peers) - set(_PEERS.split(",")):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}; there are {_PEERS}")
    return options


def _plan(options: argparse.Namespace) -> Plan:
    if options.quick:
        return Plan((100,), options.connections, 1, 1, 10, 30, 100, load=False)
    sizes, devpi = options.projects, options.devpi_projects
    return Plan(
        sizes, options.connections, options.seconds, options.rounds, options.uploads, options.files, devpi, load=False
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _leave(number: int, _: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)  # once is enough: now the servers are being ended
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
