"""More of what `test_api` tries: `python -m tests.hostile.api_fuzz --examples 2000`. Prints how many inputs."""

import argparse
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings

from tests.hostile.api_requests import SURFACES
from tests.hostile.api_target import Sent, Target, target


def main() -> None:
    """Try all surfaces; ends with 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("surfaces", nargs="*", default=sorted(SURFACES))
    parser.add_argument("--examples", type=int, default=2000, help="of each surface")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, target(Path(folder)) as attacked:
        found = sum(not tried(surface, attacked, options.examples, options.seed) for surface in options.surfaces)
    sys.stdout.write(f"{sum(attacked.tried.values())} inputs, {found} surfaces with findings\n")
    sys.exit(bool(found))


def tried(surface: str, attacked: Target, examples: int, number: int) -> bool:
    """Try one surface; whether nothing was found."""
    before = attacked.tried.copy()

    @seed(number)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(SURFACES[surface](attacked))
    def one(sent: Sent) -> None:
        attacked.check(sent)

    try:
        one()
    except Exception as fault:  # noqa: BLE001 - whatever it is, the other surfaces are tried too
        fine = False
        sys.stdout.write(f"{surface}: {type(fault).__name__}: {str(fault)[:2000]}\n{''.join(fault.__notes__)[:2000]}\n")
    else:
        fine = True
    statuses = {int(status): count for status, count in sorted((attacked.tried - before).items())}
    sys.stdout.write(f"{surface}: {sum(statuses.values())} inputs, {statuses}\n")
    return fine


if __name__ == "__main__":
    main()
