"""Builds on this machine, each of its commands in a cell of its own."""

import fcntl
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.building import hostile_files, requirements
from adapters.building.build_log import BuildLog
from adapters.building.stages import BuildFails, build
from adapters.keys import check_identifier
from adapters.local.build_process import Watch
from adapters.local.build_room import LocalRoom
from adapters.local.build_usage import BuildLimits
from adapters.local.confinement import Confinement, Kind, NothingConfines, confinement
from domain.ports.build_logs import BuildLogs, LogPart
from domain.ports.builder import Built, NotBuilt, Outcome

_OUTCOME, _FILES, _ROOM = "outcome.json", "files", "room"
_LARGEST_OUTCOME = 64 * 1024
_SECONDS_BETWEEN = 1.0


class SandboxBuilder:
    """A Builder of one machine: one build at a time.

    Args:
        folder: of its own; what is kept of a submission is in a folder of its name.
        logs: takes what is printed, about once a second.
        limits: for each build.
        index_url: where build requirements come from.
        confinement: how builds are shut away; None for the best that works here.
        hidden: folders of the index, which no build sees even where they lie among what every build sees.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        folder: Path,
        logs: BuildLogs,
        limits: BuildLimits,
        index_url: str,
        confinement: Confinement | None = None,
        hidden: tuple[Path, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder.absolute()
        self._logs = logs
        self._limits = limits
        self._index_url = index_url
        self._confinement = confinement
        self._hidden = hidden
        self._clock = clock

    def start(self, submission: str, source: Path, version: str | None = None) -> None:
        """Build it, unless that was done; waits for another build that runs."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.outcome(submission) is None:
                self._keep(submission, self._build(submission, source, version))

    def outcome(self, submission: str) -> Outcome | None:
        """What came of it."""
        try:
            told = json.loads(hostile_files.read(self._of(submission), _OUTCOME, most_bytes=_LARGEST_OUTCOME))
        except (FileNotFoundError, hostile_files.NoSuchFile):
            return None
        return Built(tuple(told["filenames"])) if "filenames" in told else NotBuilt(told["reason"])

    def fetch(self, submission: str, filename: str, destination: Path) -> bool:
        """Copy one of the files that came out."""
        outcome = self.outcome(submission)
        if not isinstance(outcome, Built) or filename not in outcome.filenames:
            return False
        shutil.copyfile(self._of(submission) / _FILES / filename, destination)
        return True

    def forget(self, submission: str) -> None:
        """Remove what is kept of it."""
        hostile_files.remove(self._of(submission))

    def _of(self, submission: str) -> Path:
        check_identifier(submission)
        return self._folder / submission

    def _keep(self, submission: str, outcome: Outcome) -> None:
        folder = self._of(submission)
        told = {"filenames": outcome.filenames} if isinstance(outcome, Built) else {"reason": outcome.reason}
        draft = folder / "draft.json"
        with draft.open("w") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / _OUTCOME)

    def _build(self, submission: str, source: Path, version: str | None) -> Outcome:
        folder = self._of(submission)
        # What an earlier attempt left that did not come to its end.
        hostile_files.remove(folder)
        (folder / _FILES).mkdir(parents=True)
        try:
            how = self._confinement or confinement()
        except NothingConfines:
            return NotBuilt("This index cannot build: publish the files of a release on GitHub, or tell its operator.")
        if how.kind is Kind.LIMITS:
            logging.warning("strangers' code is built with %s; install bubblewrap, see `doctor`", how.description)
        with self._place(folder, how) as place:
            log = BuildLog(requirements.secrets(self._index_url) | {str(place): "", str(self._folder): ""})
            last = self._clock()

            def tell() -> None:
                nonlocal last
                if self._clock() >= last + _SECONDS_BETWEEN:
                    last = self._clock()
                    self._logs.put(submission, LogPart.BUILD, log.text())

            watch = Watch(self._limits, last + self._limits.seconds, log.add, tell, self._clock)
            room = LocalRoom(place, folder / _FILES, how, self._limits, watch, self._index_url, self._hidden)
            try:
                return _outcome(room, source, version, log)
            finally:
                self._logs.put(submission, LogPart.BUILD, log.text())

    @contextmanager
    def _place(self, folder: Path, how: Confinement) -> Iterator[Path]:
        """Where the room is: within our folder, or where another user gets to without passing through that."""
        within = folder if how.has_tree or how.uid is None else None
        place = Path(tempfile.mkdtemp(prefix=_ROOM, dir=within))
        try:
            place.chmod(0o711)
            yield place
        finally:
            hostile_files.remove(place)


def _outcome(room: LocalRoom, source: Path, version: str | None, log: BuildLog) -> Outcome:
    try:
        return Built(build(room, source, version, log.say))
    except BuildFails as failure:
        reason = str(failure)
    except OSError as failure:
        # A full disk, or files that nobody can handle.
        reason = f"The build cannot go on with the files that it made ({type(failure).__name__})."
    log.say(reason)
    return NotBuilt(reason)
