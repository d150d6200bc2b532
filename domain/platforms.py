"""Platform tags that say on which systems a wheel runs (PEP 425, 513, 599, 600, 656, 730, 738, 783).

Data of the reference index. A bare `linux_x86_64` says nothing about the C library, so it is for private indexes only.
"""

import re

from domain.artifacts import Wheel
from domain.policy import Allowance, Policy

_FIXED = frozenset(
    {
        "any",
        "win32",
        "win_amd64",
        "win_arm64",
        "win_ia64",
        "manylinux1_x86_64",
        "manylinux1_i686",
        "manylinux2010_x86_64",
        "manylinux2010_i686",
        "manylinux2014_x86_64",
        "manylinux2014_i686",
        "manylinux2014_aarch64",
        "manylinux2014_armv7l",
        "manylinux2014_ppc64",
        "manylinux2014_ppc64le",
        "manylinux2014_s390x",
        "linux_armv6l",
        "linux_armv7l",
    }
)
_FAMILIES = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"manylinux_\d{1,3}_\d{1,3}_(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x|riscv64)",
        r"musllinux_\d{1,3}_\d{1,3}_(x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64)",
        r"macosx_10_\d{1,2}_(arm64|fat|fat3|fat32|fat64|i386|intel|ppc|ppc64|universal|universal2|x86_64)",
        r"macosx_(1[1-9]|[2-9]\d)_\d{1,2}_(arm64|universal2|x86_64)",
        r"ios_\d{1,3}_\d{1,3}_(arm64_iphoneos|arm64_iphonesimulator|x86_64_iphonesimulator)",
        r"android_\d{1,3}_(armeabi_v7a|arm64_v8a|x86|x86_64)",
        r"pyemscripten_\d{1,4}_\d{1,3}_wasm32",
    )
)
_BARE_LINUX = re.compile(r"linux_[a-z0-9_]+", re.ASCII)


def unsupported(wheel: Wheel, policy: Policy) -> str | None:
    """The first of a wheel's platform tags that this index does not take; None if there is none."""
    for platform in sorted({tag.platform for tag in wheel.tags}):
        private = policy.allows(Allowance.LINUX_TAGS) and is_bare_linux(platform)
        if not private and not says_where_it_runs(platform):
            return platform
    return None


def says_where_it_runs(platform: str) -> bool:
    """Whether installers can tell from this tag where the wheel runs."""
    return platform in _FIXED or any(family.fullmatch(platform) for family in _FAMILIES)


def is_bare_linux(platform: str) -> bool:
    """Whether this tag names Linux and no C library."""
    return _BARE_LINUX.fullmatch(platform) is not None
