"""Folders of objects and blobs: what a killed process leaves, and what happens where file systems differ."""

import errno
import multiprocessing
import os
import stat
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from adapters.local import durable
from adapters.local.blobs import FolderBlobs
from adapters.local.folder import STAGING, Folder
from adapters.local.home import Home
from adapters.local.leftovers import sweep
from adapters.local.objects import FolderObjects
from domain.ports.objects import ObjectChanged

KEY = "simple/spam/index.html"
SITE_KEY = "packages/spam/1.0/spam.whl"
BLOB = "spam/ab/spam.whl"
BODY = b"PK" * 10_000


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def objects(home: Path) -> FolderObjects:
    return FolderObjects(home / "site", home / "tmp")


@pytest.fixture
def blobs(home: Path, objects: FolderObjects) -> FolderBlobs:
    return FolderBlobs(home / "blobs", objects)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What has been brought to disk, in its order."""
    found: list[Path] = []
    sync = durable.sync
    monkeypatch.setattr("adapters.local.durable.sync", lambda path: found.append(Path(path)) or sync(path))  # type: ignore[func-returns-value]
    return found


def spares(home: Path) -> list[str]:
    return [path.name for path in (home / "tmp").iterdir() if path.name != "lock"]


def test_keys_are_paths(home: Path, objects: FolderObjects, blobs: FolderBlobs) -> None:
    objects.put(KEY, b"1")
    blobs.add_bytes(BLOB, BODY)

    assert (home / "site" / KEY).read_bytes() == b"1"
    assert (home / "blobs" / BLOB).read_bytes() == BODY
    assert spares(home) == []


def test_files_can_be_read_by_others_and_blobs_written_by_nobody(
    home: Path, objects: FolderObjects, blobs: FolderBlobs, tmp_path: Path
) -> None:
    upload = tmp_path / "upload"
    durable.write(str(upload), BODY, 0o600, sync=False)
    objects.put(KEY, b"1")
    blobs.add(BLOB, upload, b"2")
    blobs.offer(BLOB, SITE_KEY)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.rglob("*") if path.is_file()}
    assert modes["index.html"] == 0o644
    assert stat.S_IMODE((home / "site" / SITE_KEY).stat().st_mode) == 0o644
    assert stat.S_IMODE((home / "blobs" / BLOB).stat().st_mode) == 0o444
    assert modes["spam.whl.metadata"] == 0o444


def test_folders_go_with_their_last_object(home: Path, objects: FolderObjects) -> None:
    objects.put(SITE_KEY, b"1")
    objects.put("packages/spam/2.0/spam.whl", b"2")

    objects.delete(SITE_KEY)
    assert not (home / "site/packages/spam/1.0").exists()
    objects.delete("packages/spam/2.0/spam.whl")
    assert list((home / "site").iterdir()) == []
    objects.put(KEY, b"3")


def test_equal_bytes_are_not_written_again(home: Path, objects: FolderObjects) -> None:
    objects.put(KEY, b"1")
    before = (home / "site" / KEY).stat()

    objects.put(KEY, b"1")

    assert (home / "site" / KEY).stat() == before


def test_of_two_writers_of_equal_bytes_only_one_wins(
    home: Path, objects: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects.put(KEY, b"1")
    seen = objects.etag(KEY)
    other = FolderObjects(home / "site", home / "tmp")
    read = Folder.read

    def read_after_the_other(folder: Folder, key: str) -> bytes | None:
        monkeypatch.undo()
        other.put(KEY, b"2", if_match=seen)
        return read(folder, key)

    monkeypatch.setattr(Folder, "read", read_after_the_other)
    with pytest.raises(ObjectChanged):
        objects.put(KEY, b"2", if_match=seen)


def test_hidden_files_are_not_ours(home: Path, objects: FolderObjects) -> None:
    objects.put(KEY, b"1")
    (home / "site/.DS_Store").write_bytes(b"x")
    (home / "site/simple/.cache").mkdir()

    assert list(objects.keys()) == [KEY]


def test_a_link_is_an_object_and_is_not_followed_into(home: Path, objects: FolderObjects, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_bytes(b"1")
    (home / "site/simple").symlink_to(outside)

    assert list(objects.keys()) == ["simple"]
    objects.delete("simple")
    assert list(objects.keys()) == []
    assert (outside / "x").exists()


def test_a_listing_looks_only_into_folders_that_can_have_something(
    objects: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("eggs", "spam", "spam-eggs"):
        objects.put(f"packages/{name}/1.0/{name}.whl", b"1")
    visited: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr("os.scandir", lambda path: visited.append(Path(path).name) or scandir(path))  # type: ignore[func-returns-value]

    assert list(objects.keys("packages/spam/")) == ["packages/spam/1.0/spam.whl"]

    assert visited == ["spam", "1.0"]


def test_a_process_killed_while_it_writes_leaves_the_old_object(
    home: Path, blobs: FolderBlobs, objects: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object) -> None:
        raise Killed

    objects.put(KEY, b"old")
    with monkeypatch.context() as patched:
        patched.setattr("os.replace", kill)
        # What removes spare files on the way out does not run in a process that is killed.
        patched.setattr("os.unlink", lambda *_, **__: None)
        with pytest.raises(Killed):
            blobs.add_bytes(BLOB, BODY)
        with pytest.raises(Killed):
            objects.put(KEY, b"new")

    assert objects.get(KEY) == b"old"
    assert list(objects.keys()) == [KEY]
    assert list(blobs.keys()) == []
    assert spares(home)
    objects.put(KEY, b"new")
    blobs.add_bytes(BLOB, BODY)
    assert (objects.get(KEY), blobs.read(BLOB)) == (b"new", BODY)


def test_a_file_and_its_metadata_wait_for_each_name_once(
    home: Path, blobs: FolderBlobs, tmp_path: Path, synced: list[Path]
) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(BODY)

    blobs.add(BLOB, upload, b"2")

    root = home / "blobs"
    assert synced[:2] == [root / f"{BLOB}.metadata", root / BLOB]
    assert sorted(synced[2:]) == [root, root / "spam", root / "spam/ab"]


def test_what_somebody_may_rely_on_is_replaced_by_what_is_on_disk_already(
    blobs: FolderBlobs, tmp_path: Path, synced: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = [tmp_path / name for name in ("first", "again")]
    for upload in uploads:
        upload.write_bytes(BODY)
    replaced: list[str] = []
    replace = os.replace
    monkeypatch.setattr("os.replace", lambda staged, path: replaced.append(staged) or replace(staged, path))  # type: ignore[func-returns-value]

    blobs.add(BLOB, uploads[0], b"2")
    assert not {Path(staged) for staged in replaced} & set(synced)
    replaced.clear()
    blobs.add(BLOB, uploads[1], b"2")

    assert len(replaced) == 2
    assert {Path(staged) for staged in replaced} <= set(synced)


def test_a_blob_that_a_failing_machine_left_in_pieces_is_whole_when_it_is_added_again(
    home: Path, blobs: FolderBlobs, tmp_path: Path
) -> None:
    torn, upload = home / "blobs" / BLOB, tmp_path / "upload"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(BODY[:100])
    torn.with_name("spam.whl.metadata").touch()
    upload.write_bytes(BODY)

    blobs.add(BLOB, upload, b"2")

    assert (blobs.read(BLOB), blobs.read(f"{BLOB}.metadata")) == (BODY, b"2")


def test_a_failing_write_leaves_nothing_behind(
    home: Path, objects: FolderObjects, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects.put(KEY, b"1")
    blobs.add_bytes(BLOB, BODY)

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", fail)
        with pytest.raises(OSError, match="space"):
            objects.put(KEY, b"2")
        with pytest.raises(OSError, match="space"):
            blobs.offer(BLOB, SITE_KEY)
    with pytest.raises(ObjectChanged):
        objects.put(KEY, b"2", if_match="other")

    assert objects.get(KEY) == b"1"
    assert spares(home) == []


def _count(home: Path, times: int) -> None:
    """Runs in a process of its own."""
    objects = FolderObjects(home / "site", home / "tmp")
    for _ in range(times):
        while True:
            etag = objects.etag(KEY)
            number = int(objects.get(KEY) or 0)
            try:
                objects.put(KEY, str(number + 1).encode(), if_match=etag)
            except ObjectChanged:
                continue
            break
        # Takes away the folder that the other process writes into.
        objects.put("packages/spam/1", b"1")
        objects.delete("packages/spam/1")


def test_processes_do_not_overwrite_each_other(home: Path, objects: FolderObjects) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for counting in [pool.submit(_count, home, 100) for _ in range(2)]:
            counting.result(60)

    assert objects.get(KEY) == b"200"
    assert list(objects.keys()) == [KEY]


def test_what_is_written_into_a_served_copy_does_not_damage_the_blob(
    home: Path, objects: FolderObjects, blobs: FolderBlobs
) -> None:
    blobs.add_bytes(BLOB, BODY)
    blobs.offer(BLOB, SITE_KEY)

    with (home / "site" / SITE_KEY).open("r+b") as file:
        file.write(b"damage")

    assert blobs.read(BLOB) == BODY
    blobs.offer(BLOB, SITE_KEY)
    assert objects.get(SITE_KEY) == BODY


def test_copies_do_not_need_the_kernels_help(
    objects: FolderObjects, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs.add_bytes(BLOB, BODY)
    monkeypatch.delattr("os.copy_file_range", raising=False)

    blobs.offer(BLOB, SITE_KEY)

    assert objects.get(SITE_KEY) == BODY


def test_every_folder_may_be_a_file_system_of_its_own(
    home: Path, objects: FolderObjects, blobs: FolderBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(BODY)
    rename, replace = os.rename, os.replace

    def device(path: Path) -> str:
        return next((name for name in ("site", "blobs", "tmp") if path.is_relative_to(home / name)), "elsewhere")

    def same_device_only(path: str | Path, target: str) -> None:
        if device(Path(path)) != device(Path(target)):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        (replace if Path(path).parent.name == ".staging" else rename)(path, target)

    monkeypatch.setattr("os.rename", same_device_only)
    monkeypatch.setattr("os.replace", same_device_only)
    objects.put(KEY, b"1")
    blobs.add(BLOB, upload, b"2")
    blobs.offer(BLOB, SITE_KEY)

    assert objects.get(KEY) == b"1"
    assert objects.get(SITE_KEY) == blobs.read(BLOB) == BODY
    assert list(objects.keys()) == [SITE_KEY, KEY]
    assert list(blobs.keys()) == [BLOB, f"{BLOB}.metadata"]
    for folder in ("site", "blobs"):
        (home / folder / STAGING / "left").write_bytes(b"x")
    assert sweep(Home(home), -60) == 2


def test_folders_need_not_be_brought_to_disk_where_that_cannot_be_asked_for(
    home: Path, objects: FolderObjects, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, syncs_files = os.fsync, True

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode) or not syncs_files:
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", files_only)
    objects.put(KEY, b"1")
    objects.flush()
    blobs.add_bytes(BLOB, BODY)
    assert (objects.get(KEY), blobs.read(BLOB)) == (b"1", BODY)

    syncs_files = False
    with pytest.raises(OSError, match="Invalid argument"):
        durable.sync(f"{home}/site/{KEY}")


def test_whatever_was_written_is_brought_to_disk_by_the_next_flush(
    home: Path, objects: FolderObjects, blobs: FolderBlobs, synced: list[Path]
) -> None:
    site = home / "site"

    blobs.add_bytes(BLOB, BODY)
    assert home / "blobs/spam/ab" in synced
    synced.clear()

    objects.put(KEY, b"1")
    objects.delete("nothing")
    blobs.offer(BLOB, SITE_KEY)
    assert synced == []
    objects.flush()
    assert {site, site / "simple", site / "simple/spam", site / KEY, site / SITE_KEY} <= set(synced)
    synced.clear()

    objects.flush()
    assert synced == []
    objects.delete(KEY)
    objects.flush()
    assert synced == [site]


def test_a_flush_that_fails_is_made_up_for_by_the_next(objects: FolderObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    objects.put(KEY, b"1")

    def fail(path: str) -> None:
        raise OSError(errno.EIO, "Input/output error", path)

    with monkeypatch.context() as patched:
        patched.setattr("adapters.local.durable.sync", fail)
        with pytest.raises(OSError, match="Input/output"):
            objects.flush()
    synced: list[str] = []
    monkeypatch.setattr("adapters.local.durable.sync", synced.append)
    objects.flush()

    assert [path.name for path in map(Path, synced) if path.is_file()] == ["index.html"]


def test_many_files_are_brought_to_disk_at_once(objects: FolderObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[str] = []
    monkeypatch.setattr("adapters.local.durable.sync", waits.append)
    for number in range(100):
        objects.put(f"simple/{number}", b"1")
    objects.flush()
    assert waits == []

    for number in range(100):
        objects.put(f"simple/{number}", b"2")
    monkeypatch.setattr("adapters.local.durable._LIBC", object())  # a system that cannot
    objects.flush()
    assert len(waits) == len(set(waits)) > 100


def test_a_failure_to_bring_many_files_to_disk_is_made_up_for_by_the_next(
    objects: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [-1, 0]
    libc = SimpleNamespace(syncfs=lambda _: answers.pop(0))
    monkeypatch.setattr("adapters.local.durable._LIBC", libc)
    for number in range(100):
        objects.put(f"simple/{number}", b"1")

    with pytest.raises(OSError, match="site"):
        objects.flush()
    objects.flush()

    assert answers == []


def test_a_flush_waits_for_what_another_is_bringing_to_disk(
    objects: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def slow(_: str) -> None:
        begun.set()
        go_on.wait(60)
        order.append("on disk")

    def second() -> None:
        objects.flush()
        order.append("confirmed")

    objects.put(KEY, b"1")
    monkeypatch.setattr("adapters.local.durable.sync", slow)
    threads = [threading.Thread(target=objects.flush), threading.Thread(target=second)]
    threads[0].start()
    begun.wait(60)
    threads[1].start()
    threads[1].join(0.05)
    go_on.set()
    for thread in threads:
        thread.join(60)

    assert order[-1] == "confirmed"
    assert order.count("confirmed") == 1


def test_a_full_disk_is_told_with_the_file_that_found_no_room(
    home: Path, objects: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("adapters.local.durable.os.write", full)
    with pytest.raises(OSError, match="No space left on device") as told:
        objects.put(KEY, BODY)
    monkeypatch.undo()
    assert Path(told.value.filename).parent == home / "tmp"
    assert not Path(told.value.filename).exists()
