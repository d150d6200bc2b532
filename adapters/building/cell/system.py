"""Calls of Linux that Python has no name for."""

import ctypes
import os

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 24, 36, 38, 22

_LIBC = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> int:
    """Call a function of libc by its name.

    Raises:
        OSError: it failed, or there is none.
    """
    function = getattr(_LIBC, name, None)
    if function is None:
        raise OSError(f"no {name} here")
    answer = int(function(*arguments))
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return answer


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by its number."""
    return call("syscall", ctypes.c_long(number), *arguments)


def prctl(option: int, *arguments: int) -> int:
    """Change something about this process."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return call("prctl", option, *(ctypes.c_ulong(argument) for argument in padded))
