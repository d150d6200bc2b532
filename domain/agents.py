"""Who made a request, by its user agent.

The forms are those that PyPI's linehaul knows, and what installers send today. `docs/counting.md` says the same in
prose; `domain.downloads.RULES` has to change with either.
"""

import json
import re
from contextlib import suppress
from enum import StrEnum
from typing import Any

from attrs import evolve, frozen

from domain.bots import is_bot


class Kind(StrEnum):
    """What requests of an agent are."""

    DOWNLOAD = "download"
    MIRROR = "mirror"
    BOT = "bot"


@frozen(cache_hash=True)
class Agent:
    """What a user agent says.

    Attributes:
        installer: one of `INSTALLERS`.
        version: the installer's.
        python: like ``3.13``.
        system: name of the platform, like ``Linux``.
        ci: whether it says that it runs in continuous integration.
        text: what may be kept of it: without pip's `user_data`, at most 512 characters.
    """

    kind: Kind
    installer: str
    version: str | None
    python: str | None
    system: str | None
    ci: bool
    text: str


INSTALLERS = (
    "pip",
    "uv",
    "poetry",
    "pdm",
    "hatch",
    "twine",
    "conda",
    "bazel",
    "setuptools",
    "distribute",
    "pex",
    "maturin",
    "requests",
    "homebrew",
    "os",
    "browser",
    "unknown",
)

_MIRRORS = ("bandersnatch", "devpi", "devpi-server", "z3c.pypimirror", "artifactory", "nexus", "pep381client")
_UNKNOWN = "unknown"
_LONGEST = 20_480  # CloudFront takes no more bytes of headers
_LONGEST_START = 1024  # who they are, agents say at their beginning
_LONGEST_TEXT = 512
_LONGEST_WORD = 64
_FLAGS = re.ASCII | re.IGNORECASE

# All of these take linear time: what follows a repetition is nothing that could be repeated.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BEFORE_JSON = re.compile(r"[^\s/]+/\S+ +(?=\{)")
_USER_DATA = re.compile(r"user_data|\\u00[2-7]", re.IGNORECASE)  # or an escape with which it could be spelled
_PYTHON = re.compile(r"([2-9]\.(?:0|[1-9][0-9]?))(?:[.+a-z-][0-9A-Za-z.+-]*)?")
_MIRROR = re.compile(
    r"(?:bandersnatch|devpi(?:-server)?|z3c\.pypimirror|artifactory|nexus|pep381client(?:-proxy)?)(?:/|$)", _FLAGS
)
_MIRROR_LATER = re.compile(r" devpi-server/", _FLAGS)
_NAMED = re.compile(
    r"(pip|uv|poetry|pdm|hatch|twine|conda|setuptools|distribute|pex|maturin|homebrew)/([0-9]\S*)", _FLAGS
)
_BAZEL = re.compile(r"bazel/(?:release +)?(\S+)", _FLAGS)
_PEX = re.compile(r" pex/([0-9]\S*)$")
_ON_URLLIB = re.compile(r"Python-urllib/\S+ (setuptools|distribute)/(\S+)")
_REQUESTS = re.compile(r"python-requests/(\S+)", _FLAGS)
_URLLIB = re.compile(r"(?:^| )Python-urllib/(\S+)")
_PLATFORM = re.compile(
    r" (CPython|PyPy|Jython|IronPython|GraalVM|GraalPy|Pyston)/(\S+)"
    r"(?: (Linux|Darwin|Windows|(?:Free|Open|Net)BSD|DragonFly|SunOS|AIX|Java|(?:CYGWIN|MINGW|MSYS)[\w.-]*)/)?"
)
_MACHINE = re.compile(r" \((Macintosh|Linux)\b")
_OS = re.compile(
    r"(?:fetch )?libfetch/|OpenBSD ftp$|MacPorts|NetBSD-ftp/|slapt-get|pypi-install/|slackrepo$|PTXdist|GARstow/|xbps/"
)
_BROWSER = re.compile(
    r"(?:Mozilla|Safari|Opera|Firefox|UCWEB|Links|Lynx|wget2?|curl|aria2|AndroidDownloadManager|FDM [^\s/]+|URL/Emacs"
    r"|com\.apple\.WebKit\.Networking|okhttp|Apache-HttpClient)(?:/|$)",
    _FLAGS,
)

# Of these the version of the implementation is Python's, whatever implements it.
_TELLS_PYTHON = ("poetry", "pdm")
_PLATFORMS = {"Macintosh": "Darwin", "Linux": "Linux"}

_decoder = json.JSONDecoder()


@frozen
class _Said:
    """What an agent says about itself; None where it says nothing."""

    name: str | None = None
    version: str | None = None
    python: str | None = None
    system: str | None = None
    ci: bool = False


