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
    PublisherDistrusted,
    PublisherTrusted,
    Recorded,
    SubmitterRegistered,
    TokenIssued,
    TokenRevoked,
    UsageYearOpened,
)
from domain.messages import Build, FetchFacts, Message, Page, PageStale
from domain.streams import key_of
from domain.submission_events import BuildFailed, BuildStarted, BuildSucceeded, SubmissionPublished, SubmissionRequested


def react(recorded: Recorded) -> tuple[Message, ...]:  # noqa: C901 - a table, and not to be cut
    """The messages that follow from one event."""
    match recorded.event:
        case PackageSubmitted():
            name = key_of(recorded.stream)
            return *_project(name), PageStale(Page.NEEDED, name)
        case FilePublished(version=version):
            name = key_of(recorded.stream)
            return *_project(name), PageStale(Page.RELEASE, name, version), FetchFacts(name)
        case FileYanked() | FileUnyanked():
            name = key_of(recorded.stream)
            return *_project(name), PageStale(Page.RELEASES, name)
        case FileDeleted():
            name = key_of(recorded.stream)
            return *_project(name), PageStale(Page.RELEASES, name), PageStale(Page.FILES, name)
        case PackageWithdrawn() | ProjectStatusChanged():
            name = key_of(recorded.stream)
            pages = (Page.RELEASES, Page.NEEDED, Page.FILES)
            return *_project(name), *(PageStale(page, name) for page in pages)
        case DownloadsAggregated():
            name = key_of(recorded.stream).rpartition("/")[0]
            return (PageStale(Page.PROJECT, name),)
        case DayCounted(whole=True):
            return (PageStale(Page.FIGURES),)
        case SubmitterRegistered():
            return (PageStale(Page.OWNER, key_of(recorded.stream)),)
        case SubmissionRequested() | BuildSucceeded():
            return (Build(key_of(recorded.stream)),)
        case (
            BuildStarted()
            | BuildFailed()
            | SubmissionPublished()
            | TokenIssued()
            | TokenRevoked()
            | PublisherTrusted()
            | PublisherDistrusted()
            | UsageYearOpened()
            | BatchCounted()
            | DayCounted()
        ):
            return ()


def _project(name: str) -> tuple[Message, ...]:
    return PageStale(Page.SIMPLE, name), PageStale(Page.PROJECT, name)
