"""A little of the campaign in every run of the tests: the same inputs each time."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hostile.archives import check_file
from tests.hostile.choices import Choices, seeded
from tests.hostile.distributions import SDIST, WHEEL, ZIP_SDIST, sdist, wheel, zip_sdist
from tests.running import ROOT, environment

Make = Callable[[Choices], bytes]


@pytest.mark.parametrize(("surface", "inputs"), [("archives", 300), ("filenames", 500), ("logs", 6)])
def test_whatever_comes_is_refused_or_means_the_same_to_all(surface: str, inputs: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.fuzz", surface, "--inputs", str(inputs), "--seed", "7"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failures" in done.stdout


@pytest.mark.parametrize(("filename", "make"), [(WHEEL, wheel), (SDIST, sdist), (ZIP_SDIST, zip_sdist)])
def test_what_the_generators_make_of_nothing_is_good(filename: str, make: Make, tmp_path: Path) -> None:
    assert check_file(filename, make(Choices(b"")), tmp_path) == "accepted"


def test_the_same_seed_gives_the_same_file() -> None:
    made = {sdist(Choices(seeded("archives 0 5"))) for _ in range(3)}
    assert len(made) == 1
