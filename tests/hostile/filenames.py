"""Filenames of every kind, of which those that are taken mean the same to everybody."""

import re
from pathlib import Path
from urllib.parse import quote

from packaging.utils import parse_sdist_filename, parse_wheel_filename

from domain import routing
from domain.artifacts import Artifact, Sdist, Wheel, parse_filename
from domain.refusals import Invalid
from tests.hostile.choices import Choices
from tests.refusals import check_told_plainly

_PARTS = (
    "foo",
    "Foo",
    "foo_bar",
    "foo.bar",
    "foo-bar",
    "foo__bar",
    "_foo",
    "foo.",
    "con",
    "nul.x",
    "com1",
    "..",
    "~",
    "",
    "\u017foo",
    "f\u043eo",
    "foo\u202egpj",
    "foo\0",
    "foo\n",
    "foo bar",
    "foo%2fbar",
    "x" * 100,
    "$(id)",
    "foo:bar",
)
_VERSIONS = (
    "1.0",
    "1",
    "01.0",
    "1.0.0",
    "1!1.0",
    "1.0+local.1",
    "1.0+LOCAL_1",
    "1.0_1",
    "1.0-1",
    "v1.0",
    "1.0a1",
    "1.0.alpha.1",
    "1.0rc01",
    "1.0.post1.dev2",
    "\u0661.\u0660",
    "1.0+",
    "9" * 300,
    "1" + ".0" * 60,
    "..",
    "",
    "latest",
    "1.0/../2",
    "1.0\\2",
)
_TAGS = (
    "py3-none-any",
    "py2.py3-none-any",
    "cp313-cp313-linux_x86_64",
    "py3-none-any.",
    "py3-none",
    "1-py3-none-any",
    "1a_b-py3-none-any",
    "-py3-none-any",
    "PY3-NONE-ANY",
    "py3-none-..",
    ".".join("abcdefgh") * 9 + "-none-any",
)
_ENDS = (
    ".whl",
    ".tar.gz",
    ".zip",
    ".WHL",
    ".tar.gz.",
    ".tgz",
    ".whl ",
    ".whl\n",
    ".whl.metadata",
    ".tar.gz/x",
    "",
    ".exe",
    ".whl::$DATA",
)
_TAKEN = re.compile(r"(?=.{1,240}\Z)[A-Za-z0-9][A-Za-z0-9._+!~-]*\.(?:whl|tar\.gz|zip)", re.ASCII)
_LONGEST_KEY = 1024


def check(data: bytes, folder: Path) -> str:  # noqa: ARG001 - as all surfaces have it
    """Make up a name and have it read; returns what became of it."""
    choices = Choices(data)
    parts = [choices.one_of(_PARTS), choices.one_of(_VERSIONS)]
    end = choices.one_of(_ENDS[:2] * 6 + _ENDS)
    if end.startswith(".whl") or choices.chance(8):
        parts.append(choices.one_of(_TAGS[:1] * 6 + _TAGS))
    filename = "-".join(parts) + end
    if choices.chance(3):
        filename = choices.mutated(filename.encode()).decode("utf-8", "replace")
    outcome = "refused"
    for old_sdists in (False, True):
        try:
            artifact = parse_filename(filename, old_sdists=old_sdists)
        except Invalid as refusal:
            check_told_plainly(refusal)
        else:
            _it_is_safe(filename)
            _others_read_it_so(artifact, old_sdists=old_sdists)
            outcome = "accepted"
    return outcome


def _it_is_safe(filename: str) -> None:
    """As a file on every system, as an object's key, and as a URL."""
    assert _TAKEN.fullmatch(filename), filename
    assert not filename.endswith((".", " "))


def _others_read_it_so(artifact: Artifact, *, old_sdists: bool) -> None:
    match artifact:
        case Wheel(filename, name, version, build, tags):
            assert parse_wheel_filename(filename) == (name, version, build, tags)
        case Sdist(filename, name, version):
            if not old_sdists:
                assert parse_sdist_filename(filename) == (name, version)
    key = f"packages/{artifact.name}/{artifact.version}/{artifact.filename}"
    assert len(key.encode()) < _LONGEST_KEY
    for url in (f"/{key}", f"/{quote(key)}", "/" + quote(key, safe="/+!~"), f"/{quote(key)}.metadata"):
        suffix = ".metadata" if url.endswith(".metadata") else ""
        assert routing.route("GET", url) == routing.ServeObject(key + suffix), url
