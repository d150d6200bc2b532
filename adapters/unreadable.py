"""What is stored and makes no sense."""


class Unreadable(Exception):
    """Something stored cannot be understood; the text says what to do."""
