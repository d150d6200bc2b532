"""The packages of one submitter."""

from collections.abc import Sequence

from attrs import frozen

from domain.listing import Listing
from domain.owners import Owner
from domain.site_settings import SiteSettings
from domain.views.lists import Row, fitted, row_of

_MOST_ROWS = 250
_LIST_BUDGET = 28_500
_MARKUP = 62


@frozen
class OwnerPage:
    """An owner's page.

    Attributes:
        count: of packages.
        updated: the day of the newest file of any; empty without files.
        rows: in the order of names; of very many packages those with most downloads.
    """

    site: SiteSettings
    owner: Owner
    count: int
    updated: str
    rows: tuple[Row, ...]


def owner_page(owner: Owner, listings: Sequence[Listing], settings: SiteSettings) -> OwnerPage:
    """The page of an account with these packages."""
    most = sorted(map(row_of, listings), key=lambda row: (-row.downloads, row.name))[:_MOST_ROWS]
    return OwnerPage(
        site=settings,
        owner=owner,
        count=len(listings),
        updated=max((listing.updated for listing in listings), default=""),
        rows=fitted(sorted(most, key=lambda row: row.name), _LIST_BUDGET, _MARKUP),
    )
