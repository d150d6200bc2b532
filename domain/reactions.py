"""Whenever this happened, that is due: the whole table."""

from domain.events import (
    BatchCounted,
    DayCounted,
    DownloadsAggregated,
    FileDeleted,
    FilePublished,
    FileUnyanked,
    FileYanked,
    PackageSubmitted,
    PackageWithdrawn,
    ProjectStatusChanged,
    SubmitterRegistered,
    TokenIssued,
    TokenRevoked,
    UsageYearOpened,
)
from domain.messages import FetchFacts, Message, Page, PageStale
from domain.ports.event_log import Recorded
from domain.streams import key_of


def react(recorded: Recorded) -> tuple[Message, ...]:
    """The messages that follow from one event."""
    match recorded.event:
        case FilePublished():
            name = key_of(recorded.stream)
            return PageStale(Page.SIMPLE, name), PageStale(Page.PROJECT, name), FetchFacts(name)
        case PackageSubmitted() | FileYanked() | FileUnyanked():
            name = key_of(recorded.stream)
            return PageStale(Page.SIMPLE, name), PageStale(Page.PROJECT, name)
        case FileDeleted() | PackageWithdrawn() | ProjectStatusChanged():
            name = key_of(recorded.stream)
            return PageStale(Page.SIMPLE, name), PageStale(Page.PROJECT, name), PageStale(Page.FILES, name)
        case DownloadsAggregated():
            name = key_of(recorded.stream).rpartition("/")[0]
            return PageStale(Page.STATS, name), PageStale(Page.PROJECT, name)
        case DayCounted(whole=True):
            return (PageStale(Page.FIGURES),)
        case SubmitterRegistered() | TokenIssued() | TokenRevoked():
            return ()
        case UsageYearOpened() | BatchCounted() | DayCounted():
            return ()
