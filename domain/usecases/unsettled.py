"""Writers who get into each other's way."""


class Unsettled(Exception):
    """Others kept changing the same pages; the message must be delivered again."""
