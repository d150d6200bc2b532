"""One machine keeps no copies: its server reads the site."""


class NoCaches:
    """A Caches where nothing of ours is between the site and its readers."""

    def forget(self, prefix: str, occasion: str) -> None:
        """There is nothing to drop."""
