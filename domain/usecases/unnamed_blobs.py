"""Blobs that no event names: of uploads that were refused or killed before their event, or never completed."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby

from domain.package import fold
from domain.ports.blobs import Blobs, blob_key
from domain.ports.event_log import EventLog
from domain.ports.event_store import EventStore
from domain.streams import SUBMISSION, key_of, package_stream
from domain.usecases.built_files import accepted_of
from domain.usecases.publishing import artifact_of
from domain.usecases.rendering import Rendering
from domain.usecases.submission_records import SubmissionRecords

KEPT = timedelta(days=7)
"""How long a blob must have been unnamed before it goes. An upload has its event within an hour or never; the rest of
the time is for an operator who put back older events than the blobs are, and notices."""


class UnnamedBlobs:
    """Looks for them. Whoever removes one makes sure that nobody has added it again since it was first seen here."""

    def __init__(
        self, store: EventStore, log: EventLog, records: SubmissionRecords, blobs: Blobs, rendering: Rendering
    ) -> None:
        self._store = store
        self._log = log
        self._records = records
        self._blobs = blobs
        self._rendering = rendering

    def keys(self) -> Iterator[str]:
        """The keys of blobs that neither a package nor a submission in work names, a package at a time.

        Those of an upload that is just going on are among them.
        """
        # In this order: a submission is over only after its package names the files.
        in_work = self._in_work()
        for name, keys in groupby(self._blobs.keys(), key=_package_of):
            # Listed before the stream is read: whatever gets its event meanwhile is in neither or in both.
            found = list(keys)
            named = self._named(name)
            yield from (key for key in found if key not in named and key not in in_work)

    def _named(self, name: str) -> Collection[str]:
        package = fold(self._store.read(package_stream(name)))
        return {offer.blob for offer in self._rendering.kept(package)} if package else frozenset()

    def _in_work(self) -> Collection[str]:
        """Of submissions that have their files and are not over: those are published however long it takes."""
        named: set[str] = set()
        for stream in self._log.streams(SUBMISSION):
            submission = self._records.read(key_of(stream))
            if submission is not None and not submission.is_over:
                for file in submission.files or ():
                    blob = blob_key(artifact_of(accepted_of(file)).name, file.sha256, file.filename)
                    named |= {blob, f"{blob}.metadata"}
        return named


def unnamed_since(known: Mapping[str, datetime], found: Collection[str], now: datetime) -> Mapping[str, datetime]:
    """Since when each of those found is known to be unnamed. One that had a name meanwhile begins anew."""
    return {key: min(known.get(key, now), now) for key in found}


def is_waste(since: datetime, now: datetime) -> bool:
    """Whether a blob that is unnamed since then may go."""
    return now - since > KEPT


def _package_of(key: str) -> str:
    return key.partition("/")[0]
