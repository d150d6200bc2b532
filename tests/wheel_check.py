"""Uses an installed wheel as a stranger would: `python -m tests.wheel_check PATH/TO/sls-pypi`."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

from tests.wheels import make_wheel


def main(command: str) -> None:
    """Exit with 0 if the installed command publishes and serves."""
    with tempfile.TemporaryDirectory() as folder:
        home, files = Path(folder, "home"), Path(folder, "files")
        files.mkdir()
        filename, content = make_wheel("frob", "1.0")
        (files / filename).write_bytes(content)
        subprocess.run([command, "--help"], check=True, cwd=folder, stdout=subprocess.DEVNULL)
        subprocess.run([command, "import", files, "--as", "alice", "--home", home], check=True, cwd=folder)
        server = subprocess.Popen(
            [command, "serve", "--home", home, "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=folder
        )
        try:
            if server.stdout is None:
                raise AssertionError
            url = server.stdout.readline().removeprefix("Serving ").strip().rstrip("/")
            accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
            with urllib.request.urlopen(urllib.request.Request(f"{url}/simple/frob/", headers=accept)) as answer:
                page = json.load(answer)
            with urllib.request.urlopen(urljoin(f"{url}/simple/frob/", page["files"][0]["url"])) as answer:
                if answer.read() != content:
                    raise AssertionError("the file is not the one that was imported")
            with urllib.request.urlopen(f"{url}/project/frob/") as answer:
                if b"frob" not in answer.read():
                    raise AssertionError("the package page does not show its package")
        finally:
            server.terminate()
            if server.wait(20) != 0:
                raise AssertionError("the server did not stop cleanly")
        subprocess.run([command, "verify", "--home", home], check=True, cwd=folder)
        check_deployable(command)
        check_demo(command, Path(folder))
    sys.stdout.write("the wheel works\n")


def check_deployable(command: str) -> None:
    """Be sure that what `deploy` needs is there, and that it says what is not."""
    (package,) = Path(command).parents[1].glob("lib/python*/site-packages/sls_pypi")
    needed = ("infrastructure/template.yaml", "infrastructure/functions.txt", "templates/base.html", "entrypoints/aws")
    for name in needed:
        if not (package / name).exists():
            raise AssertionError(f"the wheel has no {name}")
    said = subprocess.run([command, "deploy"], capture_output=True, text=True, check=False)
    if said.returncode != 1 or "pip install 'sls-pypi[aws]'" not in said.stderr:
        raise AssertionError(f"without boto3, deploy says {said.stderr!r}")


def check_demo(command: str, folder: Path) -> None:
    """Be sure that pip installs from the demo what can be imported."""
    demo = subprocess.Popen([command, "demo", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        if demo.stdout is None:
            raise AssertionError
        url = demo.stdout.readline().removeprefix("Serving ").strip()
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        source = ["--isolated", "--index-url", f"{url}/simple/", "--target", "installed", "saltmarsh"]
        subprocess.run([*install, *source], check=True, cwd=folder)
        program = [sys.executable, "-c", "import saltmarsh; saltmarsh.main()"]
        said = subprocess.run(program, check=True, cwd=folder / "installed", capture_output=True, text=True).stdout
        if "high water" not in said:
            raise AssertionError(f"the sample says {said!r}")
    finally:
        demo.terminate()
        if demo.wait(20) != 0:
            raise AssertionError("the demo did not stop cleanly")


if __name__ == "__main__":
    main(sys.argv[1])
