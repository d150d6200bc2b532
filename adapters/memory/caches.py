"""No copies, but a memory of who asked for them to be dropped."""


class MemoryCaches:
    """A Caches with nothing in front of it; `forgotten` are the prefixes by their occasions."""

    def __init__(self) -> None:
        self.forgotten: dict[str, str] = {}

    def forget(self, prefix: str, occasion: str) -> None:
        """Note that copies are dropped."""
        self.forgotten[occasion] = prefix
