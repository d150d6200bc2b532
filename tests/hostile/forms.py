"""Upload forms as nobody should write them, sent over connections as nobody should."""

import base64
import gzip
import hashlib
from functools import cache

from tests.hostile.choices import Choices
from tests.hostile.names import PATHS
from tests.hostile.target import Target, check_answers
from tests.wheels import make_sdist, make_wheel

_BOUNDARIES = (b"xYzZY", b"x", b"-", b"x" * 70, b"x" * 5000, b"a b", b'"', b"", b"\xff", b"x\0", b"'()+_,-./:=?")
_ACTIONS = (b"file_upload", b"submit", b"doc_upload", b"", b"FILE_UPLOAD", b"file_upload\0", b"x" * 9000, b"\xff\xfe")
_VALUES = (
    b"",
    b"UNKNOWN",
    b"\0",
    b"\xff",
    b"a\r\nb",
    b"x" * 5000,
    "ф".encode(),
    b"{}",
    b"' OR 1=1 --",
    b"${x}",
    b"../..",
)
_PARAMETERS = (
    b'; filename="%s"',
    b"; filename=%s",
    b"; filename*=UTF-8''%s",
    b"; filename*=utf-8'en'..%%2f%s",
    b'; filename="%s"; filename="evil.whl"',
    b"; filename=\"evil.whl\"; filename*=UTF-8''%s",
    b'; filename="C:\\\\dir\\\\%s"',
    b'; filename="=?utf-8?b?Li4vZXZpbA==?="; x="%s"',
    b'; FILENAME="%s"',
    b'; filename="%s',
    b'; filename*0="fo"; filename*1="%s"',
)
_PART_HEADERS = (
    b"",
    b"Content-Type: application/octet-stream\r\n",
    b"Content-Type: image/png\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Disposition: form-data; name=name\r\n",
    b"Content-Length: 5\r\n",
    b"X" * 9000 + b": y\r\n",
    b"X: " + b"y" * 9000 + b"\r\n",
    b"A: b\r\n" * 200,
    b" folded\r\n",
    b": x\r\n",
    b"X\0: y\r\n",
    b"X: y\n",
)
_HEADERS = (
    b"Accept: application/json\r\n",
    b"Accept: " + b"a/b;q=0.1," * 500 + b"\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Expect: 100-continue\r\n",
    b"Expect: 200-ok\r\n",
    b"Expect: 100-continue\r\nExpect: 100-continue\r\n",
    b"Connection: close\r\n",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\n",
    b"X-Forwarded-For: 1.2.3.4\r\n",
    b"Cookie: " + b"a=b; " * 300 + b"\r\n",
    b"X: a\rb\r\n",
    b"X: a\0b\r\n",
    b"X: y\n",
    b" folded: x\r\n",
    b"No colon\r\n",
    b"Host: other\r\n",
    b"X: " + b"y" * 70_000 + b"\r\n",
    b"Trailer: X\r\n",
    b"TE: trailers\r\n",
    b"Content-Type: multipart/form-data; boundary=other\r\n",
    b"Authorization: Basic !!!\r\n",
    b"Authorization: Bearer \xff\xfe\r\n",
)
_SECOND = b"GET /simple/smuggled/ HTTP/1.1\r\nHost: x\r\n\r\n"
_MOST_PARTS = 4_000
_CHUNK_SIZES = (
    b"%x",
    b"%X",
    b"0%x",
    b"%x;a=b",
    b'%x;a="b\r\n"',
    b" %x",
    b"%x ",
    b"-%x",
    b"+%x",
    b"0x%x",
    b"%xg",
    b"fffffffffffffffff%x",
)


@cache
def _file(number: int) -> tuple[bytes, bytes]:
    """A good distribution."""
    name, content = (make_sdist if number % 4 == 3 else make_wheel)(f"p{number}", "1.0")
    return name.encode(), content


