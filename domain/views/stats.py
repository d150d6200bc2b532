"""`stats/<name>.json`: the figures behind the charts."""

import json
from typing import Any

from domain.events import DownloadsAggregated
from domain.usage import Usage


def stats_json(name: str, usage: Usage) -> bytes:
    """The figures of a package, days ascending; a day without a request is absent."""
    answer = {
        "package": name,
        "complete_through": usage.complete_through,
        "total": usage.total,
        "days": [_day(day) for day in usage.days],
    }
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _day(day: DownloadsAggregated) -> dict[str, Any]:
    return {
        "day": day.day,
        "downloads": day.downloads,
        "requesters": day.requesters,
        "versions": dict(day.versions),
        "files": dict(day.files),
        "installers": dict(day.installers),
        "pythons": dict(day.pythons),
        "systems": dict(day.systems),
        "countries": dict(day.countries),
        "edges": dict(day.edges),
        "ci": day.ci,
        "mirrors": day.mirrors,
        "rules": day.rules,
    }
