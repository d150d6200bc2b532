"""The narrow row that lists read (`Catalogue.listed`), made of a whole one where a table has no columns for it."""

from domain.listing import Entry, Listed
from domain.views.times import timestamp


def listed_of(entry: Entry) -> Listed | None:
    """None if it is not listed."""
    updated = timestamp(entry.updated) if entry.updated else ""
    return Listed(entry.name, entry.owner, entry.latest or "", updated) if entry.listed else None