def _digest(choices: Choices, content: bytes) -> tuple[bytes, bytes]:
    sha256, blake2 = hashlib.sha256(content).hexdigest().encode(), hashlib.blake2b(content, digest_size=32).hexdigest()
    md5 = hashlib.md5(content, usedforsecurity=False)
    return choices.one_of(
        (
            *[(b"sha256_digest", sha256)] * 20,
            (b"sha256_digest", sha256.upper()),
            (b"blake2_256_digest", blake2.encode()),
            (b"md5_digest", md5.hexdigest().encode()),
            (b"md5_digest", base64.b64encode(md5.digest())),
            (b"sha256_digest", b"0" * 64),
            (b"sha256_digest", sha256[:-1]),
            (b"sha256_digest", b"0x" + sha256),
            (b"sha256_digest", "\u0660".encode() * 64),
            (b"sha256_digest", b"sha256=" + sha256),
            (b"blake2_256_digest", sha256),
            (b"md5_digest", b"0" * 32),
            (b"md5_digest", b"\xff" * 32),
        )
    )


def body(choices: Choices, boundary: bytes) -> tuple[bytes, bytes]:
    """A form; returns it and the file that is in it."""
    filename, content = _file(choices.number(24))
    sent = choices.mutated(content) if choices.chance(6) else content
    name = filename.partition(b"-")[0]
    kind = b"bdist_wheel" if filename.endswith(b".whl") else b"sdist"
    parts = [
        (b":action", b"file_upload"),
        (b"protocol_version", b"1"),
        (b"name", name),
        (b"version", b"1.0"),
        (b"filetype", kind),
    ]
    parts += [_digest(choices, content) for _ in range(choices.number(3))]
    if choices.chance(8):
        parts[0] = (b":action", choices.one_of(_ACTIONS))
    for _ in range(max(0, choices.number(8) - 5)):
        match choices.number(4):
            case 0:
                del parts[choices.number(len(parts))]
            case 1:
                parts.append((choices.one_of(parts)[0], choices.one_of(_VALUES)))
            case 2:
                place = choices.number(len(parts))
                parts[place] = (parts[place][0], choices.one_of(_VALUES))
            case _:
                parts.append(
                    (
                        choices.one_of((b"classifiers", b"description", b"", b'a"b', b"\xff", b"content")),
                        choices.one_of(_VALUES),
                    )
                )
    if choices.chance(40):
        parts += [(b"f%d" % number, b"") for number in range(2_100)]
    written = [_part(choices, boundary, key, value) for key, value in parts]
    if choices.chance(6):
        filename = choices.one_of(PATHS)
    for _ in range(choices.one_of((1,) * 24 + (0, 2))):
        parameter = choices.one_of((_PARAMETERS[0],) * 12 + _PARAMETERS) % filename
        written.insert(
            choices.number(len(written) + 1) if choices.chance(3) else len(written),
            _part(choices, boundary, b"content", sent, parameter),
        )
    end = choices.one_of(
        (b"--" + boundary + b"--\r\n",) * 16
        + (b"", b"--" + boundary, b"--" + boundary + b"--", b"--" + boundary + b"--\r\nmore" * 50)
    )
    whole = (
        choices.one_of((b"",) * 16 + (b"\r\n", b"preamble\r\n", b"--" + boundary + b"--\r\n")) + b"".join(written) + end
    )
    return (choices.mutated(whole) if choices.chance(8) else whole), sent


def _part(choices: Choices, boundary: bytes, key: bytes, value: bytes, parameter: bytes = b"") -> bytes:
    more = (
        choices.one_of((b"",) * 40 + _PART_HEADERS)
        if not parameter
        else choices.one_of(_PART_HEADERS[:2] * 10 + _PART_HEADERS)
    )
    kind = choices.one_of((b"form-data",) * 60 + (b"attachment", b"FORM-DATA", b""))
    head = b'Content-Disposition: %s; name="%s"%s\r\n' % (kind, key, parameter)
    return b"--" + boundary + b"\r\n" + head + more + b"\r\n" + value + b"\r\n"


