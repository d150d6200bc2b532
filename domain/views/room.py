"""How many files a package's page shows: it has a size, and everything else on it comes first.

Figures are bytes of HTML as the templates make them; `tests/adapters/test_package_pages.py` holds them to the whole.
"""

from domain.views.downloads import Downloads

_PAGE = 32_900
_FIXED = 13_500
_FILE = 280
_SUM = 105
_RELEASE = 75
_DEPENDENT = 130
_POINT = 48
_README = 1.9


def files_that_fit(files: int, releases: int, downloads: Downloads | None, dependents: int, readme: str) -> int:
    """How many files there is room for; may be less than none.

    Args:
        files: of all releases; of those that do not fit, the page has the names and digests.
        releases: how many are listed.
        downloads: with charts and their tables.
        dependents: how many are shown.
        readme: as it was uploaded.
    """
    charts = (downloads.by_day, downloads.by_week) if downloads else ()
    points = sum(len(chart.points) for chart in charts if chart)
    others = points * _POINT + releases * _RELEASE + dependents * _DEPENDENT + len(readme.encode()) * _README
    return int((_PAGE - _FIXED - others - files * _SUM) / (_FILE - _SUM))
