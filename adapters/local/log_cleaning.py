"""Logs that a database cannot read as they are, written once more with what counts only."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from isal import isal_zlib

from adapters.local.log_files import PAUSES
from adapters.local.log_lines import INCOMPLETE, TOO_LONG, laid_out, picked, sifted
from adapters.local.log_text import Incomplete, LogText, opened

UNSAID = "-"

_QUICKEST = 0
_GZIP_FORMAT = 31


def cleaned(source: Path, target: Path, names: Sequence[str], day: str, pause: Callable[[float], None]) -> Counter[str]:
    """Write a log's lines of a day as gzip, with these columns in this order and without any directive.

    A log that cannot be read to its end is tried again, as somebody may be writing it.

    Returns:
        How many lines of the log could not be read, by what is wrong with them. There is no target if the log is not
        whole, or gone.

    Raises:
        OSError: the target cannot be written.
    """
    for wait in (*PAUSES, None):
        try:
            return _clean(source, target, [name.encode() for name in names], day.encode())
        except Incomplete:
            target.unlink(missing_ok=True)
            if wait is not None:
                pause(wait)
        except FileNotFoundError:
            return Counter()
    return Counter({INCOMPLETE: 1})


def _clean(source: Path, target: Path, names: Sequence[bytes], day: bytes) -> Counter[str]:
    malformed = Counter[str]()
    packer = isal_zlib.compressobj(_QUICKEST, wbits=_GZIP_FORMAT)
    with opened(source) as file, target.open("wb") as output:
        text = LogText(file)
        for fields, lines in laid_out(text.pieces()):
            good = sifted(fields, lines, malformed)
            wanted = [line for line in good if day in line]
            rows = picked(fields, wanted, names, UNSAID.encode())
            output.write(packer.compress(b"".join(row + b"\n" for row in rows)))
        output.write(packer.flush())
    malformed[TOO_LONG] += text.too_long
    return +malformed
