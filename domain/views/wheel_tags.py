"""Where a wheel runs, in words (PEP 425, 513, 600, 656, 730, 738). What is not known stays as it is spelt."""

import re
from functools import lru_cache

_REMEMBERED = 4096
_PYTHONS = {"py": "Python", "cp": "CPython", "pp": "PyPy", "graalpy": "GraalPy", "ip": "IronPython", "jy": "Jython"}
_PYTHON = re.compile(r"([a-z]+)(\d)_?(\d*)")
_SYSTEMS = (
    (re.compile(r"manylinux(?:1|2010|2014|_\d+_\d+)_(\w+)"), "Linux {}"),
    (re.compile(r"musllinux_\d+_\d+_(\w+)"), "Linux {} (musl)"),
    (re.compile(r"linux_(\w+)"), "Linux {}"),
    (re.compile(r"macosx_\d+_\d+_universal2?"), "macOS"),
    (re.compile(r"macosx_\d+_\d+_(\w+)"), "macOS {}"),
    (re.compile(r"win32"), "Windows 32-bit"),
    (re.compile(r"win_amd64"), "Windows x86_64"),
    (re.compile(r"win_(\w+)"), "Windows {}"),
    (re.compile(r"ios_\d+_\d+_(\w+)"), "iOS {}"),
    (re.compile(r"android_\d+_(\w+)"), "Android {}"),
    (re.compile(r"any"), "any system"),
)


def in_words(filename: str) -> str:
    """Like ``CPython 3.12 on Linux x86_64``, told from a wheel's filename."""
    python, abi, platform = filename.removesuffix(".whl").rsplit("-", 3)[1:]
    return _said(python, abi, platform)


@lru_cache(_REMEMBERED)
def _said(python: str, abi: str, platform: str) -> str:
    later = " and later" if "abi3" in abi.split(".") else ""
    threads = " free-threaded" if re.search(r"cp\d+t\b", abi) else ""
    pythons = " or ".join(dict.fromkeys(_python(tag) for tag in python.split(".")))
    systems = ", ".join(dict.fromkeys(_system(tag) for tag in platform.split(".")))
    return f"{pythons}{later}{threads} on {systems}"


def _python(tag: str) -> str:
    match = _PYTHON.fullmatch(tag)
    if match is None or match[1] not in _PYTHONS:
        return tag
    major, minor = match[2], match[3]
    return f"{_PYTHONS[match[1]]} {major}{'.' if minor else ''}{minor}"


def _system(tag: str) -> str:
    for pattern, words in _SYSTEMS:
        if match := pattern.fullmatch(tag):
            return words.format(*match.groups())
    return tag
