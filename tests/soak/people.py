"""Those who publish, install and look, all at the same time; each in a thread."""

import contextlib
import sys
from collections.abc import Callable
from random import Random

import httpx2

from tests.clients.clients import Outcome, run, sha256, write
from tests.soak.checks import check
from tests.soak.ledger import Confirmed
from tests.soak.scene import Scene
from tests.wheels import make_sdist, make_wheel

_SHARED = "soak-shared"
_TRIES = 20
_PAUSE_SECONDS = 0.3


Act = Callable[[Scene, Random, int], None]
"""What somebody does until it is over, with a number of their own."""


def posts(scene: Scene, random: Random, who: int) -> None:
    """Publish by plain requests, also other bytes under a name that is taken; yank and delete."""
    with scene.client() as client:
        for n in range(1_000_000):
            if scene.over.is_set():
                return
            name = _SHARED if random.random() < 0.5 else f"soak-{who}-{n // 7}"
            version = f"1.{who}.{n}"
            file = make_wheel(name, version) if random.random() < 0.7 else make_sdist(name, version)
            _published(scene, client, name, version, file)
            if random.random() < 0.15:
                _rival(scene, client, name, version)
            if random.random() < 0.2:
                _yanked(scene, client, random)
            if random.random() < 0.1:
                _deleted(scene, client, random)


def uploads_with_twine(scene: Scene, random: Random, who: int) -> None:
    """Publish wheels and sdists with twine."""
    twine = [scene.tools.path("twine"), "upload", "--non-interactive", "--disable-progress-bar"]
    _publish(scene, random, who, "twine", [*twine, "--repository-url", f"{scene.server.url}/legacy/"])


def uploads_with_uv(scene: Scene, random: Random, who: int) -> None:
    """Publish wheels and sdists with uv."""
    uv = [scene.tools.path("uv"), "publish", "--publish-url", f"{scene.server.url}/legacy/"]
    _publish(scene, random, who, "uv", uv)


def installs_with_pip(scene: Scene, random: Random, _: int) -> None:
    """Install what is confirmed, with pip."""
    pip = [scene.tools.path("pip"), "install", "--quiet", "--no-deps", "--no-cache-dir", "--only-binary", ":all:"]
    _install(scene, random, "pip", [*pip, "--index-url", f"{scene.server.url}/simple/"])


def installs_with_uv(scene: Scene, random: Random, _: int) -> None:
    """Install what is confirmed, with uv."""
    uv = [scene.tools.path("uv"), "pip", "install", "--quiet", "--no-deps", "--no-cache", "--only-binary", ":all:"]
    _install(scene, random, "uv", [*uv, "--python", sys.executable, "--default-index", f"{scene.server.url}/simple/"])


def looks(scene: Scene, random: Random, _: int) -> None:
    """See that what is confirmed is listed, and has its bytes."""
    with scene.client() as client:
        while not scene.over.wait(0.02):
            file = scene.ledger.some(random)
            if file is not None:
                check(scene, client, file)


def nights(scene: Scene, random: Random, _: int) -> None:
    """Count downloads; every other time it is killed."""
    while not scene.over.wait(random.uniform(5, 15)):
        status = scene.server.command("nightly", kill_after=random.uniform(0.3, 4) if random.random() < 0.5 else None)
        scene.ledger.count("nights killed" if status is None else "nights counted")


def imports(scene: Scene, random: Random, _: int) -> None:
    """Import folders, each killed some times before it is let come to its end."""
    for n in range(1_000_000):
        if scene.over.wait(random.uniform(3, 10)):
            return
        with scene.room() as room:
            # Not with a hyphen between the numbers: 1-11 and 11-1 would look alike, and be refused.
            names = [f"soak-import-{n}x{m}" for m in range(12)]
            files = {name: make_wheel(name, "1.0") for name in names}
            write(room, *files.values())
            status = None
            while status is None and not scene.over.is_set():
                kill_after = random.uniform(0.5, 3) if random.random() < 0.6 else None
                status = scene.server.command("import", room, "--as", "bulk", kill_after=kill_after)
                scene.ledger.count("imports killed" if status is None else "imports")
            if status == 0:
                # Its pages follow within seconds, or when the server starts: that is seen at the end.
                for name, (filename, content) in files.items():
                    scene.ledger.confirm(Confirmed(name, "1.0", filename, f"later:{sha256(content)}"))


def kills(scene: Scene, random: Random, _: int) -> None:
    """Let the server live for some seconds, again and again."""
    scene.server.lives_and_dies(random, scene.over)


