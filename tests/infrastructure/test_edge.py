"""The edge functions mean what the domain means, in the engines that are here."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.aws.objects import type_at_rest
from domain import file_sizes, negotiation, representations
from domain.routing import NOTHING, Dynamic, NotFound, ServeObject, route
from entrypoints.http import reading
from entrypoints.http.absent import Absent
from infrastructure.edge_code import deployed
from tests.domain.test_routing import ACCEPTS, CASES, METHODS, PATHS, QUERIES
from tests.infrastructure import edge
from tests.infrastructure.edge import VIEWER_REQUEST, VIEWER_RESPONSE, Event, Outcome, request_event, response_event

LARGEST_BYTES = 10_000
LARGEST_FILE = 4_194_304
LARGEST_REQUEST = LARGEST_FILE + 65_536
FUNCTIONS = (VIEWER_REQUEST, VIEWER_RESPONSE)

Asked = tuple[str, str, str, str | None]
"""Method, path, query, Accept."""
NO_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""Characters that no header's value has."""


def joined(pieces: str, *more: str) -> st.SearchStrategy[str]:
    """Texts made of these pieces."""
    return st.lists(st.sampled_from([*pieces.split(), *more]), max_size=16).map("".join)


ASKED = st.tuples(
    METHODS,
    PATHS | st.sampled_from(["/simple/", "/simple/demo/"]),
    QUERIES | joined("format = & text/html %2F a"),
    (ACCEPTS | joined(", ; = q Q * / . 0 1 5 text/html text/* */* application/*", " ", *negotiation.JSON.aliases)).map(
        lambda accept: accept and NO_HEADER.sub("", accept)
    ),
)
STRANGE: list[Asked] = [
    *(("GET", path, "", None) for path in ("/__proto__", "/constructor/", "/simple/__proto__/", "/simple/toString/")),
    *((method, "/%73imple/demo/", "", None) for method in ("POST", "OPTIONS", "GET")),
    *(("GET", f"/{area}/demo%0A", "", None) for area in ("simple", "packages/demo/1.0", "project", "static", "stats")),
    *(("GET", "/static" + "/a" * depth + end, "", None) for depth in range(7, 13) for end in ("", "/")),
    ("GET", "/my", "a=b\n", None),
    ("GET", "/my", "\n", None),
    ("GET", "/simple/", "", "text/html;q=0.5 , application/*;q=.5"),
]
"""What a regular expression or an object of JavaScript could take for something else."""

CASES_IN_PARTS = [case for case in CASES if " " not in case["query"]]
"""Where a query is told in parts, a space in it was a plus."""

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason=edge.NO_NODE)
needs_njs = pytest.mark.skipif(shutil.which("njs") is None, reason=edge.NO_NJS)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[edge.Node]:
    with edge.Node(VIEWER_REQUEST, tmp_path_factory.mktemp("node")) as running:
        yield running


def event_of(case: dict[str, Any], *, raw: bool = True) -> Event:
    headers = {} if case["accept"] is None else {"accept": case["accept"]}
    return request_event(case["method"], case["path"], case["query"], headers, raw=raw)


def told(outcome: Outcome, event: Event) -> dict[str, Any]:
    """What the function did, in the words of the table; headers and bodies have their own test."""
    if outcome == event["request"] and route(outcome["method"], outcome["uri"]) == Dynamic():
        return {"dynamic": True}
    if "statusCode" not in outcome:
        key = outcome["uri"].removeprefix("/")
        if key == NOTHING:
            return {"status": 404}
        return {"serve": key.replace("%2B", "+").replace("%21", "!")}
    if "location" in outcome["headers"]:
        return {"redirect": outcome["headers"]["location"]["value"], "status": outcome["statusCode"]}
    return {"status": outcome["statusCode"]}


