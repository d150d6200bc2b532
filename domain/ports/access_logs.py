"""The access logs of whatever serves the site, in CloudFront's formats."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from attrs import frozen

from domain.log_rows import Row
from domain.messages import CountDownloads


@frozen
class Findings:
    """What a query found.

    Attributes:
        rows: each request once, in the order of paths, times and the requests' ids.
        malformed: how many lines could not be read, by what was wrong with them.
    """

    rows: Iterator[Row]
    malformed: Mapping[str, int]


@frozen
class Query:
    """A query that has been started; `findings` are None if they come later, and are asked for by `id`."""

    id: str
    findings: Findings | None


class AccessLogs(Protocol):
    """Reads logs. `count_downloads.sql` says which requests may be downloads, and which of their fields are read."""

    def keeps(self, day: str) -> bool:
        """Whether the day's logs are still there. Where some have been removed, the day must not be counted again."""

    def state(self, day: str) -> str:
        """A text that changes whenever the logs may say something else about the day; empty if nobody knows."""

    def start(self, request: CountDownloads) -> Query:
        """Have the logs read. Starting the same request again while it may be under way gives the same query."""

    def findings(self, query: str) -> Findings:
        """What the query of this id found.

        Raises:
            LookupError: there are no findings, or not yet.
        """
