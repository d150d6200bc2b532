"""A soak: real clients at work while the index is killed again and again.

python -m tests.soak [--minutes 5] [--seed N]: prints figures, and ends with 1 if anything that was confirmed is lost.
"""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random

import click

from tests.clients.clients import CACHE, without_settings
from tests.clients.tools import Tools
from tests.running import token_of
from tests.soak import people
from tests.soak.checks import check
from tests.soak.ledger import Ledger
from tests.soak.scene import Scene
from tests.soak.server import Server

_EVERYBODY = (
    people.posts,
    people.posts,
    people.uploads_with_twine,
    people.uploads_with_uv,
    people.installs_with_pip,
    people.installs_with_uv,
    people.looks,
    people.nights,
    people.imports,
    people.kills,
)
_SETTLING_SECONDS = 60
_FAULTS = ("sls-pypi: ", "refused", "different", "missing", "stray", "lost", "unsafe")


@click.command()
@click.option("--minutes", default=5.0, show_default=True)
@click.option("--seed", type=int, default=None, help="Another one each time, if none is given.")
def main(minutes: float, seed: int | None) -> None:
    """Soak an index."""
    seed = Random().randrange(2**31) if seed is None else seed  # noqa: S311
    random = Random(seed)  # noqa: S311
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "home", Path(folder) / "output", ledger)
        token = token_of(server.home)
        server.start()
        scene = _scene(server, ledger, token, Path(folder))
        try:
            _let_them(scene, minutes, random)
            verified = _looked_at_last(scene)
        finally:
            server.stop(gently=False)
        said = server.output.read_text()
    _tell(ledger, minutes, seed, said, verified=verified)
    sys.exit(1 if ledger.lost or ledger.troubles or not verified else 0)


def _scene(server: Server, ledger: Ledger, token: str, folder: Path) -> Scene:
    user, rooms = folder / "user", folder / "rooms"
    user.mkdir()
    rooms.mkdir()
    env = without_settings(os.environ, user)
    tools = Tools(CACHE / "tools")
    for tool in ("pip", "uv", "twine"):
        tools.environment(tool)
    return Scene(server, ledger, tools, token, rooms, env, threading.Event())


def _let_them(scene: Scene, minutes: float, random: Random) -> None:
    faults: list[BaseException] = []

    def safely(act: people.Act, own: Random, who: int) -> None:
        try:
            act(scene, own, who)
        except BaseException as fault:  # noqa: BLE001 - told at the end, from the main thread
            faults.append(fault)
            scene.over.set()

    threads = [
        threading.Thread(target=safely, args=(act, Random(random.random()), who))  # noqa: S311
        for who, act in enumerate(_EVERYBODY)
    ]
    for thread in threads:
        thread.start()
    scene.over.wait(minutes * 60)
    scene.over.set()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def _looked_at_last(scene: Scene) -> bool:
    """Everything once more, from a server that starts after a kill; then whether `verify` finds nothing."""
    scene.server.stop(gently=False)
    stopped = scene.server.command("verify")
    scene.server.start()
    with scene.client() as client:
        for file in scene.ledger.all():
            check(scene, client, file, finally_=True)
        deadline = time.monotonic() + _SETTLING_SECONDS
        while time.monotonic() < deadline and client.get("/healthz").json()["lag"]:
            time.sleep(0.2)
    serving = scene.server.command("verify")
    scene.server.stop(gently=True)
    return (stopped, serving) == (0, 0)


def _tell(ledger: Ledger, minutes: float, seed: int, said: str, *, verified: bool) -> None:
    click.echo(f"{minutes:g} minutes, seed {seed}")
    for what, times in sorted(ledger.counts.items()):
        click.echo(f"{times:>8} {what}")
    click.echo(f"{len(ledger.all()):>8} files confirmed in all")
    click.echo(f"{len(ledger.lost):>8} lost")
    for sentence in ledger.lost[:20]:
        click.echo(f"         {sentence}")
    click.echo(f"{sum(ledger.troubles.values()):>8} answers that no client should get")
    for trouble, times in ledger.troubles.most_common():
        click.echo(f"{times:>8}   {trouble}")
    click.echo("`verify` finds nothing." if verified else "`verify` FINDS DIFFERENCES:")
    errors = [line for line in said.splitlines() if " ERROR " in line or line.startswith(_FAULTS)]
    for line in errors[:20]:
        click.echo(f"         {line}")


if __name__ == "__main__":
    main()