def expected(event: Event, query: str, accept: str | None) -> Outcome:
    """What the local server does with the same request, in CloudFront's form."""
    request = event["request"]
    method, path = request["method"], request["uri"]
    outcome = route(method, path, query, accept)
    if isinstance(outcome, Dynamic):
        return dict(request)
    if isinstance(outcome, ServeObject):
        return {**request, "uri": "/" + quote(outcome.key)}
    if isinstance(outcome, NotFound):
        area = path[1:].partition("/")[0]
        if method in {"GET", "HEAD"} and area not in representations.PROGRAM_AREAS:
            # Whoever serves what is missing shows the page.
            return {**request, "uri": f"/{NOTHING}"}
        answer = Absent(None, lambda _: False, lambda _: False, lambda _area, _coding: None).nowhere(method, area)
    else:
        answer = reading._answer(outcome, path.encode("latin-1", "replace"))
    response: Outcome = {
        "statusCode": answer.status,
        "statusDescription": HTTPStatus(answer.status).phrase,
        "headers": {
            name.decode(): {"value": value.decode()} for name, value in answer.headers if name != b"content-length"
        },
    }
    if answer.body and method != "HEAD":
        response["body"] = {"encoding": "text", "data": answer.body.decode()}
    return response


@needs_node
@pytest.mark.parametrize("raw", [True, False], ids=["with the query as sent", "with the query in parts"])
def test_the_table_holds_in_node(node: edge.Node, raw: bool) -> None:  # noqa: FBT001 - a parameter of the test
    cases = CASES if raw else CASES_IN_PARTS
    events = [event_of(case, raw=raw) for case in cases]
    for case, event, outcome in zip(cases, events, node.run(events), strict=True):
        assert told(outcome, event) == case["expect"], case["why"]


@needs_njs
def test_the_table_holds_in_njs(tmp_path: Path) -> None:
    cases = [*CASES, *CASES_IN_PARTS]
    events = [event_of(case, raw=number < len(CASES)) for number, case in enumerate(cases)]
    for case, event, outcome in zip(cases, events, edge.run_in_njs(VIEWER_REQUEST, events, tmp_path), strict=True):
        assert told(outcome, event) == case["expect"], case["why"]


def check_as_the_local_server(run: Callable[[list[Event]], list[Outcome]], asked: list[Asked]) -> None:
    events = [
        request_event(method, path, query, {} if accept is None else {"accept": accept})
        for method, path, query, accept in asked
    ]
    for (_, _, query, accept), event, outcome in zip(asked, events, run(events), strict=True):
        assert outcome == expected(event, query, accept)


@needs_node
@given(st.lists(ASKED, min_size=1, max_size=50))
@example([(case["method"], case["path"], case["query"], case["accept"]) for case in CASES])
@example(STRANGE)
def test_the_edge_answers_as_the_local_server_in_node(node: edge.Node, asked: list[Asked]) -> None:
    check_as_the_local_server(node.run, asked)


@needs_njs
@given(st.lists(ASKED, min_size=20, max_size=50))
@example([(case["method"], case["path"], case["query"], case["accept"]) for case in CASES])
@example(STRANGE)
@settings(max_examples=30)
def test_the_edge_answers_as_the_local_server_in_njs(
    tmp_path_factory: pytest.TempPathFactory, asked: list[Asked]
) -> None:
    folder = tmp_path_factory.mktemp("njs")
    check_as_the_local_server(lambda events: edge.run_in_njs(VIEWER_REQUEST, events, folder), asked)


@needs_node
def test_several_accept_headers_are_one_list(node: edge.Node) -> None:
    event = request_event("GET", "/simple/", headers={"accept": ["text/html;q=0.5", "image/png, */*;q=0.1"]})
    assert node.run([event])[0]["uri"] == "/simple/index.html"


@needs_node
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("a=1&b=2&a=3", "a=1&a=3&b=2"),
        ("a=&b", "a&b"),
        ("x=%26%3D%0d%0a&y==", "x=%26%3D%0d%0a&y=="),
    ],
)
def test_a_query_in_parts_is_put_together_again(node: edge.Node, query: str, kept: str) -> None:
    (outcome,) = node.run([request_event("GET", "/my", query, raw=False)])
    assert outcome["headers"]["location"]["value"] == f"/my/?{kept}"


