"""Why a command is refused: every rule raises its own class below one of these kinds.

The text of a refusal is one line, meant for the person who asked. It is part of the interface: the
entrypoints map kinds (and where needed single classes) to status codes and send the text unchanged.
"""


class Refused(Exception):
    """The command is refused and nothing has changed."""


class Invalid(Refused):
    """What was sent breaks a rule; sending it again will not help."""


class Unauthenticated(Refused):
    """No identity, or one that does not exist (any more)."""


class NotAllowed(Refused):
    """The identity is known and may not do this."""


class NotFound(Refused):
    """What the command names does not exist for this caller."""


class TooLarge(Invalid):
    """More bytes, entries or fields than this index accepts."""
