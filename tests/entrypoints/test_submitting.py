"""`publish` and `packages` against an index that answers as it is told."""

import json
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from typing import Any

import click
import httpx2
import pytest
from rich.console import Console

from entrypoints.local.calling import IndexClient
from entrypoints.local.portfolio import show
from entrypoints.local.submitting import submit
from tests.running import COMMAND, PATIENCE, ROOT, command, environment

URL = "https://index.test"
TOKEN = "slspypi-secret"  # noqa: S105 - of nobody
COMMIT = "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"
SUBMISSION: dict[str, Any] = {
    "id": "1f",
    "repository": "octocat/frob",
    "ref": "v1.0",
    "commit": COMMIT,
    "name": None,
    "version": None,
    "status": "queued",
    "log": "",
    "error": None,
    "files": [],
}
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")

Step = httpx2.Response | BaseException


def accepted(location: str = "/api/submissions/1f") -> httpx2.Response:
    return httpx2.Response(202, json=SUBMISSION, headers={"Location": location})


def state(status: str, log: str = "", **changes: Any) -> httpx2.Response:
    return httpx2.Response(200, json={**SUBMISSION, "status": status, "log": log, **changes})


def published(log: str = "") -> httpx2.Response:
    return state("published", log, name="frob", version="1.0")


def problem(status: int, detail: str) -> httpx2.Response:
    return httpx2.Response(status, json={"detail": detail}, headers={"Content-Type": "application/problem+json"})


class Scripted:
    """An index, and somebody who does not really wait for it."""

    def __init__(self, *steps: Step) -> None:
        self.requests: list[httpx2.Request] = []
        self.pauses: list[float] = []
        self._steps: Iterator[Step] = iter(steps)

    def publish(self, ref: str | None = None, *, wait: bool = True) -> int:
        with httpx2.Client(transport=httpx2.MockTransport(self._answer)) as http:
            return submit(IndexClient(URL, http, TOKEN), "octocat/frob", ref, wait=wait, pause=self.pauses.append)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/api/session":
            return httpx2.Response(200, json={"login": "octocat", "account": "583231", "github": False})
        self.requests.append(request)
        step = next(self._steps)
        if isinstance(step, BaseException):
            raise step
        return step


Said = pytest.CaptureFixture[str]


def test_a_repository_is_published_while_its_log_is_shown(capsys: Said) -> None:
    index = Scripted(
        accepted(),
        state("queued"),
        state("building", "fetching\n"),
        state("building", "fetching\nbuil"),
        state("building", "fetching\nbuilding frob\n"),
        published("fetching\nbuilding frob\ndone"),
    )
    assert index.publish("v1.0") == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out == (
        "octocat/frob waits for its turn. Ctrl-C stops watching, not the index.\n"
        "Building octocat/frob v1.0 at 7fd1a60b01f9\n"
        "fetching\nbuilding frob\ndone\n"
        "frob 1.0 is published: https://index.test/project/frob/\n"
        "  pip install --index-url https://index.test/simple/ frob==1.0\n"
    )
    first, *others = index.requests
    assert json.loads(first.read()) == {"repository": "octocat/frob", "ref": "v1.0"}
    assert {str(request.url) for request in others} == {f"{URL}/api/submissions/1f"}
    assert {request.headers["authorization"] for request in index.requests} == {f"Bearer {TOKEN}"}
    assert TOKEN not in said.out


def test_without_a_ref_the_index_chooses(capsys: Said) -> None:
    index = Scripted(accepted(), published())
    assert index.publish() == 0
    assert json.loads(index.requests[0].read()) == {"repository": "octocat/frob"}
    assert capsys.readouterr().out.startswith("frob 1.0 is published")


def test_a_failure_says_why_after_its_log(capsys: Said) -> None:
    assert Scripted(accepted(), state("failed", "no such backend", error="The build failed.")).publish() == 1
    said = capsys.readouterr()
    assert said.out == "no such backend\n"
    assert said.err == "sls-pypi: octocat/frob is not published: The build failed.\n"


def test_who_does_not_wait_is_told_where_it_is(capsys: Said) -> None:
    index = Scripted(accepted())
    assert index.publish(wait=False) == 0
    assert capsys.readouterr().out == f"{URL}/api/submissions/1f\n"


def test_who_stops_watching_stops_nothing() -> None:
    index = Scripted(accepted(), state("building", "x"), KeyboardInterrupt())
    with pytest.raises(click.ClickException, match=r"https://index\.test goes on: see https://index\.test/my/"):
        index.publish()
    assert [request.method for request in index.requests] == ["POST", "GET", "GET"]