@needs_node
def test_the_consoles_tests_and_urls_without_a_query_are_understood(node: edge.Node) -> None:
    in_console = {**request_event("GET", "/my", "a=b"), "rawQueryString": ""}
    without = {**request_event("GET", "/my"), "rawQueryString": None}
    locations = [outcome["headers"]["location"]["value"] for outcome in node.run([in_console, without])]
    assert locations == ["/my/?a=b", "/my/"]


@needs_node
def test_nobody_is_sent_to_another_host(node: edge.Node) -> None:
    hosts = ("evil.example", "evil.example/simple/Demo", "evil.example%2Fsimple", "evil.example:80", "@evil.example")
    starts = (
        "//",
        "/%2F",
        "/%2f%2f",
        "/\\",
        "/%5C",
        "///",
        "/.//",
        "/..//",
        "/simple//",
        "/simple/%2f",
        "/my//",
        "/my/..//",
    )
    splits = ("%0d%0aLocation:%20//evil.example", "\r\nLocation: //evil.example", "%0A", "\n", "%E5%98%8A", "\u560a")
    paths = [
        *(start + host for start in starts for host in hosts),
        *(f"/{area}/Demo{split}{end}" for area in ("simple", "project", "my") for split in splits for end in ("", "/")),
        *(f"/{split}//evil.example/" for split in splits),
    ]
    queries = ("", "a=//evil.example", "\r\nLocation: //evil.example", "@evil.example", "\\evil.example")
    events = [
        request_event("GET", path, query, raw=raw) for path in paths for query in queries for raw in (True, False)
    ]
    for event, outcome in zip(events, node.run(events), strict=True):
        if "statusCode" not in outcome:
            assert outcome["uri"] == f"/{NOTHING}"
            continue
        for name, field in outcome["headers"].items():
            assert field["value"].isprintable()
            assert name != "location" or re.match(
                r"/(?:simple/|project/|my/)(?:[a-z0-9-]+/)?(?:\?|$)", field["value"]
            ), event


def upload(size: int | None, host: str = "pypi.example.org", *, method: str = "POST", path: str = "/legacy/") -> Event:
    length = {} if size is None else {"content-length": str(size)}
    return request_event(method, path, headers={"host": host, **length})


@needs_node
def test_an_upload_that_fits_goes_to_the_function(node: edge.Node) -> None:
    events = [
        upload(LARGEST_REQUEST),
        upload(0),
        upload(None),
        request_event("POST", "/legacy/", headers={"content-length": "many"}),
        upload(LARGEST_REQUEST + 1, method="GET"),
        upload(LARGEST_REQUEST + 1, path="/api/uploads/1/file"),
    ]
    assert node.run(events) == [{**event["request"], "uri": event["request"]["uri"]} for event in events]


@needs_node
@pytest.mark.parametrize("path", ["/legacy/", "/legacy", "/legacy/more"])
def test_a_larger_upload_is_told_the_command_that_takes_it(node: edge.Node, path: str) -> None:
    (outcome,) = node.run([upload(LARGEST_REQUEST + 1, path=path)])
    line = file_sizes.above_request_limit(LARGEST_FILE, "https://pypi.example.org")
    assert outcome == {
        "statusCode": 413,
        "statusDescription": line,
        "headers": {
            "cache-control": {"value": "no-store"},
            "content-type": {"value": "text/plain; charset=utf-8"},
            "x-content-type-options": {"value": "nosniff"},
        },
        "body": {"encoding": "text", "data": line + "\n"},
    }


@needs_node
@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("d111111abcdef8.cloudfront.net", "d111111abcdef8.cloudfront.net"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("x; rm -rf ~", "HOST"),
        ("evil.example/\r\nx", "HOST"),
        ("", "HOST"),
    ],
)
def test_only_a_hosts_characters_get_into_the_command(node: edge.Node, host: str, shown: str) -> None:
    (outcome,) = node.run([upload(LARGEST_REQUEST + 1, host)])
    assert outcome["statusDescription"] == file_sizes.above_request_limit(LARGEST_FILE, f"https://{shown}")


