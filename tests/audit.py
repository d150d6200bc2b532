"""Known holes in what we depend on: `python -m tests.audit PIP_AUDIT [--where-reachable]`, which `make audit` runs.

Asks the index's own advisories (https://docs.pypi.org/api/json/#known-vulnerabilities) about every pin of every lock
file. Exit status 0: asked, nothing known; 1: something is known; 3: nobody was there to ask, which is no clean bill,
and 0 only for whoever says `--where-reachable`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]
_LOCKS = (
    *("requirements/runtime.txt", "requirements/aws.txt", "requirements/dev.txt"),
    *("infrastructure/functions.txt", "tests/emulator/requirements.txt"),
)
NOTHING_KNOWN, KNOWN, NOBODY_ASKED = 0, 1, 3
Dependency = Mapping[str, Any]


def main(pip_audit: str, *options: str) -> int:
    """Ask, say what was found, and return the exit status."""
    status, lines = judged({lock: _asked(pip_audit, lock) for lock in _LOCKS})
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return NOTHING_KNOWN if status == NOBODY_ASKED and "--where-reachable" in options else status


def judged(found: Mapping[str, Sequence[Dependency]]) -> tuple[int, list[str]]:
    """The exit status and what to say of pip-audit's `dependencies`, by lock file.

    pip-audit itself calls it success when it could not ask about anything.
    """
    asked = [dependency for dependencies in found.values() for dependency in dependencies if "vulns" in dependency]
    if not asked:
        return NOBODY_ASKED, ["audit: no advisories could be reached from here, so nothing was audited"]
    known = sorted({line for lock, dependencies in found.items() for line in _known(lock, dependencies)})
    skipped = sorted({each["name"] for dependencies in found.values() for each in dependencies if "vulns" not in each})
    lines = [*known, *(f"not audited: {name}" for name in skipped)]
    lines.append(f"audit: packages asked about: {len({each['name'] for each in asked})}, advisories: {len(known)}")
    return KNOWN if known else NOTHING_KNOWN, lines


def _known(lock: str, dependencies: Sequence[Dependency]) -> Iterator[str]:
    for each in dependencies:
        for hole in each.get("vulns", ()):
            mended = ", ".join(hole["fix_versions"]) or "no version"
            yield f"{lock}: {each['name']} {each['version']}: {hole['id']}, mended in {mended}"


def _asked(pip_audit: str, lock: str) -> list[Dependency]:
    options = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")
    done = subprocess.run(
        [pip_audit, *options, "--requirement", str(_ROOT / lock)], capture_output=True, text=True, check=False
    )
    try:
        dependencies: list[Dependency] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        sys.stderr.write(done.stderr)
        return []
    return dependencies


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
