"""The version that a tag says, for build backends that else ask git: of what GitHub packs there is no history."""

import re

_LONGEST = 100
# As `packaging` writes versions (PEP 440), and nothing else.
_VERSION = re.compile(
    r"(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?(\+[a-z0-9]+(\.[a-z0-9]+)*)?",
    re.ASCII,
)
# setuptools-scm, which hatch-vcs asks too, and pdm-backend.
_NAMES = ("SETUPTOOLS_SCM_PRETEND_VERSION", "PDM_BUILD_SCM_VERSION")


def environment(version: str | None) -> dict[str, str]:
    """What a build backend finds in its environment; nothing if no version is told.

    Raises:
        ValueError: it is no version.
    """
    if version is None:
        return {}
    if len(version) > _LONGEST or not _VERSION.fullmatch(version):
        raise ValueError("a version is told as `packaging` writes it")
    return dict.fromkeys(_NAMES, version)
