"""What is measured of counting, each in a process: `python usage_jobs.py JOB LOGS HOME DAY` prints JSON."""

import gzip
import json
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs as a plain script

_QUERY = """\
WITH requests AS (
    SELECT any_value(c7) AS stem, any_value(c4) AS address, any_value(c2) AS edge, any_value(c10) AS agent
    FROM read_csv({paths}, columns = {columns}, delim = '\t', quote = '', escape = '', header = false,
        auto_detect = false, ignore_errors = true, compression = 'gzip')
    WHERE c0 = '{day}' AND c5 = 'GET' AND c8 = '200' AND c13 <> 'Error'
        AND c7 LIKE '/packages/%' AND c7 NOT LIKE '%.metadata'
    GROUP BY c14
), agents AS (
    SELECT agent, regexp_extract(said, '^[^ ]+ (.*)$', 1) AS told
    FROM (SELECT DISTINCT agent, url_decode(agent) AS said FROM requests)
), parsed AS (
    SELECT agent, told ->> '$.installer.name' AS installer, told ->> '$.system.name' AS system,
        regexp_extract(told ->> '$.python', '^\\d+\\.\\d+') AS python
    FROM agents
)
SELECT split_part(stem, '/', 3) AS package, count(*), count(DISTINCT address), histogram(split_part(stem, '/', 4)),
    histogram(split_part(stem, '/', 5)), histogram(installer), histogram(python), histogram(system),
    histogram(left(edge, 3))
FROM requests JOIN parsed USING (agent)
GROUP BY package
"""


def product(_: Path, home: Path, day: str) -> Mapping[str, float]:
    """The whole job: from files to stored events and details, then to pages."""
    from entrypoints.local.worker import Worker  # noqa: PLC0415 - the others shall not carry it
    from infrastructure.embedded import opened  # noqa: PLC0415
    from infrastructure.settings import Settings  # noqa: PLC0415

    settings = Settings.from_environment({"SLS_PYPI_HOME": str(home)})
    with opened(settings, create=False) as embedded:
        counting = embedded.index.counting()
        downloads = sum(counting.count(request).downloads for request in counting.plan(day))
        counted, counted_cpu = time.perf_counter(), cpu()
        worker = Worker(embedded.ports.bus(), embedded.ports.objects(), embedded.index)
        for _left in worker.drain():
            pass
        return {"downloads": downloads, "counted": counted, "counted_cpu": counted_cpu}


def cpu() -> float:
    """Seconds of processors so far, also of processes that were started and have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def duckdb(logs: Path, _: Path, day: str) -> Mapping[str, float]:
    """One query that counts the same."""
    import duckdb as database  # noqa: PLC0415

    columns = ", ".join(f"c{number}: 'VARCHAR'" for number in range(33))
    paths = [str(path) for path in sorted(logs.glob("*.gz"))]
    query = _QUERY.format(paths=paths, columns=f"{{{columns}}}", day=day)
    with database.connect() as connection:
        found = connection.execute(query).fetchall()
    return {"downloads": sum(row[1] for row in found)}


def python(logs: Path, _: Path, day: str) -> Mapping[str, float]:
    """The loop that anybody would write."""
    seen: set[str] = set()
    figures: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    requesters: dict[str, set[str]] = defaultdict(set)
    for values in _lines(logs):
        date, _time, edge, _bytes, address, method, _host, stem, status = values[:9]
        is_file = stem.startswith("/packages/") and not stem.endswith(".metadata")
        if not is_file or date != day or method != "GET" or status != "200" or values[13] == "Error":
            continue
        if values[14] in seen:
            continue
        seen.add(values[14])
        package, version, file = stem.split("/")[2:]
        requesters[package].add(address)
        told = (("version", version), ("file", file), ("edge", edge[:3]), *_told(values[10]), ("downloads", ""))
        figures[package].update(told)
    return {"downloads": sum(each["downloads", ""] for each in figures.values())}


def _lines(logs: Path) -> Iterator[list[str]]:
    for path in sorted(logs.glob("*.gz")):
        with gzip.open(path, "rt") as file:
            for line in file:
                if not line.startswith("#"):
                    yield line.rstrip("\n").split("\t")


@cache
def _told(agent: str) -> tuple[tuple[str, str], ...]:
    data = json.loads(unquote(agent).split(" ", 1)[1])
    python = ".".join(data["python"].split(".")[:2])
    return ("installer", data["installer"]["name"]), ("python", python), ("system", data["system"]["name"])


JOBS: Mapping[str, Callable[[Path, Path, str], Mapping[str, float]]] = {
    "product": product,
    "duckdb": duckdb,
    "python": python,
}

if __name__ == "__main__":
    began = time.perf_counter()
    found = dict(JOBS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
    ended = time.perf_counter()
    found["seconds"] = ended - began
    found["counted"] = found.get("counted", ended) - began
    found["cpu"] = cpu()
    found["counted_cpu"] = found.get("counted_cpu", found["cpu"])
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps(found))
