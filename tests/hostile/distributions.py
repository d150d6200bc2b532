"""Wheels and source distributions of a project `foo` at 1.0, most of them with something wrong in them."""

from tests.hostile.choices import Choices
from tests.hostile.names import HEADER_LINES, PATHS
from tests.hostile.tars import Entry, tarred
from tests.hostile.zips import Member, zipped
from tests.wheels import make_record, make_wheel_file

WHEEL = "foo-1.0-py3-none-any.whl"
SDIST = "foo-1.0.tar.gz"
ZIP_SDIST = "foo-1.0.zip"

_INFO = "foo-1.0.dist-info"
_BOMB = 600_000
_RECORD_LINES = (
    b"foo/__init__.py,sha256=AAAA,1\n",
    b"nowhere.py,,\n",
    b'"unclosed,,\n',
    b"a,b,c,d\n",
    b"\xff,,\n",
    b"../x,,\n",
    b"foo/__init__.py,md5=AAAA,1\n",
    b"\0,,\n",
    b"x" * 10_000 + b",,\n",
)
_WHEEL_FILES = (
    b"Wheel-Version: 2.0\nTag: py3-none-any\n",
    b"Wheel-Version: 1.0\nWheel-Version: 9.0\nTag: py3-none-any\n",
    b"Wheel-Version: 1.0\nTag: py2-none-any\n",
    b"Wheel-Version: 1.0\n",
    b"Wheel-Version: 1.0\nTag: " + b".".join([b"a"] * 100) + b"-" + b".".join([b"b"] * 100) + b"-any\n",
    b"\xff\xfe",
    b"",
)


def metadata(choices: Choices) -> bytes:
    """METADATA or PKG-INFO."""
    lines = [b"Metadata-Version: 2.1", b"Name: foo", b"Version: 1.0"]
    for _ in range(max(0, choices.number(8) - 5)):
        lines.insert(choices.number(len(lines) + 1), choices.one_of(HEADER_LINES))
    ends = choices.one_of((b"\n",) * 6 + (b"\r\n", b"\r"))
    body = choices.one_of((b"", b"# A thing", b"\xff\xfe", b"x" * 5000, b"[" * 3000, b"From nobody\nName: bar\n"))
    whole = choices.one_of((b"",) * 30 + (b"\xef\xbb\xbf", b"\n", b"\xff\xfe")) + ends.join([*lines, b"", body])
    return choices.mutated(whole) if choices.chance(12) else whole


def wheel(choices: Choices) -> bytes:
    """A wheel."""
    files: dict[bytes, bytes] = {b"foo/__init__.py": b"x = 1\n"}
    for _ in range(max(0, choices.number(6) - 3)):
        files[choices.one_of(PATHS)] = choices.one_of((b"data",) * 6 + (b"", bytes(3000), bytes(_BOMB)))
    files[f"{_INFO}/METADATA".encode()] = metadata(choices)
    files[f"{_INFO}/WHEEL".encode()] = choices.one_of((make_wheel_file(),) * 40 + _WHEEL_FILES)
    if choices.chance(6):
        files[f"{_INFO}/entry_points.txt".encode()] = choices.mutated(b"[console_scripts]\nfoo = foo:main\n")
    if choices.chance(30):
        files |= {b"foo/%d" % number: b"" for number in range(200)}
    record = make_record({name.decode("utf-8", "replace"): raw for name, raw in files.items()}, f"{_INFO}/RECORD")
    if choices.chance(20):
        record += choices.one_of(_RECORD_LINES)
    if choices.chance(20):
        record = choices.mutated(record)
    files[f"{_INFO}/RECORD".encode()] = record
    method = 0 if choices.chance(4) else 8
    whole = zipped(choices, [Member(name, raw, method) for name, raw in files.items()])
    return choices.mutated(whole) if choices.chance(8) else whole


def sdist(choices: Choices) -> bytes:
    """A .tar.gz."""
    entries = [
        Entry(b"foo-1.0/PKG-INFO", metadata(choices)),
        Entry(b"foo-1.0/pyproject.toml", b"[project]\n"),
        Entry(b"foo-1.0/src/foo.py", b"x = 1\n" * 200),
    ]
    if choices.chance(3):
        entries.insert(0, Entry(b"foo-1.0/", kind=b"5"))
    if choices.chance(3):
        entries.append(Entry(b"foo-1.0/d/link", kind=choices.one_of((b"2", b"1")), target=b"../PKG-INFO"))
    entries += [_stray(choices) for _ in range(max(0, choices.number(4) - 2))]
    if choices.chance(30):
        entries += [Entry(b"foo-1.0/%d" % number) for number in range(200)]
    whole = tarred(choices, entries)
    return choices.mutated(whole) if choices.chance(8) else whole


def _stray(choices: Choices) -> Entry:
    return Entry(b"foo-1.0/" + choices.one_of(PATHS)[:91], choices.one_of((b"data",) * 6 + (b"", bytes(_BOMB))))


def zip_sdist(choices: Choices) -> bytes:
    """A .zip, as bulk imports know it."""
    files = {b"foo-1.0/PKG-INFO": metadata(choices), b"foo-1.0/setup.py": b"", b"foo-1.0/": b""}
    for _ in range(max(0, choices.number(4) - 2)):
        files[b"foo-1.0/" + choices.one_of(PATHS)] = choices.one_of((b"data",) * 6 + (b"", bytes(_BOMB)))
    whole = zipped(choices, [_member(name, raw) for name, raw in files.items()])
    return choices.mutated(whole) if choices.chance(8) else whole


def _member(name: bytes, raw: bytes) -> Member:
    return Member(name, raw, 0, 0o040755) if name.endswith(b"/") else Member(name, raw)


KINDS = ((WHEEL, wheel), (SDIST, sdist), (ZIP_SDIST, zip_sdist))
"""Filenames and what makes such files."""