@pytest.mark.parametrize(
    ("refusal", "line"),
    [
        (problem(404, "There is no public repository octocat/frob on GitHub."), "no public repository octocat/frob"),
        (problem(403, "octocat/frob is not yours."), "not yours"),
        (
            problem(401, "Invalid or non-existent authentication information."),
            "sls-pypi login --url https://index.test",
        ),
        (problem(503, "GitHub was asked too much lately."), "asked too much"),
        (httpx2.Response(404, text="nothing"), "is there an sls-pypi index at https://index.test"),
        (httpx2.Response(502, text="nothing"), "fails: 502 Bad Gateway"),
        (httpx2.Response(301, headers={"Location": "https://other.test/"}), "give https://other.test/ as its URL"),
        (httpx2.ConnectError("refused"), "cannot be reached: refused"),
        (httpx2.Response(202), "does not know"),
        (accepted("https://elsewhere.test/api/submissions/1f"), "does not know"),
        (accepted("//elsewhere.test/"), "does not know"),
        (accepted("http://[::1"), "does not know"),
    ],
)
def test_a_refusal_is_one_line_and_nothing_is_asked_twice(refusal: Step, line: str) -> None:
    index = Scripted(refusal)
    with pytest.raises(click.ClickException, match=re.escape(line)) as told:
        index.publish()
    assert "\n" not in str(told.value)
    assert len(index.requests) == 1


@pytest.mark.parametrize(
    "fault", [httpx2.ConnectError("refused"), httpx2.ReadTimeout("late"), httpx2.Response(503), problem(500, "failed")]
)
def test_faults_on_the_way_are_waited_out_and_do_not_repeat_the_log(fault: Step, capsys: Said) -> None:
    faults = [fault] * 4
    assert Scripted(accepted(), state("building", "a\n"), *faults, published("a\nb\n")).publish() == 0
    assert capsys.readouterr().out.count("a\n") == 1


def test_faults_that_stay_say_that_it_may_go_on() -> None:
    index = Scripted(accepted(), *[httpx2.ConnectError("refused")] * 5)
    with pytest.raises(click.ClickException, match="cannot be reached: refused Your submission may go on"):
        index.publish()
    assert len(index.pauses) == 4


@pytest.mark.parametrize("answer", [{}, [], {"status": 7, "log": ""}, {"status": "building", "log": None}])
def test_another_answer_is_not_believed(answer: object) -> None:
    with pytest.raises(click.ClickException, match="does not know"):
        Scripted(accepted(), *[httpx2.Response(200, json=answer)] * 9).publish()


def test_a_terminal_obeys_nothing_of_what_a_build_prints(capsys: Said) -> None:
    log = "\x1b[2J\x1b]0;owned\x07red\x1b[31m\r50%\r100%\r\n\u202egnp.exe\x9b31m\x00 \u00fc\tok\n"
    hostile = {"ref": "v\x1b[1m", "name": "fr\nob", "version": "1\x1b"}
    Scripted(accepted(), state("building", log, **hostile), state("published", log, **hostile)).publish()
    said = capsys.readouterr().out
    assert CONTROLS.search(said) is None
    assert "50%\n100%\n" in said
    assert "\u00fc\tok\n" in said


def test_a_log_whose_middle_is_left_out_goes_on_where_it_was(capsys: Said) -> None:
    lines = [f"line {number}\n" for number in range(1000)]
    whole, cut = "".join(lines[:800]), "".join([*lines[:10], "[...]\n", *lines[500:900]])
    Scripted(accepted(), state("building", whole), state("building", cut), published(cut)).publish()
    shown = [line for line in capsys.readouterr().out.splitlines(keepends=True) if line.startswith("line")]
    assert shown == lines[:900]


def test_a_log_that_is_another_is_shown_from_its_end(capsys: Said) -> None:
    Scripted(accepted(), state("building", "a" * 10), state("building", "b" * 9000), published("b" * 9000)).publish()
    assert f"[...]\n{'b' * 2000}\n" in capsys.readouterr().out


def test_long_builds_are_asked_for_less_often(capsys: Said) -> None:
    index = Scripted(accepted(), *[state("building")] * 40, published())
    index.publish()
    assert index.pauses == [1.0] * 30 + [3.0] * 10
    assert capsys.readouterr().out.count("Building") == 1


def shown(told: dict[str, Any], width: int = 100) -> str:
    out = StringIO()
    show(told, URL, Console(file=out, width=width, highlight=False, soft_wrap=True))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


