"""`python -m tests.faults`: try every plan, and print how much was tried as a table for `docs/reliability.md`."""

import argparse
import os
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve

from tests.faults.cases import all_cases
from tests.faults.plans import PLANS, tried


def main() -> int:
    """Returns the exit status: 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--plan", action="append", choices=[plan.name for plan in PLANS], help="by default all")
    parser.add_argument("--case", action="append", help="a part of a name; by default all")
    parser.add_argument("--rest", type=int, help="at most so many places a case instead of what the plan says; 0: all")
    wanted = parser.parse_args()
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"  # they go to stdout
    plans = [plan for plan in PLANS if not wanted.plan or plan.name in wanted.plan]
    if wanted.rest is not None:
        plans = [evolve(plan, rest=wanted.rest) for plan in plans]
    cases = [case for case in all_cases() if not wanted.case or any(part in case.name for part in wanted.case)]
    tallies: dict[str, dict[str, str]] = defaultdict(dict)
    faults = dict.fromkeys((plan.name for plan in plans), 0)
    wrong = 0
    for plan in plans:
        for case in cases:
            if plan.world not in case.worlds:
                continue
            with TemporaryDirectory() as folder:
                tally = tried(plan, case, Path(folder))
            tallies[case.name][plan.name] = str(tally.faults)
            faults[plan.name] += tally.faults
            wrong += len(tally.wrong)
            sys.stderr.write(f"{plan.name}, {case.name}: {tally.faults} faults\n")
            sys.stderr.write("".join(f"{each}\n" for each in tally.wrong))
    rows = [["use case", *faults], ["---", *("---:" for _ in faults)]]
    rows += [[case.name, *(tallies[case.name].get(plan, "") for plan in faults)] for case in cases]
    rows += [["all", *map(str, faults.values())]]
    sys.stdout.write("".join(f"| {' | '.join(row)} |\n" for row in rows))
    sys.stdout.write(f"\n{sum(faults.values())} faults tried, {wrong} with a difference.\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
