"""The downloads behind the figures, one by one, without anybody's address."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from domain.detail import Detail

DETAIL_SUFFIX = ".json.gz"


def detail_key(package: str, day: str) -> str:
    """Where worlds that have files keep it, below ``usage/``."""
    return f"{day}/{package}{DETAIL_SUFFIX}"


class Details(Protocol):
    """Details by package and day."""

    def put(self, day: str, details: Mapping[str, Detail]) -> None:
        """Keep the details of packages, in the place of earlier ones. Once this returns they survive any crash."""

    def get(self, package: str, day: str) -> Detail | None:
        """The detail; None if there is none."""

    def packages(self, day: str) -> Iterator[str]:
        """The canonical names of all packages that have a detail for the day, in their order."""

    def whole(self, day: str) -> Iterator[str]:
        """Those of them whose detail is as it was put, in their order."""