PORTFOLIO: dict[str, Any] = {
    "submitted": [
        {
            "name": "frob",
            "repository": "octocat/frob",
            "versions": ["0.9", "0.10"],
            "downloads": {"total": 12034, "last_day": 3, "last_30_days": 811, "locations": 4, "requesters": 99},
            "submission": {
                "id": "1f",
                "status": "failed",
                "ref": "v0.11",
                "at": "2026-11-26T09:12:33Z",
                "error": "No.",
            },
        },
        {"name": "hello", "repository": None, "versions": [], "downloads": {"total": 0, "last_30_days": 0}},
    ],
    "submissions": [
        {"id": "1f", "repository": "octocat/frob", "ref": "v0.11", "status": "failed", "at": "2026-11-26T09:12:33Z"}
        | {"error": "The build failed."}
    ],
    "eligible": [
        {"repository": "octocat/spoon-knife", "description": "x" * 200, "pushed_at": "2026-11-20T10:00:00Z"},
        {"repository": "octocat/a", "description": None, "pushed_at": None},
    ],
}


def test_packages_are_tables() -> None:
    assert shown(PORTFOLIO) == (
        "package  version  downloads  30 days  last submission\n"
        "frob     0.10        12,034      811  failed v0.11\n"
        "hello                     0        0\n"
        "\n"
        "Latest submissions (UTC)\n"
        "2026-11-26 09:12  failed     octocat/frob v0.11\n"
        "    The build failed.\n"
        "\n"
        "Repositories for `sls-pypi publish OWNER/NAME`\n"
        f"octocat/spoon-knife  2026-11-20  {'x' * 66}\u2026\n"
        "octocat/a"
    )


def test_in_a_narrow_terminal_repositories_are_still_to_be_read() -> None:
    assert "octocat/spoon-knife  2026-11-20\n" in shown(PORTFOLIO, 40)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({"submitted": [], "eligible": []}, "You have no packages on https://index.test yet."),
        ({"submitted": [], "eligible": []}, "a public repository of your own; https://index.test/my/ lists them."),
        (
            {**PORTFOLIO, "eligible_as_of": "2026-11-26T03:00:00Z"},
            "OWNER/NAME` (as of 2026-11-26 03:00 UTC; https://index.test/my/ knows more)",
        ),
    ],
)
def test_what_is_not_there_is_said(told: dict[str, Any], line: str) -> None:
    assert line in shown(told)


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "[bold]x[/nonsense]", "a\nb", "\u202ex", 7, None, [], {}])
def test_whatever_is_in_the_tables_it_is_text(hostile: Any) -> None:
    keys = ("name", "repository", "versions", "downloads", "submission", "ref", "status", "at", "error", "pushed_at")
    entry = dict.fromkeys((*keys, "description"), hostile)
    said = shown({key: [entry, 7] for key in ("submitted", "submissions", "eligible")} | {"eligible_as_of": hostile})
    assert CONTROLS.search(said) is None
    assert shown(dict.fromkeys(("submitted", "submissions", "eligible"), hostile))


class Building(BaseHTTPRequestHandler):
    """An index whose build takes for ever."""

    def do_POST(self) -> None:
        self._say(202)

    def do_GET(self) -> None:
        self._say(200)

    def _say(self, status: int) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = json.dumps({**SUBMISSION, "status": "building", "log": "x\n"}).encode()
        self.send_response(status)
        self.send_header("Location", "/api/submissions/1f")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_ctrl_c_stops_watching_and_says_so() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Building) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        # Whoever runs the tests may ignore it, and what they start does then.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen(
            [*COMMAND, "publish", "octocat/frob", "--url", url],
            cwd=ROOT,
            env=environment(SLS_PYPI_TOKEN=TOKEN),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        signal.signal(signal.SIGINT, before)
        assert process.stdout is not None
        assert process.stdout.readline() == "Building octocat/frob v1.0 at 7fd1a60b01f9\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
        server.shutdown()
    assert process.returncode == 1
    assert errors == f"sls-pypi: you no longer watch, and {url} goes on: see {url}/my/ or run `sls-pypi packages`\n"


@pytest.mark.parametrize("repository", ["octocat", "octocat/", "/frob", "a/b/c", "https://github.com/octocat/frob"])
def test_what_is_no_repository_is_told_without_asking(repository: str) -> None:
    done = command("publish", repository, "--url", "http://127.0.0.1:9", "--token", "t", status=2)
    assert "give one like octocat/hello" in done.stderr
    assert done.stderr.count("\n") == 1
