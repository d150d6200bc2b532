"""User agents of all kinds, and what each of them says: the code that sends them knows, so nobody has to parse them."""

import json
from collections.abc import Mapping
from random import Random
from typing import NamedTuple
from urllib.parse import quote

_SAFE = "/-._~:;,=()@*+&!$?'"


class Told(NamedTuple):
    """What an agent says; `kind` is ``download``, ``mirror``, ``bot`` or ``malformed``, and what is unsaid is empty."""

    kind: str
    installer: str = ""
    version: str = ""
    python: str = ""
    system: str = ""
    ci: bool = False
    text: str = ""


MALFORMED = Told("malformed")

_LONG = "x" * 7_000
_PLAIN: Mapping[str, Told] = {
    "": Told("download"),
    "bandersnatch/6.5.0 (cpython 3.11.2-final0, Linux x86_64) (aiohttp 3.9.1)": Told("mirror"),
    "devpi-server/6.14.0 (py3.11.2; linux)": Told("mirror"),
    "Artifactory/7.77.5 77705900": Told("mirror"),
    "Nexus/3.70.1-02 (OSS; Linux; 5.15; amd64; 17.0.11)": Told("mirror"),
    "pep381client/1.5": Told("mirror"),
    "z3c.pypimirror/1.0.16": Told("mirror"),
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": Told("bot"),
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)": Told("bot"),
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0": Told("download", "browser"),
    "curl/8.5.0": Told("download", "browser"),
    'curl/8.5.0 "quoted", and more': Told("download", "browser"),
    "Wget/1.21.4": Told("download", "browser"),
    f"Mozilla/5.0 {_LONG}": Told("download", "browser"),
    "poetry/2.2.1 CPython/3.13.7 Linux/6.8.0-45-generic": Told("download", "poetry", "2.2.1", "3.13", "Linux"),
    "pdm/2.29.4 CPython/3.11.7 Linux/6.18": Told("download", "pdm", "2.29.4", "3.11", "Linux"),
    "pdm/2.10.0 PyPy/3.10 Darwin/23": Told("download", "pdm", "2.10.0", "3.10", "Darwin"),
    "pip/1.4.1 CPython/2.7.5 Windows/7": Told("download", "pip", "1.4.1", "2.7", "Windows"),
    "uv/0.1.5": Told("download", "uv", "0.1.5"),
    "python-requests/2.32.3": Told("download", "requests", "2.32.3"),
    "unheard-of client": Told("download"),
    "=1+1|cmd": Told("download"),
    "@sum(A1)": Told("download"),
    "gr\u00fc\u00dfe \U0001f40d \u4e16\u754c": Told("download"),
    "50% off; a+b": Told("download"),
}
_BAD = ("pip/25%zz", "uv/0.9%2", "curl/8%", "caf%E9/1.0", "pip/%C3%28")
_SYSTEMS = ("Linux", "Darwin", "Windows", "")
_PYTHONS = ("3.9.21", "3.11.2", "3.13.0", "3.14.0rc2", "")


def agent(random: Random) -> tuple[str, Told]:
    """An agent as it stands in a log, and what it says."""
    choice = random.random()
    if choice < 0.06:
        return random.choice(_BAD), MALFORMED
    if choice < 0.5:
        text, told = random.choice(list(_PLAIN.items()))
        return _logged(random, text), told._replace(text=text[:512] if told.kind == "download" else "")
    text, told = _structured(random)
    return _logged(random, text), told


def _structured(random: Random) -> tuple[str, Told]:
    """Like pip's, uv's and hatch's."""
    name = random.choice(["pip", "uv", "Hatch", "pip"])
    version = random.choice(["25.3", "0.9.11", "1.18.2"])
    python, system, ci = random.choice(_PYTHONS), random.choice(_SYSTEMS), random.random() < 0.3
    data = {
        "ci": True if ci else None,
        "cpu": "x86_64",
        "distro": {"name": "Gr\u00fcn \u2603", "version": "12"},
        "installer": {"name": name.lower() if name != "Hatch" else "hatch", "version": version},
        "python": python or None,
        "system": {"name": system or None, "release": "6.8"},
    }
    after = " HTTPX2/2.16.2" if name == "Hatch" else ""
    kept = _compact(data)
    sent = _compact({**data, "user_data": 'secret of alice, "here" {'}) if random.random() < 0.3 else kept
    short = ".".join(python.split(".")[:2])
    told = Told("download", name.lower(), version, short, system, ci, f"{name}/{version} {kept}{after}"[:512])
    return f"{name}/{version} {sent}{after}", told


def _compact(data: Mapping[str, object]) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=True)


def _logged(random: Random, text: str) -> str:
    """As CloudFront may write it; it always encodes blanks, what is no ASCII, and the percent sign itself."""
    return quote(text, safe=random.choice([_SAFE, _SAFE + '"{}', ""])) or "-"
