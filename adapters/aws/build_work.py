"""One build in the function that builds: from the archive's URL to the files, the log and the outcome."""

import json
import logging
import time
from pathlib import Path
from typing import BinaryIO

import httpx2

from adapters.aws.build_job import MOST_FILES, MOST_SOURCE_BYTES, BuildOutcome, Form, Job
from adapters.aws.build_room import FunctionRoom
from adapters.building import requirements, stages
from adapters.building.build_log import BuildLog
from adapters.records import to_json

_TIMEOUT = httpx2.Timeout(30, connect=10)
_LOG_SECONDS = 2.0
_PIECE = 1024 * 1024

# It tells each address from INFO on, which Lambda keeps; whoever has one of ours may fetch and put for a while.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class Unreached(Exception):
    """Something could not be fetched or put; the text says no address."""


class Work:
    """Does one job.

    Args:
        job: what is to be done.
        folder: empty, and for nothing else.
        seconds_left: how long this process may still work.
    """

    def __init__(self, job: Job, folder: Path, seconds_left: float) -> None:
        self._job = job
        self._folder = folder
        self._until = time.monotonic() + min(job.bounds.seconds, seconds_left)
        self._log = BuildLog(requirements.secrets(job.index_url) | {str(folder): ""})
        self._http = httpx2.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False)
        self._said = 0.0

    def do(self) -> None:
        """Build, and put what comes of it; the outcome last.

        Raises:
            Unreached: something could not be fetched or put.
        """
        try:
            with self._http:
                outcome = self._outcome(self._fetched())
                self._put(self._job.log, self._log.text())
                self._put(self._job.outcome, json.dumps(to_json(outcome)).encode())
        except httpx2.HTTPStatusError as failure:
            raise Unreached(f"S3 answers {failure.response.status_code}") from None
        except httpx2.HTTPError as failure:
            raise Unreached(type(failure).__name__) from None

    def _outcome(self, source: Path) -> BuildOutcome:
        job = self._job
        room = FunctionRoom(self._folder, job.bounds, job.index_url, self._until, self._log, self._tick)
        try:
            names = stages.build(room, source, job.version, self._log.say)
        except stages.BuildFails as failure:
            reason = str(failure)
        except (OSError, RecursionError) as failure:
            # A full disk, or files that nobody can handle: of all that is on this disk, the rest is ours and small.
            reason = f"The build cannot go on with the files that it made ({type(failure).__name__})."
        else:
            return self._sent(names)
        self._log.say(reason)
        return BuildOutcome(reason=reason)

    def _sent(self, names: tuple[str, ...]) -> BuildOutcome:
        for name, form in zip(names, self._job.files[:MOST_FILES], strict=True):
            with (self._folder / "out" / name).open("rb") as file:
                self._put(form, file)
        return BuildOutcome(names)

    def _fetched(self) -> Path:
        path = self._folder / "source.tar.gz"
        left = MOST_SOURCE_BYTES
        with self._http.stream("GET", self._job.source) as answer, path.open("wb") as file:
            answer.raise_for_status()
            for piece in answer.iter_bytes(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise httpx2.DecodingError("the archive is too large")
                file.write(piece)
        return path

    def _tick(self) -> None:
        """Show what was printed so far, every now and then; that may fail."""
        if time.monotonic() < self._said + _LOG_SECONDS:
            return
        try:
            self._put(self._job.log, self._log.text())
        except httpx2.HTTPError:
            self._log.say("What is printed cannot be shown for the moment")
        self._said = time.monotonic()

    def _put(self, form: Form, content: bytes | BinaryIO) -> None:
        answer = self._http.post(form.url, data=dict(form.fields), files={"file": content})
        answer.raise_for_status()
