"""A fuzzing campaign: ``python -m tests.hostile.fuzz [SURFACE...] [--minutes 5] [--seed 0]``.

Every input follows from the surface, the seed and a number, so what went wrong can be had again with
``--seed S --first N --inputs 1``. `guided` looks for inputs by what code they reach.
"""

import argparse
import logging
import resource
import sys
import time
import traceback
from collections import Counter

from attrs import Factory, define

from tests.hostile.choices import seeded
from tests.hostile.surfaces import IN_PROCESS, REMOTE, Surface, opened

MEMORY = 2 * 2**30
"""Bytes of address space that trying hostile input may take."""

_BETWEEN_LOOKS = 100
_TOLD = 2_000


@define
class Tried:
    """What became of the inputs of a surface; failures by their kind, with the first of each."""

    inputs: int = 0
    outcomes: Counter[str] = Factory(Counter)
    failures: Counter[str] = Factory(Counter)
    examples: dict[str, str] = Factory(dict)

    def failed(self, number: int, error: Exception) -> None:
        """Note a failure."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} in {place.name}, line {place.lineno}"
        self.failures[kind] += 1
        told = "".join(traceback.format_exception(error))[-_TOLD:]
        self.examples.setdefault(kind, f"input {number}:\n{told}")


def campaign(surface: Surface, name: str, seed: int, first: int, inputs: int, seconds: float) -> Tried:
    """Try inputs until so many were tried, or so many seconds of processor time went by, or Ctrl-C."""
    tried = Tried()
    until = time.process_time() + seconds
    for number in range(first, first + inputs):
        if time.process_time() > until:
            break
        try:
            tried.outcomes[surface.check(seeded(f"{name} {seed} {number}"))] += 1
            if number % _BETWEEN_LOOKS == 0:
                surface.look()
        except KeyboardInterrupt:
            break  # with what is known so far
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
            tried.failed(number, error)
        tried.inputs += 1
    return tried


def main() -> None:
    """Attack, and tell what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz")
    parser.add_argument("surfaces", nargs="*", metavar="SURFACE", help=f"of {', '.join([*IN_PROCESS, *REMOTE])}")
    parser.add_argument("--minutes", type=float, default=5, help="of processor time in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--inputs", type=int, default=sys.maxsize, help="the most for each surface")
    told = parser.parse_args()
    names = told.surfaces or [*IN_PROCESS, *REMOTE]
    logging.disable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    failures = 0
    for name in names:
        with opened(name) as surface:
            tried = campaign(surface, name, told.seed, told.first, told.inputs, told.minutes * 60 / len(names))
        outcomes = ", ".join(f"{outcome} {count}" for outcome, count in tried.outcomes.most_common())
        sys.stdout.write(f"{name}: {tried.inputs} inputs, {tried.failures.total()} failures ({outcomes})\n")
        for kind, count in tried.failures.most_common():
            sys.stdout.write(f"\n{count} times {kind}, first in {tried.examples[kind]}\n")
        sys.stdout.flush()
        failures += tried.failures.total()
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
