"""Access logs as CloudFront's standard logging v2 delivers them for the template, and what they come to.

The count is made from what the requests are, not from lines: nothing of ours reads it.
"""

import gzip
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from attrs import evolve, field, frozen

from tests.infrastructure.stack_template import source

FIELDS = [str(name) for name in source()["Resources"]["AccessLogDelivery"]["Properties"]["RecordFields"]]
HEADER = f"#Version: 1.0\n#Fields: {' '.join(FIELDS)}\n"
UNSAID = "-"
KEPT_BY_CLOUDFRONT = "/+()=:;,.!*~"
"""What stands in a log as it was sent, beside letters, digits, hyphens and underscores."""


@frozen
class Agent:
    """A user agent, and what it means.

    Attributes:
        counts: whether its requests are downloads.
    """

    text: str
    installer: str = "unknown"
    python: str = "unknown"
    system: str = "unknown"
    ci: bool = False
    counts: bool = True


PIP = Agent(
    'pip/25.0 {"ci":null,"cpu":"x86_64","distro":{"name":"Debian GNU/Linux","version":"12"},"implementation":'
    '{"name":"CPython","version":"3.12.4"},"installer":{"name":"pip","version":"25.0"},"python":"3.12.4",'
    '"system":{"name":"Linux","release":"6.1"}}',
    "pip",
    "3.12",
    "Linux",
)
UV = Agent(
    'uv/0.5.1 {"ci":true,"implementation":{"name":"CPython","version":"3.13.0"},"installer":{"name":"uv",'
    '"version":"0.5.1"},"python":"3.13.0","system":{"name":"Darwin","release":"24.0"}}',
    "uv",
    "3.13",
    "Darwin",
    ci=True,
)
POETRY = Agent("poetry/1.8.3 CPython/3.11.4 Linux/6.1", "poetry", "3.11", "Linux")
BROWSER = Agent("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "browser")
NOBODY = Agent("")
MIRROR = Agent("bandersnatch/6.5.0 (cpython 3.11.4-final0, Linux x86_64)", counts=False)
BOT = Agent("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", counts=False)


@frozen
class Request:
    """A request, and what it is.

    Attributes:
        stem: its path as it stands in the log; by default that of the file.
        counts: whether it is a download, if its agent's are.
    """

    id: str
    day: str
    package: str
    version: str
    filename: str
    agent: Agent = PIP
    time: str = "12:00:00"
    address: str = "192.0.2.1"
    country: str = "DE"
    edge: str = "FRA56-P1"
    method: str = "GET"
    status: str = "200"
    result: str = "Hit"
    first_byte: str = UNSAID
    stem: str = field()
    counts: bool = True

    @stem.default
    def _file(self) -> str:
        return f"/packages/{self.package}/{self.version}/{self.filename}"

    @property
    def is_download(self) -> bool:
        """Whether it counts."""
        return self.counts and self.agent.counts

    @property
    def line(self) -> str:
        """As it stands in a log."""
        values = {
            "date": self.day,
            "time": self.time,
            "timestamp(ms)": "1790000000000",
            "x-edge-location": self.edge,
            "c-ip": self.address,
            "c-country": self.country,
            "cs-method": self.method,
            "cs-uri-stem": self.stem,
            "sc-status": self.status,
            "sc-bytes": "2048",
            "cs(User-Agent)": quote(self.agent.text, safe=KEPT_BY_CLOUDFRONT) or UNSAID,
            "x-edge-result-type": self.result,
            "x-edge-request-id": self.id,
            "x-host-header": "pypi.example.org",
            "sc-range-start": self.first_byte,
            "sc-range-end": UNSAID,
        }
        return "\t".join(values[name] for name in FIELDS) + "\n"


def key(day: str, name: str) -> str:
    """Where a file of this folder's day lies in the bucket."""
    year, month, of_month = day.split("-")
    return f"cloudfront/year={year}/month={month}/day={of_month}/E2EXAMPLE.{day}-12.{name}.gz"


def as_file(requests: Iterable[Request], *more: str) -> bytes:
    """A file with these requests and other lines."""
    return gzip.compress("".join((HEADER, *(request.line for request in requests), *more)).encode())


def variants(request: Request) -> Sequence[Request]:
    """What is no download although it looks like one, and what is although it does not: each with an id of its own."""

    def other(number: int, *, counts: bool = False, **changes: Any) -> Request:
        return evolve(request, id=f"{request.id}-{number}", counts=counts, **changes)

    escaped = request.stem.replace(".", "%2e")
    return (
        other(1, method="HEAD"),
        other(2, status="304"),
        other(3, status="404"),
        other(4, status="206", first_byte="100"),
        other(5, status="206", first_byte="0", counts=True),
        other(6, result="Error"),
        other(7, status="000"),
        other(8, stem=f"{request.stem}.metadata"),
        other(9, stem=f"/simple/{request.package}/index.v1_json"),
        other(10, stem=f"/packages/{request.package}/9.9/nobody-published-{request.package}-9.9.tar.gz"),
        other(11, stem=escaped, counts=True),
        other(12, stem=escaped.replace("%", "%25"), counts=True),
        other(13, stem=f"{request.stem}%zz"),
        other(14, stem=f"/packages/nobodys/1.0/{request.filename}"),
    )


def counted(requests: Iterable[Request]) -> dict[str, dict[str, Any]]:
    """The figures by day; each request counts once, wherever it stands."""
    once = {request.id: request for request in requests if request.is_download}
    days: dict[str, list[Request]] = {}
    for request in once.values():
        days.setdefault(request.day, []).append(request)
    return {day: figures(of_day) for day, of_day in sorted(days.items())}


def figures(requests: Sequence[Request]) -> dict[str, Any]:
    """The figures of a day's downloads."""
    return {
        "downloads": len(requests),
        "requesters": len({request.address for request in requests}),
        "versions": Counter(request.version for request in requests),
        "files": Counter(request.filename for request in requests),
        "installers": Counter(request.agent.installer for request in requests),
        "pythons": Counter(request.agent.python for request in requests),
        "systems": Counter(request.agent.system for request in requests),
        "countries": Counter("unknown" if request.country == UNSAID else request.country for request in requests),
        "edges": Counter(request.edge[:3] for request in requests),
        "ci": sum(request.agent.ci for request in requests),
    }