def _framed(choices: Choices, whole: bytes) -> tuple[bytes, bytes, bool]:
    """Header fields and bytes of a body, and whether nobody can doubt where it ends."""
    length = b"Content-Length: %d\r\n" % len(whole)
    match choices.number(48):
        case 0 | 1 | 2:
            return b"Transfer-Encoding: chunked\r\n", _chunked(choices, whole), True
        case 3:
            return length + b"Transfer-Encoding: chunked\r\n", _chunked(choices, whole), False
        case 4:
            return length + b"Content-Length: 5\r\n", whole, False
        case 5:
            return (
                choices.one_of((b"Content-Length : 5\r\n", b"Content-Length: 5, 5\r\n", b"Content-Length: +5\r\n")),
                whole,
                False,
            )
        case 6:
            return (
                choices.one_of((b"Content-Length: -5\r\n", b"Content-Length: 0x5\r\n", b"Content-Length: 1_0\r\n")),
                whole,
                False,
            )
        case 7:
            return (
                choices.one_of((b"Transfer-Encoding:\r\n chunked\r\n", b"Transfer-Encoding : chunked\r\n")),
                _chunked(choices, whole),
                False,
            )
        case 8:
            return (
                choices.one_of((b"Transfer-Encoding: chunked, identity\r\n", b"Transfer-Encoding: \x0bchunked\r\n")),
                whole,
                False,
            )
        case 9:
            return (
                b"Content-Length: %d\r\n" % choices.one_of((0, 5, len(whole) - 1, len(whole) + 40, 10**12, 2**64 + 5)),
                whole,
                False,
            )
        case _:
            return length, whole, True


def _chunked(choices: Choices, whole: bytes) -> bytes:
    parts: list[bytes] = []
    place = 0
    while place < len(whole):
        # What is left of very much is one chunk: where choices have come to their end, each would be of one byte.
        piece = whole[place : place + 1 + choices.number(2000)] if len(parts) < _MOST_PARTS else whole[place:]
        place += len(piece)
        size = choices.one_of((_CHUNK_SIZES[0],) * 60 + _CHUNK_SIZES) % len(piece)
        parts += [size, choices.one_of((b"\r\n",) * 60 + (b"\n", b"\r", b"")), piece, b"\r\n"]
    trailers = choices.one_of((b"",) * 20 + (b"X: y\r\n", b"Content-Length: 5\r\n", b"X: y\r\n" * 3000))
    return b"".join([*parts, choices.one_of((b"0\r\n",) * 20 + (b"", b"0;a\r\n", b"00\n")), trailers, b"\r\n"])


def check(data: bytes, target: Target) -> str:
    """Send a form; returns what the first answer was."""
    choices = Choices(data)
    boundary = choices.one_of((_BOUNDARIES[0],) * 60 + _BOUNDARIES)
    whole, sent = body(choices, boundary)
    headers = b"Host: x\r\nAuthorization: %s\r\n" % _authorization(choices, target)
    kind = choices.one_of(
        (b"multipart/form-data; boundary=",) * 30
        + (b"multipart/mixed; boundary=", b"multipart/form-data;boundary*=", b"text/plain; x=")
    )
    headers += (
        b"Content-Type: "
        + kind
        + choices.one_of((boundary,) * 12 + (b'"' + boundary + b'"', b'"' + boundary))
        + b"\r\n"
    )
    for _ in range(max(0, choices.number(8) - 6)):
        headers += choices.one_of(_HEADERS)
    if choices.chance(40):
        whole, headers = gzip.compress(whole), headers + b"Content-Encoding: gzip\r\n"
    framing, framed, is_plain = _framed(choices, whole)
    path = choices.one_of(
        (b"/legacy/",) * 12
        + (b"/legacy", b"/legacy/?:action=submit", b"//legacy/", b"/legacy/%00", b"http://x/legacy/")
    )
    first = b"POST " + path + b" HTTP/1.1\r\n" + headers + framing + b"\r\n"
    second = choices.one_of((b"", b"", b"", _SECOND))
    request = first + framed + second
    if choices.chance(12):
        request = choices.mutated(request, 2)
        is_plain = False
    if choices.chance(12):
        request = request[: choices.number(len(request))]
    cut = choices.number(len(request) + 1)
    found = check_answers(target.told(*filter(None, (request[:cut], request[cut:])), shut=choices.chance(16)))
    if not is_plain and framing.count(b":") > 1:
        assert len(found) <= 1, "a request was found in a body"
    assert len(found) <= 2, request[:300]
    if found and found[0].status == 200:
        assert sent in _published(), "it took what it should not have got"
    return str(found[0].status) if found else "none"


@cache
def _published() -> frozenset[bytes]:
    """Only these files are good; whatever else arrives is refused."""
    return frozenset(_file(number)[1] for number in range(24))


def _authorization(choices: Choices, target: Target) -> bytes:
    pair = base64.b64encode(b"__token__:" + target.token.encode())
    good = b"Basic " + pair
    return choices.one_of(
        (good,) * 30 + (b"Bearer " + target.token.encode(), b"Basic", b"Basic !!!", b"Bearer", b"Digest x", b"\xff")
    )
