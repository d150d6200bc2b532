"""The tools of the web gates: node, Chromium, Java, and what npm brought into `.cache/web`."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[2]
MODULES = ROOT / ".cache" / "web" / "node_modules"
SHOTS = ROOT / ".cache" / "web" / "shots"
SCRIPT = Path(__file__).with_name("browser.js")
STEPS = Path(__file__).with_name("steps.js")
PATIENCE = 600

_WANTED = {
    "node": "apt install nodejs npm",
    "chromium": "apt install chromium fonts-dejavu-core",
    "java": "apt install default-jre-headless",
}


@frozen
class Tools:
    """Where they are."""

    node: str
    chromium: str
    java: str

    def browser(self, job: dict[str, Any]) -> dict[str, Any]:
        """Have the browser do a job; see `browser.js`."""
        return self._driven(SCRIPT, job)

    def walk(self, job: dict[str, Any]) -> dict[str, Any]:
        """Have the browser go along steps; see `steps.js`."""
        return self._driven(STEPS, job)

    def _driven(self, script: Path, job: dict[str, Any]) -> dict[str, Any]:
        done = subprocess.run(
            [self.node, str(script), str(MODULES)],
            input=json.dumps(job | {"chromium": self.chromium}),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    def lighthouse(self, url: str, report: Path) -> dict[str, float]:
        """Scores of a page, by category, of 100; none where the browser failed, which pytest shows with a failure."""
        flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
        # A telephone's processor is played by making this one slower, four times where it is a fast desktop's. Where
        # two shared ones draw without graphics hardware, an empty page loses marks by that: they count as twice as
        # fast as a telephone (Lighthouse, docs/throttling.md, "Calibrating").
        done = subprocess.run(
            [
                self.node,
                str(MODULES / "lighthouse" / "cli" / "index.js"),
                url,
                f"--chrome-flags={flags}",
                "--output=json",
                f"--output-path={report}",
                "--quiet",
                "--only-categories=performance,accessibility,best-practices,seo",
                "--throttling.cpuSlowdownMultiplier=2",
            ],
            env=os.environ | {"CHROME_PATH": self.chromium},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stderr)
            return {}
        categories = json.loads(report.read_text())["categories"]
        return {name: round(100 * (category["score"] or 0)) for name, category in categories.items()}

    def validator(self, files: list[Path]) -> list[str]:
        """What the Nu Html Checker finds wrong with pages and style sheets."""
        jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
        done = subprocess.run(
            [self.java, "-Xss2m", "-jar", str(jar), "--errors-only", "--also-check-css", *map(str, files)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        errors = done.stderr.splitlines()
        assert errors or done.returncode == 0, done.stdout
        return errors


def found() -> Tools:
    """The tools, or the test is skipped; where CI asks, it fails."""
    paths = {name: shutil.which(name) for name in _WANTED}
    missing = [f"{name} ({how})" for name, how in _WANTED.items() if not paths[name]]
    missing += [
        f"{name} (make web)"
        for name in ("playwright-core", "axe-core", "lighthouse", "vnu-jar")
        if not (MODULES / name).is_dir()
    ]
    if missing:
        reason = f"the web gates need {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Tools(**{name: path or "" for name, path in paths.items()})
