"""What is in a log file, as far as it matters for reading it later."""

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from attrs import field, frozen

from adapters.local.log_lines import TOO_LONG, Fields, dates, is_clean, is_regular, laid_out, of_files, shape_of, sifted
from adapters.local.log_text import Incomplete, LogText, opened
from adapters.local.log_texts import Place, TextCopy

_DAY = re.compile(rb"\d{4}-\d{2}-\d{2}")
_MOST_FIELDS = 200


@frozen
class LogContents:
    """What a log file holds.

    Attributes:
        days: those of its lines, ascending.
        whole: whether it can be read to its end; otherwise nothing in it counts, and `days` end at the damage.
        compressed: whether it is gzip.
        fields: the only ones, if it can be read as it is; empty if it has to be cleaned first.
        malformed: how many lines cannot be read, by what is wrong with them.
    """

    days: tuple[str, ...] = ()
    whole: bool = True
    compressed: bool = False
    fields: tuple[str, ...] = ()
    malformed: Mapping[str, int] = field(factory=dict)


def examined(path: Path, place: Place | None = None) -> LogContents:
    """Read the file once.

    Args:
        path: of the file.
        place: for the requests that may be downloads, as text, if the file is compressed and can be read as it is.

    Raises:
        OSError: it is gone, cannot be read, or is no regular file.
    """
    found = _Found()
    with opened(path) as file, closing(TextCopy(place)) as copy:
        text = LogText(file)
        try:
            for fields, lines in laid_out(text.pieces()):
                found.add(fields, lines)
                if text.compressed:
                    copy.add(of_files(fields, lines))
            whole = True
        except Incomplete:
            whole = False
        only_fields = () if text.too_long else found.only_fields()
        if not (whole and text.compressed and only_fields):
            copy.drop()
    found.malformed[TOO_LONG] += text.too_long
    return LogContents(
        days=tuple(sorted(day.decode() for day in found.days)),
        whole=whole,
        compressed=text.compressed,
        fields=only_fields,
        malformed=+found.malformed,
    )


class _Found:
    """What has been found so far."""

    def __init__(self) -> None:
        self.days: set[bytes] = set()
        self.malformed = Counter[str]()
        self._fields: set[Fields] = set()
        self._odd = False

    def add(self, fields: Fields, lines: bytes) -> None:
        """Some lines of the same fields."""
        if len(self._fields) <= 1:
            self._fields.add(fields)
        shape = shape_of(lines)
        self.days.update(found for found in dates(fields, lines) if _DAY.fullmatch(found))
        clean, regular = is_clean(lines), is_regular(fields, shape)
        if not clean or not regular:
            sifted(fields, lines, self.malformed)
        # DuckDB forgives a column too many if it is empty.
        self._odd = self._odd or not clean or (not regular and b"\t\n" in lines)

    def only_fields(self) -> tuple[str, ...]:
        """The fields of all lines, if they are the same and all lines are text."""
        if self._odd or len(self._fields) != 1:
            return ()
        (fields,) = self._fields
        if len(fields) > _MOST_FIELDS or not b"".join(fields).isascii():
            return ()
        return tuple(name.decode() for name in fields)
