"""What the application needs of its world."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from domain.policy import Bounds
from domain.ports.event_store import EventStore
from domain.ports.pages import Pages
from domain.site_settings import SiteSettings
from domain.usecases.eligibility import Eligibility
from domain.usecases.ever_had import ever_had
from domain.usecases.portfolio import Portfolio
from domain.usecases.publishing import Publishing
from domain.usecases.statistics import Statistics
from domain.usecases.submissions import Submissions
from domain.usecases.tokens import Tokens
from domain.usecases.uploads import Uploads
from entrypoints.http.login import Entrance, way_of
from entrypoints.http.oidc import TrustedPublishing

if TYPE_CHECKING:
    from infrastructure.index import Index
    from infrastructure.settings import Settings


def _has_none(_key: str) -> bool:
    return False


@frozen
class Functions:
    """What the application needs of its world.

    Attributes:
        entrance: logging in.
        trusted_publishing: uploading without a token of this index.
        base_url: public URL of the index, without a slash at its end.
        folder: where uploads are kept while they arrive.
        lag: by how many events and messages pages are behind; raises if the storage cannot be reached.
        upstream: another index's simple URL, for projects that this index never had.
        ever_had: whether the index has or ever had the project of this canonical name.
        legacy_bytes: the largest file that `/legacy/` takes, if that is less than the index takes.
        answer_bytes: how long an answer may be as a JSON string; None if whatever is streamed arrives.
        missing_page: gives the site's page for what is missing, if there is one; None if whoever serves the site does.
        has_page: whether the site has the object of a key; it has none if whoever serves the site looks there.
        webhook_secret: with which GitHub signs what it tells of releases; empty if it does not.
    """

    publishing: Publishing
    uploads: Uploads
    tokens: Tokens
    portfolio: Portfolio
    statistics: Statistics
    submissions: Submissions
    eligibility: Eligibility
    entrance: Entrance
    trusted_publishing: TrustedPublishing
    bounds: Bounds
    base_url: str
    folder: Path
    lag: Callable[[], int]
    upstream: str | None
    ever_had: Callable[[str], bool]
    legacy_bytes: int | None = None
    answer_bytes: int | None = None
    missing_page: Callable[[], bytes | None] | None = None
    has_page: Callable[[str], bool] = _has_none
    webhook_secret: str = field(default="", repr=False)


def functions_of(
    index: "Index",
    settings: "Settings",
    site: SiteSettings,
    *,
    pages: Callable[[], Pages],
    store: EventStore,
    folder: Path,
    lag: Callable[[], int],
    only_here: bool = False,
    answer_bytes: int | None = None,
    missing_page: Callable[[], bytes | None] | None = None,
    has_page: Callable[[str], bool] = _has_none,
) -> Functions:
    """What an index offers: its use cases, what its operator decided, and the few things in which worlds differ.

    The latter are called as in `Functions`. Besides, `pages` makes the renderer when something is rendered, and
    `only_here` says whether only this machine reaches the server.
    """
    way = way_of(settings.github_app, site.base_url, only_here=only_here)
    return Functions(
        publishing=index.publishing(),
        uploads=index.uploads(),
        tokens=index.tokens(),
        portfolio=index.portfolio(),
        statistics=index.statistics(),
        submissions=index.submissions(),
        eligibility=index.eligibility(),
        entrance=Entrance(index.logins(), index.login_sessions(), pages, site, way, index.device_logins()),
        trusted_publishing=TrustedPublishing(
            index.publishers(), index.minting() if settings.trusted_publishing else None
        ),
        bounds=settings.bounds,
        base_url=site.base_url,
        folder=folder,
        lag=lag,
        upstream=settings.upstream,
        ever_had=ever_had(store),
        legacy_bytes=settings.legacy_bytes,
        answer_bytes=answer_bytes,
        missing_page=missing_page,
        has_page=has_page,
        webhook_secret=settings.github_webhook_secret,
    )
