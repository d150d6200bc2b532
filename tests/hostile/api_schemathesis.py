"""schemathesis against a running server, as three kinds of people: `python -m tests.hostile.api_schemathesis`.

It is made in `.cache/hostile` (`python -m venv`, `pip install schemathesis`), as it needs other versions than we do.
All of its checks are on. Prints what was tried, and ends with 1 if anything was found.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.hostile.api_server import Attacked, attacked
from tests.running import ROOT

PROGRAM = ROOT / ".cache" / "hostile" / "bin" / "schemathesis"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def run(people: Attacked, who: str, headers: Mapping[str, str], options: argparse.Namespace, folder: Path) -> bool:
    """Try everything as somebody; whether nothing was found."""
    events = folder / f"{who}.ndjson"
    told = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    # Who logs out is nobody any more.
    left_out = ["--exclude-path", "/logout"] if headers else []
    done = subprocess.run(
        [
            *(PROGRAM, "--config-file", CONFIGURATION, "run", f"{people.url}/api/openapi.json", "--url", people.url),
            *("--phases", "examples,coverage,fuzzing,stateful", "--checks", "all", "--no-color"),
            *("--max-examples", str(options.examples), "--seed", str(options.seed), "--max-redirects", "0"),
            *("--report", "ndjson", "--report-ndjson-path", events, "--warnings", "off", "--continue-on-failure"),
            *(("--generation-with-security-parameters", "false") if headers else ()),
            *told,
            *left_out,
        ],
        cwd=folder,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    (Path(options.keep or folder) / f"{who}.txt").write_text(done.stdout)
    statuses = answered(events)
    sys.stdout.write(
        f"{who}: {sum(statuses.values())} requests, exit {done.returncode}, {dict(sorted(statuses.items()))}\n"
    )
    if done.returncode:
        sys.stdout.write(done.stdout)
    # Checks ask without credentials too, and the token may be ended; nobody is told 401 more often than not.
    is_known = not headers or statuses[401] < sum(statuses.values()) / 2
    return is_known and done.returncode == 0 and not any(status >= 500 for status in statuses)


def answered(events: Path) -> Counter[int]:
    """How often each status was answered."""
    found: Counter[int] = Counter()

    def look(value: object) -> None:
        match value:
            case {"status_code": int(status)}:
                found[status] += 1
            case dict():
                for each in value.values():
                    look(each)
            case list():
                for each in value:
                    look(each)

    for line in events.read_text().splitlines():
        look(json.loads(line))
    return found


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=50, help="of each operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="a folder for the whole reports")
    parser.add_argument("--who", choices=["anybody", "browser", "token"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with attacked(folder / "home") as people:
            # Whoever is logged in ends tokens.
            everybody = {"anybody": {}, "token": people.as_command_line(), "browser": people.as_browser()}
            chosen = {who: headers for who, headers in everybody.items() if options.who in {None, who}}
            fine = [run(people, who, headers, options, folder) for who, headers in chosen.items()]
    sys.exit(not all(fine))


if __name__ == "__main__":
    main()
