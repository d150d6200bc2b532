"""What a build sees of the machine, and where: a tree of files with nothing in it but what is named."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

# What programs of the system need to run, and pip to find an index.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/etc/alternatives")
LINKER = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld-musl-x86_64.path", "/etc/localtime")
_NAMES = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/os-release", "/etc/debian_version")
NETWORK = (*_NAMES, "/etc/ssl", "/etc/pki", "/etc/ca-certificates")


@frozen
class Mount:
    """A file or folder of the machine that a build sees, there at `place`."""

    source: Path
    place: str
    writable: bool = False


def prefixes() -> tuple[str, ...]:
    """Where Python is installed, not the environment that it runs in."""
    return tuple(dict.fromkeys(os.path.realpath(prefix) for prefix in (sys.base_prefix, sys.base_exec_prefix)))


def entries_of(mounts: Sequence[Mount], hidden: Sequence[Path], *, network: bool) -> list[dict[str, str]]:
    """All of the tree, what is above before what is below; of equal places the later one counts."""
    made: dict[str, dict[str, str]] = {}
    for path in (*SYSTEM, *LINKER, *(NETWORK if network else ()), *prefixes()):
        if os.path.islink(path) and path in SYSTEM:  # noqa: PTH114 - a text is what is wanted
            made[path] = {"kind": "link", "source": str(Path(path).readlink())}
        elif os.path.exists(path) and path != "/":  # noqa: PTH110 - likewise
            made[path] = {"kind": "read", "source": os.path.realpath(path)}
    for path in (os.path.realpath(folder) for folder in hidden):
        if any(path.startswith(f"{seen}/") for seen, entry in made.items() if entry["kind"] == "read"):
            made[path] = {"kind": "hide", "source": ""}
    for mount in mounts:
        made[mount.place] = {"kind": "write" if mount.writable else "read", "source": str(mount.source)}
    return [{"place": place} | entry for place, entry in sorted(made.items(), key=lambda pair: pair[0].count("/"))]


def bubblewrap_options(entries: Sequence[Mapping[str, str]]) -> list[str]:
    """The same tree for bubblewrap."""
    options = ["--proc", "/proc", "--dev", "/dev", "--size", str(64 * 2**20), "--tmpfs", "/dev/shm"]  # noqa: S108 - its own
    places = {entry["place"] for entry in entries}
    for above in dict.fromkeys(str(path) for place in places for path in reversed(Path(place).parents[:-1])):
        # What bubblewrap makes on its way is for its own user only.
        if places.isdisjoint((above, *map(str, Path(above).parents))):
            options += ["--perms", "0755", "--dir", above]
    for entry in entries:
        place, source = entry["place"], entry["source"]
        match entry["kind"]:
            case "read":
                options += ["--ro-bind", source, place]
            case "write":
                options += ["--bind", source, place]
            case "link":
                options += ["--symlink", source, place]
            case "hide":
                options += ["--size", "4096", "--tmpfs", place, "--remount-ro", place]
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/"]
