"""How much an archive may still unpack to."""

from domain.contents import InvalidDistribution, TooMuchInside
from domain.policy import Bounds


class CompressedTooWell(InvalidDistribution):
    """A few bytes that unpack to very many: a bomb."""


class Budget:
    """Counts unpacked bytes and kept bytes against the bounds."""

    def __init__(self, bounds: Bounds, packed_bytes: int) -> None:
        self._bounds = bounds
        self._packed = packed_bytes
        self._unpacked = 0
        self._entries = 0
        # What is kept for judging is METADATA, WHEEL, RECORD, entry_points.txt, once each in an honest archive.
        self._keepable = bounds.record_bytes + bounds.metadata_bytes + 2 * bounds.text_bytes

    def unpack(self, amount: int) -> None:
        """Charge bytes that came, or are declared to come, out of the archive."""
        self._unpacked += amount
        bounds = self._bounds
        if self._unpacked > bounds.ratio_from_bytes and self._unpacked > self._packed * bounds.ratio:
            raise CompressedTooWell(f"File exceeds compression ratio of {bounds.ratio}")
        if self._unpacked > bounds.unpacked_bytes:
            raise TooMuchInside(f"It unpacks to more than {bounds.unpacked_bytes // 2**20} MiB.")

    def enter(self) -> None:
        """Charge one entry."""
        self._entries += 1
        if self._entries > self._bounds.entries:
            raise TooMuchInside(f"It has more than {self._bounds.entries} entries.")

    def keep(self, amount: int, limit: int) -> None:
        """Charge a member whose bytes are kept."""
        self._keepable -= amount
        if amount > limit or self._keepable < 0:
            raise TooMuchInside(f"Its metadata is larger than {limit // 1024} KiB.")
