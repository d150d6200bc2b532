"""Access logs in a folder, chosen from by DuckDB."""

import hashlib
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from adapters.local import log_workspace
from adapters.local.database import Database
from adapters.local.log_agents import Table
from adapters.local.log_cleaning import cleaned
from adapters.local.log_files import LogFile, LogFiles
from adapters.local.log_lines import INCOMPLETE
from adapters.local.log_query import COLUMNS, LogQuery, QueryFailed, can_be_named
from adapters.local.log_texts import LogTexts
from domain.log_rows import Row
from domain.messages import CountDownloads
from domain.ports.access_logs import Findings, Query
from domain.ports.clock import Clock

_MOST_LAYOUTS = 16


class DuckDbAccessLogs:
    """An AccessLogs.

    Args:
        folder: of the logs, read recursively.
        tmp: for a query's own files, which hold addresses; nothing of them stays.
        database: remembers what is in each file.
        sql: `count_downloads.sql`.
        kept_days: how long logs are kept after they arrived; 0 for ever.
        clock: tells when that is over.
        pause: waits for seconds, for a file that somebody is writing.
    """

    def __init__(
        self,
        folder: Path,
        tmp: Path,
        database: Database,
        sql: str,
        kept_days: int,
        clock: Clock,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._texts = LogTexts(tmp)
        self._files = LogFiles(folder, database, kept_days, clock, self._texts, pause)
        self._tmp = tmp
        self._sql = sql
        self._pause = pause

    def keeps(self, day: str) -> bool:
        """Whether none of the day's logs has been removed because its time was over."""
        return not self._files.is_gone(day)

    def state(self, day: str) -> str:
        """A digest of which files concern the day and whether they have been touched."""
        digest = hashlib.sha256()
        for file in self._files.of(day):
            digest.update(os.fsencode(f"{file.path}\0{file.identity}\0"))
        return digest.hexdigest()

    def start(self, request: CountDownloads) -> Query:
        """Read the files that concern the day; the findings are there at once.

        Raises:
            OSError: there is no room for what is found.
        """
        opened = ExitStack()
        try:
            malformed, query = self._found(request, opened)
        except BaseException:
            opened.close()
            raise
        rows = _rows(query, opened) if query else iter(())
        return Query(f"local/{request.day}", Findings(rows, malformed))

    def findings(self, query: str) -> Findings:
        """There are none but those of `start`."""
        raise LookupError(query)

    def going(self) -> Collection[str]:
        """The days of which the next `expire` removes logs."""
        return self._files.going()

    def expire(self) -> None:
        """Remove the logs whose time is over, texts that nobody asked for, and what killed queries left."""
        self._files.expire()
        self._texts.clear()
        log_workspace.sweep(self._tmp)

    def _found(self, request: CountDownloads, opened: ExitStack) -> tuple[Counter[str], LogQuery | None]:
        """Run the query over files as they are, and over copies of those that cannot be read so or change meanwhile."""
        copied: set[Path] = set()
        while True:
            malformed = Counter[str]()
            direct, others = _sorted_out(self._files.of(request.day), request.day, copied, malformed)
            with ExitStack() as attempt:
                folder = attempt.enter_context(log_workspace.workspace(self._tmp))
                tables = [*_tables(direct, self._texts), *self._copies(others, folder, request.day, malformed)]
                if not tables:
                    return malformed, None
                query = attempt.enter_context(closing(LogQuery(self._sql, folder)))
                changed = _run(query, request, tables, direct)
                if not changed:
                    opened.push(attempt.pop_all())
                    self._texts.remove(file.state for file in direct)
                    return malformed, query
                copied.update(file.path for file in changed)

    def _copies(self, files: Sequence[LogFile], folder: Path, day: str, malformed: Counter[str]) -> Iterator[Table]:
        names = tuple(COLUMNS.values())
        targets = []
        for number, file in enumerate(files):
            target = folder / f"{number}.gz"
            malformed.update(cleaned(file.path, target, names, day, self._pause))
            if target.exists():
                targets.append(target)
        if targets:
            yield Table(names, compressed=True, paths=targets)


def _sorted_out(
    files: Sequence[LogFile], day: str, copied: Container[Path], malformed: Counter[str]
) -> tuple[list[LogFile], list[LogFile]]:
    """The files that can be read as they are, and those that cannot; what of them need not be read is only counted."""
    direct, others, layouts = [], [], set[tuple[str, ...]]()
    for file in files:
        contents = file.contents
        if not contents.whole:
            malformed[INCOMPLETE] += 1
        elif day not in file.days:
            malformed.update(contents.malformed)
        elif (
            contents.fields
            and can_be_named(file.path)
            and file.path not in copied
            and (contents.fields in layouts or len(layouts) < _MOST_LAYOUTS)
        ):
            layouts.add(contents.fields)
            malformed.update(contents.malformed)
            direct.append(file)
        else:
            others.append(file)
    return direct, others


def _tables(files: Sequence[LogFile], texts: LogTexts) -> list[Table]:
    paths: defaultdict[tuple[tuple[str, ...], bool], list[Path]] = defaultdict(list)
    for file in files:
        contents, text = file.contents, texts.of(file.state)
        paths[contents.fields, contents.compressed and text is None].append(text or file.path)
    return [Table(fields, compressed, alike) for (fields, compressed), alike in paths.items()]


def _run(
    query: LogQuery, request: CountDownloads, tables: Sequence[Table], direct: Sequence[LogFile]
) -> Sequence[LogFile]:
    """Returns the files that must be copied and the query run again: those that changed, else those it fails for."""
    try:
        query.run(request, tables)
    except QueryFailed:
        if not direct:
            raise
        return [file for file in direct if not file.is_unchanged()] or direct
    return [file for file in direct if not file.is_unchanged()]


def _rows(query: LogQuery, opened: ExitStack) -> Iterator[Row]:
    with opened:
        yield from query.rows()