def parse_agent(agent: str) -> Agent:
    """What the agent says; `agent` is decoded. Nothing that anybody sends is an error."""
    text = _CONTROL.sub(" ", agent[:_LONGEST].encode(errors="replace").decode()).strip()
    kept, data = _read(text)
    kind, said = _told(text[:_LONGEST_START], data)
    installer = said.name if said.name in INSTALLERS else _UNKNOWN
    return Agent(kind, installer, said.version, said.python, said.system, said.ci, kept[:_LONGEST_TEXT].rstrip())


def _told(start: str, data: dict[str, Any] | None) -> tuple[Kind, _Said]:
    """What is said by the start of a text, and by its JSON."""
    if _MIRROR.match(start) or _MIRROR_LATER.search(start):
        return Kind.MIRROR, _Said()
    said = _installer(start)
    if data is not None:
        said = _structured(data, said or _Said())
    if said is not None and said.name in _MIRRORS:
        return Kind.MIRROR, _Said()
    if said is not None and said.name is not None:
        return Kind.DOWNLOAD, said
    if is_bot(start):
        return Kind.BOT, _Said()
    fetcher = _fetcher(start)
    return Kind.DOWNLOAD, fetcher if said is None else evolve(said, name=fetcher.name)


def _installer(start: str) -> _Said | None:
    """What an installer says without JSON; None if it is none."""
    if found := _NAMED.match(start) or _ON_URLLIB.match(start):
        return _placed(_Said(found[1].lower(), _word(found[2])), start)
    if found := _BAZEL.match(start):
        return _Said("bazel", _word(found[1]))
    if found := _PEX.search(start):
        return _Said("pex", _word(found[1]))
    return None


def _fetcher(start: str) -> _Said:
    """What anything else says that can fetch a file."""
    if found := _REQUESTS.match(start):
        return _placed(_Said("requests", _word(found[1])), start)
    if _BROWSER.match(start):
        return _Said("browser")
    if _OS.match(start):
        return _Said("os")
    return _placed(_Said(), start) if _URLLIB.match(start) else _Said()


def _placed(said: _Said, start: str) -> _Said:
    """With the Python and the system that are said behind the name."""
    if found := _PLATFORM.search(start):
        is_python = found[1] == "CPython" or said.name in _TELLS_PYTHON
        return evolve(said, python=_python(found[2]) if is_python else None, system=_word(found[3]))
    if found := _URLLIB.search(start):
        return evolve(said, python=_python(found[1]))
    if found := _MACHINE.search(start):
        return evolve(said, system=_PLATFORMS[found[1]])
    return said


def _structured(data: dict[str, Any], said: _Said) -> _Said:
    """What the JSON says, which wins; who it is, the text around it may say instead."""
    installer, system = data.get("installer"), data.get("system")
    installer = installer if isinstance(installer, dict) else {}
    named = _word(installer.get("name"))
    name = named.lower() if named else said.name
    version = _word(installer.get("version")) or (said.version if name == said.name else None)
    platform = _system(system.get("name")) if isinstance(system, dict) else None
    return _Said(name, version, _python(data.get("python")), platform, data.get("ci") is True)


def _python(version: object) -> str | None:
    word = _word(version)
    found = _PYTHON.fullmatch(word) if word else None
    return found[1] if found else None


def _system(name: object) -> str | None:
    word = _word(name)
    return None if word is None or word.lower() == _UNKNOWN else word


def _word(value: object) -> str | None:
    """The value if it is a short text that can be shown."""
    if isinstance(value, str) and len(value) <= _LONGEST_WORD and value.isprintable():
        return value.strip() or None
    return None


def _read(text: str) -> tuple[str, dict[str, Any] | None]:
    """The text without `user_data`, and its JSON; None if there is none that can be read."""
    if before := _BEFORE_JSON.match(text):
        with suppress(ValueError, RecursionError):
            data, end = _decoder.raw_decode(text, before.end())
            source = text[before.end() : end]
            if _USER_DATA.search(source):
                source = json.dumps(_without_user_data(data), separators=(",", ":"))
            return _until_user_data(before[0]) + source + _until_user_data(text[end:]), data
    return _until_user_data(text), None


def _without_user_data(value: object) -> object:
    match value:
        case dict():
            kept = {key: _without_user_data(of) for key, of in value.items() if not _says_user_data(key)}
            return {key: of for key, of in kept.items() if not _says_user_data(of)}
        case list():
            return [_without_user_data(item) for item in value if not _says_user_data(item)]
        case _:
            return value


def _says_user_data(value: object) -> bool:
    return isinstance(value, str) and bool(_USER_DATA.search(value))


def _until_user_data(text: str) -> str:
    """For what cannot be read: nothing from where `user_data` may begin."""
    found = _USER_DATA.search(text)
    return text[: found.start()].rstrip(' ,"\\{') if found else text
