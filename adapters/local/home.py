"""The folder in which an index on one machine keeps everything."""

import fcntl
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import asdict, frozen

from adapters.local import locks
from domain.site_settings import Edition, SiteSettings

_UNKNOWN = Edition("unknown", SiteSettings(""))
"""Pages are of different editions, or what is recorded cannot be read: all are adapted to be sure of them."""


class HomeUnusable(Exception):
    """The folder cannot be used; the text says what to do."""


@frozen
class Home:
    """Layout of a home. Only `site` is ever served; `secrets` is for its owner's eyes."""

    path: Path

    @property
    def database(self) -> Path:
        """Events, claims, catalogue and the queue of pages that are due."""
        return self.path / "events.db"

    @property
    def site(self) -> Path:
        """The static objects; keys are URL paths."""
        return self.path / "site"

    @property
    def blobs(self) -> Path:
        """The bytes of all files."""
        return self.path / "blobs"

    @property
    def logs(self) -> Path:
        """Access logs, whoever wrote them; below it any folders and names."""
        return self.path / "logs"

    @property
    def usage(self) -> Path:
        """The downloads behind the figures, a file for each day and package."""
        return self.path / "usage"

    @property
    def builds(self) -> Path:
        """What builds from repositories leave until it is published; a build sees nothing else of the home."""
        return self.path / "builds"

    @property
    def build_logs(self) -> Path:
        """What was said while repositories were published."""
        return self.path / "build-logs"

    @property
    def unnamed(self) -> Path:
        """Since when there are which blobs that no event names."""
        return self.path / "unnamed.json"

    @property
    def tmp(self) -> Path:
        """Whatever is being written; on the same file system as all else."""
        return self.path / "tmp"

    @property
    def secrets(self) -> Path:
        """Mode 0700."""
        return self.path / "secrets"

    def prepare(self) -> None:
        """Make the folders, and close to others what is not for them, as a copy may have come back open.

        Raises:
            HomeUnusable: something is in the way, or cannot be written.
        """
        try:
            for folder in (self.path, self.site, self.blobs, self.tmp, self.logs, self.usage, self.build_logs):
                folder.mkdir(parents=True, exist_ok=True)
            self.secrets.mkdir(mode=0o700, exist_ok=True)
            self.secrets.chmod(0o700)
            for file in self.path.glob(f"{self.database.name}*"):
                file.chmod(0o600)
            for lock in (*self.path.glob("*.lock"), *self.tmp.glob("lock")):
                with suppress(PermissionError):  # another user's, who may hold it
                    lock.chmod(locks.MODE)
        except OSError as error:
            raise HomeUnusable(f"Cannot use {self.path} as home: {error.strerror}. Give another with --home.") from None
        self._check()

    def require(self) -> None:
        """Be sure that this is a home with events.

        Raises:
            HomeUnusable: it is not, or cannot be written.
        """
        if not self.database.is_file() and not self.has_lost_its_events():
            raise HomeUnusable(
                f"There is no index in {self.path}. Give its home with --home, or start one with `sls-pypi serve`."
            )
        self._check()

    def _check(self) -> None:
        """Readers write too: SQLite takes notes beside its file."""
        if self.has_lost_its_events():
            raise HomeUnusable(
                f"{self.database} is missing or empty, but {self.blobs} holds files: restore it from a backup, or give"
                " another home with --home."
            )
        for link in self._links():
            raise HomeUnusable(
                f"{link} is a link: let {self.site} as a whole be one, as pages below it would be missed."
            )
        for mounted in self._mounts():
            raise HomeUnusable(
                f"{mounted} is on another disk than {self.site}: let {self.site} as a whole be on it, as files are"
                " renamed into their place."
            )
        for path in (self.path, self.database):
            if path.exists() and not os.access(path, os.W_OK):
                raise HomeUnusable(
                    f"Cannot use {self.path} as home: this user cannot write {path}. Make it writable, or give another"
                    " with --home."
                )

    def _links(self) -> Sequence[str]:
        """Links to folders where only folders are expected."""
        if not self.site.is_dir():
            return ()
        with os.scandir(self.site) as found:
            return [entry.path for entry in found if entry.is_symlink() and entry.is_dir()]

    def _mounts(self) -> Sequence[str]:
        """Folders of other file systems where those of one are expected."""
        if not self.site.is_dir():
            return ()
        own = _disk(os.fspath(self.site))
        with os.scandir(self.site) as found:
            return [entry.path for entry in found if entry.is_dir() and _disk(entry.path) != own]

    def has_lost_its_events(self) -> bool:
        """Whether there are files, and nothing that says what they are."""
        known = self.database.is_file() and self.database.stat().st_size > 0
        # In packages' folders: a disk of its own has a folder, too, for what its system found.
        return not known and any(True for _ in self.blobs.glob("*/*"))

    def of_others(self) -> Iterator[Path]:
        """What belongs to another user than the home does, as far as one has to look to notice: two levels deep."""
        owner = self.path.stat().st_uid
        for path in (*self.path.iterdir(), *self.path.glob("*/*")):
            with suppress(FileNotFoundError):
                if path.lstat().st_uid != owner:
                    yield path

    @contextmanager
    def alone(self, role: str) -> Iterator[bool]:
        """Be the one process in this role, ``serve`` or ``worker``; yields whether this is it.

        The role is given up at the end, at the latest with the process.
        """
        with self._lock(role) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextmanager
    def turn(self, role: str) -> Iterator[None]:
        """Wait until no other process is in this role, however long it takes, and be it."""
        with self._lock(role) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                logging.warning("another `sls-pypi %s` runs on %s: waiting for its end", role, self.path)
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _lock(self, role: str) -> Iterator[int]:
        lock = locks.opened(str(self.path / f"{role}.lock"))
        try:
            yield lock
        finally:
            os.close(lock)

    def shown_edition(self) -> Edition | None:
        """What all pages were written with; equal to no other edition while they differ; None before the first page."""
        return self._recorded("shown")

    def wanted_edition(self) -> Edition | None:
        """What pages are written with from now on. None if nothing can be read."""
        wanted = self._recorded("wanted")
        return None if wanted is _UNKNOWN else wanted

    def record_edition(self, edition: Edition, *, adapting: bool = False) -> None:
        """Remember that all pages are of this edition, or will be when they are adapted; survives a crash."""
        # Not what they were before: some are of the new one soon, also if that is given up half way.
        shown = _UNKNOWN if adapting else edition
        draft = self.tmp / f"site-{os.getpid()}.json"
        with draft.open("w") as file:
            json.dump({"shown": asdict(shown), "wanted": asdict(edition)}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "site.json")

    def _recorded(self, which: str) -> Edition | None:
        try:
            recorded = json.loads((self.path / "site.json").read_text())[which]
            return Edition(recorded["software"], SiteSettings(**recorded["settings"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            return _UNKNOWN


def _disk(path: str) -> int:
    return os.stat(path).st_dev  # noqa: PTH116 - for each folder, at each start