VARIES = [
    ({}, "Accept"),
    ({"vary": ["Accept-Encoding"]}, "Accept-Encoding, Accept"),
    ({"vary": ["Origin", "Accept-Encoding"]}, "Origin, Accept-Encoding, Accept"),
    ({"vary": ["Accept-Encoding, accept"]}, "Accept-Encoding, accept"),
    ({"vary": ["*"]}, "*"),
]


def check_vary(run: Callable[[list[Event]], list[Outcome]]) -> None:
    events = [response_event({"etag": ['"1"'], **headers}) for headers, _ in VARIES]
    for event, (_, vary), response in zip(events, VARIES, run(events), strict=True):
        assert response["headers"]["vary"]["value"] == vary
        assert {**response, "headers": 0} == {**event["response"], "headers": 0}
        assert response["headers"]["etag"] == {"value": '"1"'}


@needs_node
def test_what_was_chosen_by_accept_says_so_in_node(tmp_path: Path) -> None:
    with edge.Node(VIEWER_RESPONSE, tmp_path) as node:
        check_vary(node.run)


@needs_njs
def test_what_was_chosen_by_accept_says_so_in_njs(tmp_path: Path) -> None:
    check_vary(lambda events: edge.run_in_njs(VIEWER_RESPONSE, events, tmp_path))


SIMPLE = [f"simple/demo/{offer.filename}" for offer in negotiation.OFFERS]


def check_types(run: Callable[[list[Event]], list[Outcome]]) -> None:
    at_rest = [type_at_rest(key) for key in SIMPLE]
    others = ["text/plain; charset=utf-8", "constructor", "__proto__", "application/jsonp", ""]
    responses = run([response_event({"content-type": [kind]}) for kind in (*at_rest, *others)] + [response_event({})])
    *said, nothing = (response["headers"].get("content-type", {}).get("value") for response in responses)
    assert said == [*(representations.content_type(key) for key in SIMPLE), *others]
    assert nothing is None


@needs_node
def test_installers_are_told_what_they_get_in_node(tmp_path: Path) -> None:
    with edge.Node(VIEWER_RESPONSE, tmp_path) as node:
        check_types(node.run)


@needs_njs
def test_installers_are_told_what_they_get_in_njs(tmp_path: Path) -> None:
    check_types(lambda events: edge.run_in_njs(VIEWER_RESPONSE, events, tmp_path))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda path: path.name)
def test_cloudfront_takes_the_function(function: Path) -> None:
    source = deployed(function.read_text()).encode()
    assert len(source) < LARGEST_BYTES
    assert source.isascii()
    assert not re.search(rb"\b(?:eval|Function|setTimeout|require|import|Date|Math\.random)\b", source)


@needs_node
@pytest.mark.skipif(not edge.ACORN.exists(), reason=edge.NO_ACORN)
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda path: path.name)
def test_the_functions_are_in_the_older_javascript_and_deployed_as_they_read(function: Path) -> None:
    script = """
        const said = (code) => JSON.stringify(
            require(process.argv[1]).parse(code, { ecmaVersion: 5 }),
            (key, value) => (key === 'start' || key === 'end' ? undefined : value));
        const [source, copy] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        if (said(source) !== said(copy)) throw new Error('what is deployed says something else');
    """
    source = function.read_text()
    outcome = subprocess.run(
        [edge.found("node"), "-e", script, str(edge.ACORN)],
        input=json.dumps([source, deployed(source)]),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert outcome.returncode == 0, outcome.stderr


def test_what_is_deployed_has_no_comments_and_no_indentation() -> None:
    source = "// A\n\nfunction f() {\n  // b\n  return 'c // d';\n}\n"
    assert deployed(source) == "function f() {\nreturn 'c // d';\n}\n"
