"""Files under keys below one root: replaced whole, listed in the order of keys.

A file is made elsewhere and then renamed into place, so that a process that is killed at any point leaves either file
and at worst a spare one, which `leftovers` removes. Whether it is also on disk, for when the machine fails, is for the
folder's purpose: at once, or at the next `flush`.
"""

import hashlib
import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, partial
from io import FileIO
from pathlib import Path

from adapters.keys import check_key, is_key, is_part
from adapters.local import durable, locks

LOCK = "lock"
STAGING = ".staging"
"""In a root that is a file system of its own: where its files are made."""


class Folder:
    """A folder of whole files.

    Args:
        root: what the keys are relative to. Hidden files in it are not ours and have no keys.
        tmp: where files are made; not below root, and shared by all processes that write.
        mode: permissions of the files.
        deferred: leave it to `flush` to bring to disk what was written.
    """

    def __init__(self, root: Path, tmp: Path, mode: int = 0o644, *, deferred: bool = False) -> None:
        self._root = os.fspath(root)
        self._tmp = os.fspath(tmp)
        self._mode = mode
        self._deferred = deferred
        self._unflushed: set[str] = set()
        self._turns = locks.Turns(f"{self._tmp}/{LOCK}")
        self._mutex = threading.Lock()
        self._flushing = threading.Lock()
        for folder in (self._root, self._tmp):
            durable.make_folder(folder)

    def find(self, key: str) -> Path | None:
        """Where the key's file is, if it has one; None if it cannot have one."""
        return Path(self._path(key)) if is_key(key) else None

    def has(self, key: str) -> bool:
        """Whether the key has a file."""
        return is_key(key) and os.path.isfile(self._path(key))

    def opened(self, key: str) -> FileIO | None:
        """The file for reading; None if there is none."""
        if not is_key(key):
            return None
        try:
            return FileIO(self._path(key))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def read(self, key: str) -> bytes | None:
        """The file's bytes; None if there is none."""
        file = self.opened(key)
        if file is None:
            return None
        with file:
            return file.read()

    def sha256(self, key: str) -> str | None:
        """The hexadecimal SHA-256 of the file's bytes, read piece by piece; None if there is none."""
        file = self.opened(key)
        if file is None:
            return None
        with file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def write(self, key: str, body: bytes, permit: Callable[[], None] = lambda: None) -> None:
        """Create or replace the file. `permit` is called while nobody else writes, and may raise to prevent it."""
        check_key(key)
        staged = durable.spare(self._staging)
        durable.write(staged, body, self._mode, sync=not self._deferred)
        self._place(key, staged, permit)
        self._settle()

    def add(self, files: Mapping[str, bytes | Path]) -> None:
        """Create or replace files, some by others that are moved away; all are on disk when this returns.

        A new file has its name before its bytes are on disk, so that the names of all are waited for once. If the
        machine fails meanwhile, a file that nobody was told of may have any bytes, and whoever adds it replaces it.
        """
        for key, content in files.items():
            check_key(key)
            staged = self._staged(content)
            self._place(key, staged, partial(self._guard, key, staged))
        durable.sync_all(self._root, [self._path(key) for key in files])
        self.flush()

    def copy(self, key: str, source: str | Path) -> None:
        """Create or replace the file by another's bytes.

        Raises:
            FileNotFoundError: there is no source.
        """
        check_key(key)
        staged = durable.spare(self._staging)
        durable.copy(source, staged, self._mode, sync=not self._deferred)
        self._place(key, staged)
        self._settle()

    def remove(self, key: str) -> None:
        """Remove the file and the folders that are empty without it; harmless if there is none."""
        if is_key(key):
            self._remove(key)

    def remove_older(self, key: str, than: float) -> bool:
        """Remove the file if it was last made or renewed before this time (seconds); returns whether it was."""
        return is_key(key) and self._remove(key, than)

    def confirm(self, key: str) -> None:
        """Bring the file to disk as if it had just been written: its writer may not have done so yet."""
        path = self._path(key)
        self._note(path, os.path.dirname(path))
        self._settle()

    def flush(self) -> None:
        """Bring to disk whatever was written or removed before."""
        # One at a time: who finds nothing left to do must not return before whoever took it has done it.
        with self._flushing:
            with self._mutex:
                paths, self._unflushed = self._unflushed, set()
            try:
                durable.sync_all(self._root, paths)
            except BaseException:
                with self._mutex:
                    self._unflushed.update(paths)
                raise

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys that start with the prefix, in the order of their bytes; looks only where some can be."""
        folder, slash, start = prefix.rpartition("/")
        if not slash or is_key(folder):
            yield from self._below(folder + slash, start)

    def _below(self, parent: str, start: str = "") -> Iterator[str]:
        try:
            with os.scandir(self._path(parent)) as found:
                entries = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in found]
        except (FileNotFoundError, NotADirectoryError):
            return
        wanted = [(name, is_folder) for name, is_folder in entries if name.startswith(start) and is_part(name)]
        # What lies in a folder sorts by the slash after its name: `a-b` < `a/b` < `ab`.
        for name, is_folder in sorted(wanted, key=lambda entry: os.fsencode(entry[0]) + b"/" * entry[1]):
            if is_folder:
                yield from self._below(f"{parent}{name}/")
            else:
                yield parent + name

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _staged(self, content: bytes | Path) -> str:
        """A spare file of these bytes, or of the file, which is moved away; not on disk yet."""
        staged = durable.spare(self._staging)
        if isinstance(content, bytes):
            durable.write(staged, content, self._mode, sync=False)
        else:
            durable.move(content, staged, self._mode)
        return staged

    def _place(self, key: str, staged: str, permit: Callable[[], None] = lambda: None) -> None:
        path = self._path(key)
        folder = os.path.dirname(path)
        try:
            with self._turns.taken():
                permit()
                try:
                    os.replace(staged, path)
                except FileNotFoundError:
                    self._note(*durable.make_folder(folder))
                    os.replace(staged, path)
                # Its own bytes are on disk already, unless that was deferred.
                self._note(folder, *((path,) if self._deferred else ()))
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(staged)
            raise

    def _guard(self, key: str, staged: str) -> None:
        """A file that is there may be relied on: what replaces it is on disk first, in case the machine fails now."""
        if self.has(key):
            durable.sync(staged)

    def _settle(self) -> None:
        if not self._deferred:
            self.flush()

    def _remove(self, key: str, than: float = math.inf) -> bool:
        path = self._path(key)
        with self._turns.taken():
            try:
                # The change time: nobody can set it, and a copy that came back from elsewhere is new.
                if os.stat(path).st_ctime >= than:
                    return False
                os.unlink(path)
            except OSError:
                if os.path.isfile(path):
                    raise
                return False
            folder = self._without_empty(os.path.dirname(path))
            self._note(folder)
        self._settle()
        return True

    def _note(self, *paths: str) -> None:
        with self._mutex:
            self._unflushed.update(paths)

    def _without_empty(self, folder: str) -> str:
        while folder != self._root:
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)
        return folder

    @cached_property
    def _staging(self) -> str:
        """Where files can be renamed into place from."""
        return durable.beside(self._root, self._tmp, STAGING)
