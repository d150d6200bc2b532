"""Figures for tests."""

from datetime import UTC, datetime

from domain.events import DownloadsAggregated

AT = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)


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
