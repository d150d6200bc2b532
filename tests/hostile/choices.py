"""Decisions of a generator, taken from bytes: those of a seed, or those that a coverage-guided fuzzer makes up."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_BYTES = 1024


def seeded(seed: str) -> bytes:
    """Decisions that are always the same for a seed."""
    return random.Random(seed).randbytes(_BYTES)  # noqa: S311 - nothing is kept secret by it


class Choices:
    """Reads decisions one after the other; when the bytes have ended, all decisions are the first, harmless one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def number(self, below: int) -> int:
        """From 0 up to, but not including, this."""
        length = max(1, (max(below, 1) - 1).bit_length() + 7 >> 3)
        return int.from_bytes(self.raw(length), "big") % max(below, 1)

    def one_of(self, things: Sequence[T]) -> T:
        """One of them; the first is the harmless one."""
        return things[self.number(len(things))]

    def chance(self, of: int) -> bool:
        """Once in so many times."""
        return self.number(of) == of - 1

    def raw(self, length: int) -> bytes:
        """So many bytes."""
        found = self._data[self._place : self._place + length]
        self._place += length
        return found.ljust(length, b"\0")

    def mutated(self, raw: bytes, most: int = 4) -> bytes:
        """The bytes with a few of them changed, lost, doubled or cut off; often unchanged."""
        changed = bytearray(raw)
        for _ in range(max(0, self.number(2 * most) - most)):
            if not changed:
                break
            place = self.number(len(changed))
            match self.number(5):
                case 0:
                    changed[place] = self.number(256)
                case 1:
                    changed[place] ^= 1 << self.number(8)
                case 2:
                    changed[place : place + 1 + self.number(8)] = b""
                case 3:
                    changed[place:place] = changed[place : place + 1 + self.number(64)]
                case _:
                    del changed[len(changed) - self.number(32) :]
        return bytes(changed)
