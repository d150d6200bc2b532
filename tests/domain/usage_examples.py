"""Figures for tests."""

from datetime import UTC, date, datetime, timedelta

from attrs import evolve

from domain.events import DownloadsAggregated
from domain.usage import Usage

AT = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
UNUSED = Usage()
_SATURDAY = 5


def figures(day: str, downloads: int = 1, requesters: int = 1, **mappings: dict[str, int]) -> DownloadsAggregated:
    """One package's figures, empty where nothing is said."""
    return DownloadsAggregated(
        day=day,
        rules=1,
        downloads=downloads,
        requesters=requesters,
        versions=mappings.get("versions", {}),
        files=mappings.get("files", {}),
        installers=mappings.get("installers", {}),
        pythons=mappings.get("pythons", {}),
        systems=mappings.get("systems", {}),
        countries=mappings.get("countries", {}),
        edges=mappings.get("edges", {}),
        ci=0,
        mirrors=0,
        at=AT,
    )


def used(days: int = 120, through: str = "2026-11-25", often: int = 40) -> Usage:
    """A package that is downloaded every day, less at weekends; its figures add up as real ones do."""
    last = date.fromisoformat(through)
    return Usage(tuple(_day(last - timedelta(days=back), often) for back in reversed(range(days))), through, days)


def _day(day: date, often: int) -> DownloadsAggregated:
    at_weekends, on_workdays = often // 3, often + day.toordinal() * 7919 % (often + 1)
    downloads = at_weekends if day.weekday() >= _SATURDAY else on_workdays
    made = figures(
        day.isoformat(),
        downloads,
        requesters=max(1, downloads * 3 // 5),
        versions=_parts(downloads, "1.0", "2.0a1", "0.9"),
        files=_parts(downloads, "frob-1.0-py3-none-any.whl", "frob-2.0a1-py3-none-any.whl", "frob-0.9.tar.gz"),
        installers=_parts(downloads, "pip", "uv", "poetry", "pdm", "browser", "unknown", "requests"),
        pythons=_parts(downloads, "3.13", "3.12", "3.14", "unknown", "3.11"),
        systems=_parts(downloads, "Linux", "Darwin", "Windows", "unknown"),
        countries=_parts(downloads, "DE", "US", "FR", "unknown", "IN", "BR", "GB", "JP"),
        edges=_parts(downloads, "FRA", "IAD", "CDG"),
    )
    return evolve(made, ci=downloads // 3, mirrors=2)


def _parts(whole: int, *names: str) -> dict[str, int]:
    """More than half for the first, more than half of what is left for the second and so on; nothing is not said."""
    parts: dict[str, int] = {}
    for name in names[:-1]:
        parts[name] = (whole - sum(parts.values())) * 4 // 7
    parts[names[-1]] = whole - sum(parts.values())
    return {name: parts[name] for name in sorted(parts) if parts[name]}
