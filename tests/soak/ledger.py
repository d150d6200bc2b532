"""What was confirmed to whom, and what became of it."""

import threading
from collections import Counter
from random import Random
from typing import Any

from attrs import define, evolve, field, frozen


@frozen
class Confirmed:
    """A file that the index said it had.

    Attributes:
        name: canonical name of its package.
        yanked: whether somebody withdrew it from those who do not pin it, and was told so.
        doomed: whether somebody asks for it to be deleted: it may be there or not.
        deleted: whether they were told that it is.
    """

    name: str
    version: str
    filename: str
    sha256: str
    yanked: bool = False
    doomed: bool = False
    deleted: bool = False


@define
class Ledger:
    """Written by many threads.

    Attributes:
        counts: how often what happened.
        lost: sentences, each about something that was confirmed and is not there.
        troubles: answers of the index that no client should get, by what they said.
    """

    counts: Counter[str] = field(factory=Counter)
    lost: list[str] = field(factory=list)
    troubles: Counter[str] = field(factory=Counter)
    _files: dict[str, Confirmed] = field(factory=dict)
    _lock: threading.Lock = field(factory=threading.Lock)

    def count(self, what: str, times: int = 1) -> None:
        """It happened."""
        with self._lock:
            self.counts[what] += times

    def confirmed(self) -> int:
        """How often something was confirmed to somebody so far."""
        with self._lock:
            return sum(
                times for what, times in self.counts.items() if " confirmed" in what or what.startswith("installs")
            )

    def confirm(self, file: Confirmed) -> None:
        """The index has it, or says so."""
        with self._lock:
            self._files[file.filename] = file

    def change(self, filename: str, **changes: Any) -> None:
        """More is known about a confirmed file."""
        with self._lock:
            self._files[filename] = evolve(self._files[filename], **changes)

    def miss(self, sentence: str) -> None:
        """Something is not as it was confirmed."""
        with self._lock:
            self.lost.append(sentence)

    def trouble(self, said: str) -> None:
        """A client was answered something that it should not be."""
        with self._lock:
            self.troubles[said] += 1

    def some(self, random: Random) -> Confirmed | None:
        """Any of the confirmed files."""
        with self._lock:
            return random.choice(list(self._files.values())) if self._files else None

    def all(self) -> list[Confirmed]:
        """All confirmed files."""
        with self._lock:
            return list(self._files.values())

    def at(self, filename: str) -> Confirmed:
        """What is confirmed of this file now."""
        with self._lock:
            return self._files[filename]
