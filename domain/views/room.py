"""How many files a package's page shows: it has a size, and everything else on it comes first.

Figures are bytes of HTML as the templates make them; `tests/adapters/test_package_pages.py` holds them to the whole.
"""

from domain.views.downloads import Downloads

_PAGE = 30_900
_FIXED = 13_500
_FILE = 280
_RELEASE = 75
_DEPENDENT = 130
_POINT = 48
_README = 1.9
_LEAST = 10


def files_that_fit(downloads: Downloads | None, releases: int, dependents: int, readme: str) -> int:
    """How many files there is room for, but at least ten.

    Args:
        downloads: with charts and their tables.
        releases: how many are listed.
        dependents: how many are shown.
        readme: as it was uploaded.
    """
    charts = (downloads.by_day, downloads.by_week) if downloads else ()
    points = sum(len(chart.points) for chart in charts if chart)
    others = points * _POINT + releases * _RELEASE + dependents * _DEPENDENT + len(readme.encode()) * _README
    return max(_LEAST, int((_PAGE - _FIXED - others) / _FILE))