def _published(scene: Scene, client: httpx2.Client, name: str, version: str, file: tuple[str, bytes]) -> None:
    """Send it until somebody says that it is there."""
    filename, content = file
    kind = "bdist_wheel" if filename.endswith(".whl") else "sdist"
    form = {":action": "file_upload", "name": name, "version": version, "filetype": kind}
    while not scene.over.is_set():
        answer = scene.asked(
            client, "POST", "/legacy/", data=form, files={"content": file}, auth=("__token__", scene.token)
        )
        if answer is not None and answer.status_code == httpx2.codes.OK:
            break
        if answer is not None and answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
            scene.ledger.trouble(f"{answer.status_code} to an upload: {answer.text.strip()}")
            return
        scene.over.wait(_PAUSE_SECONDS)
    else:
        return
    scene.ledger.count("uploads confirmed")
    confirmed = Confirmed(name, version, filename, sha256(content))
    scene.ledger.confirm(confirmed)
    check(scene, client, confirmed)


def _rival(scene: Scene, client: httpx2.Client, name: str, version: str) -> None:
    filename, content = make_wheel(name, version, description="Other bytes.")
    form = {":action": "file_upload", "name": name, "version": version, "filetype": "bdist_wheel"}
    if filename not in {file.filename for file in scene.ledger.all()}:
        return
    answer = scene.asked(
        client, "POST", "/legacy/", data=form, files={"content": (filename, content)}, auth=("__token__", scene.token)
    )
    if answer is not None and answer.status_code == httpx2.codes.OK:
        scene.ledger.miss(f"{filename} was taken with other bytes")


def _yanked(scene: Scene, client: httpx2.Client, random: Random) -> None:
    file = scene.ledger.some(random)
    if file is None or file.doomed or file.name.startswith("soak-import"):
        return
    answer = scene.asked(
        client,
        "PATCH",
        f"/api/packages/{file.name}/files/{file.filename}",
        json={"yanked": True, "reason": "soaked"},
        headers={"Authorization": f"Bearer {scene.token}"},
    )
    if answer is not None and answer.status_code == httpx2.codes.OK:
        scene.ledger.count("yanks confirmed")
        scene.ledger.change(file.filename, yanked=True)


def _deleted(scene: Scene, client: httpx2.Client, random: Random) -> None:
    """Ask for it until somebody says that it is gone."""
    file = scene.ledger.some(random)
    if file is None or file.name.startswith("soak-import"):
        return
    scene.ledger.change(file.filename, doomed=True)
    path = f"/api/packages/{file.name}/files/{file.filename}"
    while not scene.over.is_set():
        answer = scene.asked(client, "DELETE", path, headers={"Authorization": f"Bearer {scene.token}"})
        if answer is not None and answer.status_code in (httpx2.codes.NO_CONTENT, httpx2.codes.NOT_FOUND):
            scene.ledger.count("deletions confirmed")
            scene.ledger.change(file.filename, deleted=True)
            return
        if answer is not None and answer.status_code < httpx2.codes.INTERNAL_SERVER_ERROR:
            scene.ledger.trouble(f"{answer.status_code} to a deletion: {answer.text.strip()}")
            return
        scene.over.wait(_PAUSE_SECONDS)


def _publish(scene: Scene, random: Random, who: int, tool: str, command: list[object]) -> None:
    env = {**scene.env, "TWINE_USERNAME": "__token__", "TWINE_PASSWORD": scene.token, "UV_PUBLISH_TOKEN": scene.token}
    for n in range(1_000_000):
        if scene.over.wait(random.uniform(0, 1)):
            return
        name, version = f"soak-{tool}", f"{who}.{n}"
        distributions = [make_wheel(name, version), make_sdist(name, version)]
        with scene.room() as room:
            paths = write(room, *distributions)
            for _ in range(_TRIES):
                outcome = run(*command, *paths, env=env)
                if outcome.status == 0 or scene.over.wait(_PAUSE_SECONDS):
                    break
        if outcome.status == 0:
            scene.ledger.count(f"uploads confirmed to {tool}", len(distributions))
            for filename, content in distributions:
                scene.ledger.confirm(Confirmed(name, version, filename, sha256(content)))


def _install(scene: Scene, random: Random, tool: str, command: list[object]) -> None:
    while not scene.over.wait(random.uniform(0, 0.5)):
        file = scene.ledger.some(random)
        if file is None or file.doomed or not file.filename.endswith(".whl") or file.sha256.startswith("later:"):
            continue
        with scene.room() as room:
            for _ in range(_TRIES):
                served = scene.server.generation
                wanted = [f"{file.name}=={file.version}", "--target", room / "there"]
                outcome = run(*command, *wanted, env=scene.env)
                if outcome.status == 0 or _is_to_blame(scene, served, outcome) or scene.over.is_set():
                    break
            if outcome.status == 0:
                scene.ledger.count(f"installs with {tool}")
            elif not (scene.over.is_set() or scene.ledger.at(file.filename).doomed):
                scene.ledger.miss(f"{tool} cannot install {file.filename}: {outcome.text.strip()[-300:]}")


def _is_to_blame(scene: Scene, served: int, outcome: Outcome) -> bool:
    """Whether the index was there all along, and yet the client failed."""
    del outcome
    with contextlib.suppress(httpx2.HTTPError):
        answer = httpx2.get(f"{scene.server.url}/healthz", trust_env=False)
        return answer.status_code == httpx2.codes.OK and scene.server.generation == served
    return False
