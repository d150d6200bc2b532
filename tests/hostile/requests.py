"""Reading with paths, methods, ranges and conditions that should lead nowhere."""

from tests.hostile.choices import Choices
from tests.hostile.target import Target, check_answers

_FILE = b"/packages/demo/1.0/demo-1.0-py3-none-any.whl"
_AREAS = (
    b"/",
    b"/simple/",
    b"/simple/demo/",
    b"/project/demo/",
    _FILE,
    _FILE + b".metadata",
    b"/pypi/demo/json",
    b"/stats/demo.json",
    b"/static/",
    b"/static/link.css",
    b"/packages/demo/1.0/link.whl",
    b"/simple/link/",
    b"/sitemap/1.xml",
    b"/search/v1/map/a.json",
    b"/browse/d/",
    b"/owner/local.alice/",
    b"/api/packages",
    b"/api/packages/demo",
    b"/healthz",
    b"/login",
    b"/legacy/",
    b"/_/oidc/audience",
    b"/.well-known/x",
)
_STEPS = (
    b"",
    b"..",
    b"%2e%2e",
    b"%2E.",
    b"..%2f",
    b"..%2f..%2f..%2f..%2fetc%2fpasswd",
    b"..%5c",
    b"%5c..%5c",
    b"\\..\\",
    b"..;",
    b"..%00",
    b"%00",
    b"%252e%252e%252f",
    b"%c0%ae%c0%ae%c0%af",
    b"%u002e",
    b"%ef%bc%8e",
    b".",
    b"%2e",
    b"canary.txt",
    b"canary.whl",
    b"events.db",
    b"secrets",
    b"site-2",
    b"CON",
    b"nul.",
    b"demo.",
    b"DEMO",
    b"demo%20",
    b"demo::$DATA",
    b"index.html",
    b"index.v1_json",
    b"~root",
    b"x" * 300,
    b"%",
    b"%zz",
    b"%ff",
    b"\xff",
    b"\xe2\x80\xa6",
    b"?",
    b"#",
    b"*",
    b"//evil.example",
    b"{{7*7}}",
    b"' OR 1=1",
    b"<script>",
)
_METHODS = (
    b"GET",
    b"HEAD",
    b"OPTIONS",
    b"POST",
    b"PUT",
    b"DELETE",
    b"PATCH",
    b"TRACE",
    b"CONNECT",
    b"PRI",
    b"get",
    b"G\xffT",
    b"M" * 300,
)
_FIELDS = (
    b"Range: bytes=0-0",
    b"Range: bytes=-1",
    b"Range: bytes=-0",
    b"Range: bytes=5-1",
    b"Range: bytes=0-99999999999999999999999",
    b"Range: bytes=99999999999999999999-",
    b"Range: bytes=" + b"0-1," * 3000 + b"0-1",
    b"Range: bytes=0-1,0-1,0-1",
    b"Range: bytes=--5",
    b"Range: bytes=\xb2-5",
    b"Range: lines=1-2",
    b"Range: bytes=0-" + b"9" * 5000,
    b"Range: bytes =0-5",
    b'If-Range: W/"x"',
    b"If-None-Match: *",
    b"If-None-Match: " + b'"x", ' * 8000,
    b"If-None-Match: " + b'"' * 30000,
    b'If-None-Match: W/"' + b"\xff" * 100,
    b"If-Modified-Since: Thu, 99 Foo 99999 99:99:99 GMT",
    b"If-Match: nothing",
    b"Accept: " + b"application/vnd.pypi.simple.v1+json;q=0." + b"9" * 2000,
    b"Accept: " + b"a/b," * 10000,
    b"Accept: \xff/\xff",
    b"Accept: ;;;,,,===",
    b"Accept-Encoding: gzip;q=" + b"1" * 3000,
    b"Accept-Encoding: " + b"gzip," * 8000,
    b"Accept-Encoding: \xff",
    b"Host: evil.example",
    b"Host: " + b"x" * 5000,
    b"Host: [::1",
    b"Origin: null",
    b"Cookie: session=" + b"x" * 5000,
    b"Cookie: __Host-session=\xff; csrf_token=\0",
    b"Authorization: Basic " + b"Og==" * 1000,
    b"Authorization: Bearer " + b"x" * 9000,
    b"X-Forwarded-For: " + b"1," * 5000,
    b"X-Forwarded-Proto: javascript",
    b"X-HTTP-Method-Override: DELETE",
    b"Referer: http://user:password@x/\x80",
    b"User-Agent: " + b'"\t{' * 2000,
    b"Connection: close",
    b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket",
    b"Content-Length: 0",
    b"Content-Length: 5",
    b"Transfer-Encoding: chunked",
    b"Expect: 100-continue",
    b"A: b\r\n" * 500 + b"C: d",
    b"X" * 70000 + b": y",
    b"X: " + b"y" * 70000,
)
_VERSIONS = (b"HTTP/1.1",) * 12 + (
    b"HTTP/1.0",
    b"HTTP/0.9",
    b"HTTP/2.0",
    b"HTTP/1.9",
    b"http/1.1",
    b"HTTP/1.1 x",
    b"",
    b"ICAP/1.0",
)
_PREFACES = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"\0" * 100,
    b"\r\n" * 100,
    b"GET /\r\n",
    b"*1\r\n$4\r\nPING\r\n",
    b"SSH-2.0-x\r\n",
)


def check(data: bytes, target: Target) -> str:
    """Send one or two requests; returns what the first answer was."""
    choices = Choices(data)
    if choices.chance(25):
        raw = target.told(choices.mutated(choices.one_of(_PREFACES)), shut=choices.chance(2))
        found = check_answers(raw) if raw.startswith(b"HTTP/") or not raw else []
        return str(found[0].status) if found else "none"
    requests = [_request(choices) for _ in range(1 + choices.chance(6))]
    whole = b"".join(requests)
    if choices.chance(10):
        whole = choices.mutated(whole, 3)
    if choices.chance(20):
        whole = whole[: choices.number(len(whole))]
    heads = any(request.startswith(b"HEAD ") for request in requests)
    found = check_answers(target.told(whole, shut=choices.chance(20)), head=heads)
    return str(found[0].status) if found else "head" if heads else "none"


def _request(choices: Choices) -> bytes:
    method = choices.one_of((b"GET",) * 12 + _METHODS)
    path = choices.one_of(_AREAS)
    for _ in range(choices.number(4)):
        step = choices.one_of(_STEPS)
        place = choices.number(len(path) + 1) if choices.chance(2) else len(path)
        path = path[:place] + choices.one_of((b"/", b"", b"//", b"\\", b"%2f")) + step + path[place:]
    if choices.chance(6):
        path += choices.one_of(
            (b"?format=", b"?", b"?" + b"a=b&" * 2000, b"?next=//evil.example", b"?%00", b"?\xff", b"#x")
        )
    if choices.chance(30):
        path = choices.one_of(
            (b"*", b"", b"x", b"http://evil.example" + path, b"http://[::1" + path, b"/" + b"a/" * 20000)
        )
    fields = [b"Host: x"] if not choices.chance(30) else []
    fields += [choices.one_of(_FIELDS) for _ in range(choices.number(4))]
    end = choices.one_of((b"\r\n",) * 30 + (b"\n", b"\r"))
    return end.join([b" ".join((method, path, choices.one_of(_VERSIONS))), *fields, b"", b""])
