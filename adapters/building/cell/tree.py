"""A tree of files of one's own, in a mount namespace of one's own: nothing of the machine's is left but what is named.

For machines without bubblewrap, which does the same.
"""

import ctypes
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from adapters.building.cell.system import call, syscall

_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC = 1, 2, 4, 8, 32, 4096, 16384
_DETACH = 2
# statvfs(3) and mount(2) count the same flags but these alike; a user namespace may not take away any.
_KEPT = {2: 2, 4: 4, 8: 8, 1024: 1024, 2048: 2048, 4096: 1 << 21}
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE = 442, -100, 0x8000
_DEVICES = ("null", "zero", "full", "random", "urandom")
# What of /proc the owner of the machine's files could write to.
_COVERED = ("sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi")
_SHARED_MEMORY = 64 * 1024 * 1024


def enter(root: str, entries: Sequence[Mapping[str, str]]) -> None:
    """Make a tree at the empty folder `root` and go to where nothing else is.

    Args:
        root: hidden afterwards.
        entries: in the order in which they are made: `kind`, which is ``read``, ``write``, ``link`` or ``hide``;
            the absolute `place`; and a `source` or target.
    """
    _mount("tmpfs", root, "tmpfs", _NOSUID | _NODEV, "size=4m,mode=755")
    for entry in entries:
        place = f"{root}{entry['place']}"
        match entry["kind"]:
            case "read" | "write":
                _bind(entry["source"], place, writable=entry["kind"] == "write")
            case "link":
                Path(place).parent.mkdir(parents=True, exist_ok=True)
                Path(place).symlink_to(entry["source"])
            case "hide":
                _mount("tmpfs", place, "tmpfs", _NOSUID | _NODEV | _RDONLY, "size=4k,mode=755")
    _make_devices(f"{root}/dev")
    _make_proc(f"{root}/proc")
    old = f"{root}/.old"
    Path(old).mkdir()
    call("pivot_root", os.fsencode(root), os.fsencode(old))
    os.chdir("/")
    call("umount2", b"/.old", _DETACH)
    Path("/.old").rmdir()
    _mount(None, "/", None, _REMOUNT | _RDONLY | _NOSUID | _NODEV)


def _make_devices(dev: str) -> None:
    Path(dev).mkdir()
    for name in _DEVICES:
        Path(dev, name).touch()
        _mount(f"/dev/{name}", f"{dev}/{name}", None, _BIND)
    for name, target in {"fd": "fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}.items():
        Path(dev, name).symlink_to(f"/proc/self/{target}")
    Path(dev, "shm").mkdir()
    _mount("tmpfs", f"{dev}/shm", "tmpfs", _NOSUID | _NODEV, f"size={_SHARED_MEMORY},mode=1777")


def _make_proc(proc: str) -> None:
    """Of the processes in here alone. Where the machine hides parts of its own nobody may have one: there is none."""
    Path(proc).mkdir()
    try:
        _mount("proc", proc, "proc", _NOSUID | _NODEV | _NOEXEC)
    except OSError:
        return
    for name in _COVERED:
        if Path(proc, name).exists():
            _bind(f"{proc}/{name}", f"{proc}/{name}", writable=False)


def _bind(source: str, place: str, *, writable: bool) -> None:
    if Path(source).is_dir():
        Path(place).mkdir(parents=True, exist_ok=True)
    elif not Path(place).exists():
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).touch()
    _mount(source, place, None, _BIND | _REC)
    _restrict(place, _NOSUID | _NODEV | (0 if writable else _RDONLY))


def _restrict(place: str, flags: int) -> None:
    # struct mount_attr: attr_set, attr_clr, propagation, userns_fd. The attributes have the numbers of the flags.
    attributes = (ctypes.c_uint64 * 4)(flags, 0, 0, 0)
    with suppress(OSError):
        syscall(_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(place), _AT_RECURSIVE, attributes, ctypes.sizeof(attributes))
        return
    kept = os.statvfs(place).f_flag
    known = sum(ours for theirs, ours in _KEPT.items() if kept & theirs)
    _mount(None, place, None, _BIND | _REMOUNT | flags | known)


def _mount(source: str | None, place: str, kind: str | None, flags: int, options: str | None = None) -> None:
    texts = [None if text is None else os.fsencode(text) for text in (source, place, kind, options)]
    call("mount", *texts[:3], ctypes.c_ulong(flags), texts[3])
