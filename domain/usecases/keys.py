"""Where the site keeps what; keys are URL paths."""

from domain.owners import owner_slug
from domain.views.badges import BADGES

HOME_KEY = "index.html"
MY_KEY = "my/index.html"
SEARCH_KEY = "search/index.html"
NOT_FOUND_KEY = "404.html"
ROBOTS_KEY = "robots.txt"
FEED_KEY = "feed.xml"
STATISTICS_KEY = "statistics/index.html"
ROOT_KEYS = ("simple/index.v1_json", "simple/index.v1_html", "simple/index.html")
"""In the order in which they are written."""
_OF_ONE = frozenset({"badge", "packages", "project", "pypi", "simple", "stats"})


def installer_keys(name: str) -> tuple[str, ...]:
    """The pages of one project for installers, in the order in which they are written."""
    return (
        f"simple/{name}/index.v1_json",
        f"simple/{name}/index.v1_html",
        f"simple/{name}/index.html",
        f"pypi/{name}/json",
    )


def package_in(key: str) -> str | None:
    """The canonical name of the one package that an object with this key is about; None if it is about others too."""
    root, _, rest = key.partition("/")
    return rest.partition("/")[0].removesuffix(".json") if root in _OF_ONE and not rest.startswith("index.") else None


def project_key(name: str) -> str:
    """The page of one project for people."""
    return f"project/{name}/index.html"


def text_key(name: str) -> str:
    """The same as text."""
    return f"project/{name}/index.md"


def feed_key(name: str) -> str:
    """The releases of one project for feed readers."""
    return f"project/{name}/feed.xml"


def badge_key(name: str, kind: str) -> str:
    """A small picture for somebody's README."""
    return f"badge/{name}/{kind}.svg"


def stats_key(name: str) -> str:
    """The figures of one project."""
    return f"stats/{name}.json"


def people_keys(name: str) -> tuple[str, ...]:
    """Everything about one project that is written together, pages of releases apart."""
    badges = (badge_key(name, kind) for kind in BADGES)
    return project_key(name), text_key(name), feed_key(name), stats_key(name), *badges


def release_key(name: str, label: str) -> str:
    """The page of one release."""
    return f"project/{name}/{label}/index.html"


def owner_key(account: str) -> str:
    """The page of one submitter."""
    return f"owner/{owner_slug(account)}/index.html"
