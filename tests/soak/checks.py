"""Whether what was confirmed is so."""

from typing import Any

import httpx2

from tests.clients.clients import sha256
from tests.soak.ledger import Confirmed
from tests.soak.scene import Scene

_JSON = "application/vnd.pypi.simple.v1+json"


def check(scene: Scene, client: httpx2.Client, file: Confirmed, *, finally_: bool = False) -> bool:
    """Whether somebody was there to ask; what is not as confirmed is noted."""
    if file.doomed:
        return _is_gone(scene, client, file) if file.deleted else True
    digest = file.sha256.removeprefix("later:")
    if digest != file.sha256 and not finally_:
        return True
    page = scene.asked(client, "GET", f"/simple/{file.name}/", headers={"Accept": _JSON})
    if page is None:
        return False
    listed = _listed(page, file)
    if scene.ledger.at(file.filename).doomed:
        return True
    if not listed or listed[0]["hashes"]["sha256"] != digest:
        scene.ledger.miss(f"{file.filename} is not listed ({page.status_code})")
        return True
    if bool(listed[0]["yanked"]) < file.yanked:
        scene.ledger.miss(f"{file.filename} was yanked and is not")
    answer = scene.asked(
        client, "GET", str(httpx2.URL(f"{scene.server.url}/simple/{file.name}/").join(listed[0]["url"]))
    )
    if answer is None:
        return False
    if scene.ledger.at(file.filename).doomed:
        return True
    if answer.status_code != httpx2.codes.OK or sha256(answer.content) != digest:
        scene.ledger.miss(f"{file.filename} has other bytes ({answer.status_code})")
    scene.ledger.count("files looked at")
    return True


def _listed(page: httpx2.Response, file: Confirmed) -> list[dict[str, Any]]:
    return [each for each in page.json()["files"] if each["filename"] == file.filename] if page.is_success else []


def _is_gone(scene: Scene, client: httpx2.Client, file: Confirmed) -> bool:
    page = scene.asked(client, "GET", f"/simple/{file.name}/", headers={"Accept": _JSON})
    answer = scene.asked(client, "GET", f"/packages/{file.name}/{file.version}/{file.filename}")
    if page is None or answer is None:
        return False
    if _listed(page, file) or answer.status_code != httpx2.codes.NOT_FOUND:
        scene.ledger.miss(f"{file.filename} was deleted and is there ({answer.status_code})")
    scene.ledger.count("deleted files looked for")
    return True
