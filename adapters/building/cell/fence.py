"""What a process can forbid itself where it may have no namespaces: files (Landlock) and sockets (seccomp)."""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable

from adapters.building.cell.system import PR_SET_SECCOMP, prctl, syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
# landlock(7): which rights a version of it knows.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE, _IOCTL = 1, 2, 4, 8, 1 << 14, 1 << 15
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_SIGNALS_FROM, _SCOPES = 6, 3
# seccomp(2): by machine, its audit number and the number of socket(2). io_uring makes sockets too.
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_IO_URING_SETUP, _X32 = 425, 0x40000000
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06


def landlock_version() -> int:
    """Which Landlock this system has; 0 for none."""
    try:
        return syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except OSError:
        return 0


def forbid_files(readable: Iterable[str], writable: Iterable[str]) -> None:
    """Leave nothing but what is in these files and folders."""
    version = landlock_version()
    rights = (1 << max(bits for since, bits in _FILE_RIGHTS.items() if since <= version)) - 1
    ruleset = (ctypes.c_uint64 * 3)(rights, 0, _SCOPES if version >= _SIGNALS_FROM else 0)
    size = ctypes.sizeof(ruleset) if version >= _SIGNALS_FROM else 8
    rules = syscall(_CREATE_RULESET, ruleset, ctypes.c_size_t(size), ctypes.c_uint32(0))
    for paths, granted in ((readable, _READING), (writable, rights)):
        for path in paths:
            _grant(rules, path, granted & rights)
    syscall(_RESTRICT_SELF, rules, ctypes.c_uint32(0))
    os.close(rules)


def _grant(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    rights &= -1 if os.path.isdir(path) else _OF_A_FILE  # noqa: PTH112 - this program is to start fast
    beneath = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor))
    syscall(_ADD_RULE, rules, _RULE_PATH_BENEATH, beneath, ctypes.c_uint32(0))
    os.close(descriptor)


def forbid_sockets() -> None:
    """Have every attempt to make a socket fail; pairs of them remain."""
    audit, socket = _MACHINES[platform.machine()]
    program = [
        (_LOAD, 0, 0, 4),  # of what machine the call is
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # its number
        (_AT_LEAST, 3, 0, _X32),
        (_EQUAL, 2, 0, socket),
        (_EQUAL, 1, 0, _IO_URING_SETUP),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    ]
    code = b"".join(struct.pack("=HBBI", *line) for line in program)
    lines = ctypes.create_string_buffer(code)
    # struct sock_fprog: a count, then at the next pointer's place where the lines are.
    prog = struct.pack("@HP", len(program), ctypes.addressof(lines))
    buffer = ctypes.create_string_buffer(prog)
    prctl(PR_SET_SECCOMP, 2, ctypes.addressof(buffer))
