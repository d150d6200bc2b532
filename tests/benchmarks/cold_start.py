"""What each function on AWS costs before its first event: modules, and milliseconds until it is ready.

    python -m tests.benchmarks.cold_start [--python PYTHON] [--rounds N]

Measured is the bundle that `deploy` makes, for the processor of this machine and with boto3 beside it as in the
runtime, under PYTHON, which should be the runtime's own version (3.13). Each round starts every function once, in
turn, as a process of its own. What AWS needs before the interpreter starts is not in it.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import zipfile
from pathlib import Path

from infrastructure.bundle import build
from tests.emulator.environment import NoInterpreterError, interpreter

_INDEX = "from infrastructure.functions import index, ports, settings; "
READY = {
    "relay": _INDEX + "ports().bus()",
    "messages": _INDEX + "index().site(); ports().queues(); ports().pages().submitters(settings().site())",
    "dispatch": "entrypoints.aws.dispatch.functions()",
    "build": "",
    "objects": _INDEX + "index().uploads(); index().policy(); ports().archives()",
    "nightly": _INDEX + "index().upkeep()",
    "api": "entrypoints.aws.api.app()",
}
PROGRAM = """
import json, sys, time
before, start = len(sys.modules), time.perf_counter()
import entrypoints.aws.{function}
imported, count = time.perf_counter(), len(sys.modules) - before
{ready}
ready = time.perf_counter()
heavy = [name for name in ("boto3", "jinja2", "nh3", "starlette.applications", "duckdb") if name in sys.modules]
print(json.dumps([count, len(sys.modules) - before, (imported - start) * 1000, (ready - start) * 1000, heavy]))
"""
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_EC2_METADATA_DISABLED": "true",
    "SLS_PYPI_TABLE": "sls-pypi",
    "SLS_PYPI_SITE_BUCKET": "sls-pypi-site",
    "SLS_PYPI_DATA_BUCKET": "sls-pypi-data",
    "SLS_PYPI_TOPIC": "arn:aws:sns:us-east-1:123456789012:sls-pypi-messages",
    "SLS_PYPI_QUEUES": "https://sqs.us-east-1.amazonaws.com/123456789012/sls-pypi-pages",
    "SLS_PYPI_BASE_URL": "https://index.example",
    "POWERTOOLS_SERVICE_NAME": "sls-pypi",
    "POWERTOOLS_METRICS_NAMESPACE": "sls-pypi",
}


def start(python: str, path: Path, function: str) -> tuple[int, int, float, float, list[str]]:
    """One cold start: modules imported and loaded when ready, milliseconds for each, what of weight is among them."""
    program = PROGRAM.format(function=function, ready=READY[function])
    environment = {**ENVIRONMENT, "PATH": os.environ["PATH"], "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    told = subprocess.run([python, "-c", program], env=environment, cwd=path, check=True, capture_output=True)
    imported, loaded, import_ms, ready_ms, heavy = json.loads(told.stdout)
    return imported, loaded, import_ms, ready_ms, heavy


def unpacked(python: str, folder: Path) -> Path:
    """The bundle, with boto3 beside it."""
    bundle = build({"aarch64": "arm64"}.get(platform.machine(), "x86_64"), folder, python=python)
    path = folder / "function"
    with zipfile.ZipFile(bundle.path) as archive:
        archive.extractall(path)
    command = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--upgrade",
        "--target",
        str(path),
        "boto3",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="by default CPython 3.13, where it is found")
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    try:
        python = str(options.python or interpreter())
    except NoInterpreterError as error:
        parser.error(f"{error}; or name one with --python")
    starts: dict[str, list[tuple[int, int, float, float, list[str]]]] = {function: [] for function in READY}
    with tempfile.TemporaryDirectory() as folder:
        path = unpacked(python, Path(folder))
        for _ in range(options.rounds + 1):
            for function, measured in starts.items():
                measured.append(start(python, path, function))
    print("| function | modules imported | loaded when ready | import ms | ready ms | of weight |")  # noqa: T201
    print("| --- | ---: | ---: | ---: | ---: | --- |")  # noqa: T201
    for function, measured in starts.items():
        counted = measured[1:]  # the first one compiles
        imports, ready = statistics.median(one[2] for one in counted), statistics.median(one[3] for one in counted)
        imported, loaded, *_, heavy = counted[0]
        print(f"| {function} | {imported} | {loaded} | {imports:.0f} | {ready:.0f} | {', '.join(heavy)} |")  # noqa: T201


if __name__ == "__main__":
    main()
