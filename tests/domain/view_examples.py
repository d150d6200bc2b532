"""A package and its files, as views see them."""

from datetime import UTC, datetime

from domain.events import FilePublished, FileYanked, PackageEvent, PackageSubmitted
from domain.metadata import Metadata, parse
from domain.package import Package, fold
from domain.site_settings import SiteSettings

AT = datetime(2026, 11, 23, 15, 57, 45, 1200, tzinfo=UTC)
SITE = SiteSettings("https://index.example")
SHA256, BLAKE2B, MD5, METADATA = "5a" * 32, "b2" * 32, "d5" * 16, "3e" * 32


def wheel(version: str, *, at: datetime = AT, tag: str = "py3-none-any") -> FilePublished:
    return published(f"frob-{version}-{tag}.whl", version, "bdist_wheel", at)


def sdist(version: str, *, at: datetime = AT) -> FilePublished:
    return published(f"frob-{version}.tar.gz", version, "sdist", at)


def published(filename: str, version: str, kind: str, at: datetime) -> FilePublished:
    return FilePublished(
        filename, version, kind, 1141, SHA256, BLAKE2B, MD5, METADATA, ">=3.11,<4", at, by="local:alice"
    )


def yanked(file: FilePublished, reason: str = "") -> FileYanked:
    return FileYanked(file.filename, reason, AT, by="local:alice")


def metadata(*lines: str, body: str = "") -> Metadata:
    head = ["Metadata-Version: 2.1", "Name: Frob", "Version: 1.0", *lines]
    return parse("\n".join([*head, "", body]).encode())


def package(*events: PackageEvent) -> Package:
    state = fold([PackageSubmitted("Frob", "local:alice", AT), *events])
    assert state
    return state
