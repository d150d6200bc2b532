"""What a token of the directory may look like, so that every world keeps it in the same order."""

from domain.ports.directory import MOST_TOKENS

_LONGEST_TOKEN = 500  # bytes; with a name behind it, it has to fit into a sort key of DynamoDB
_LAST = 0x10FFFF


class InvalidToken(ValueError):
    """No world could keep this, or would find it in another place."""


def check_tokens(tokens: frozenset[str]) -> None:
    """A token is a short text without NUL, and a listing has a bounded number of them.

    Raises:
        InvalidToken: it is not, or has more.
    """
    if len(tokens) > MOST_TOKENS:
        raise InvalidToken(f"{len(tokens)} tokens are more than {MOST_TOKENS}")
    for token in tokens:
        if not _is_token(token):
            raise InvalidToken(f"{token!r} is no token")


def check_range(low: str, high: str) -> None:
    """All tokens of a range start with the same character.

    Raises:
        InvalidToken: some might not.
    """
    if not (_is_token(low) and "\0" not in high and high <= _end_of(low[0])):
        raise InvalidToken(f"not all tokens from {low!r} to {high!r} start alike")


def _end_of(initial: str) -> str:
    """What comes behind all tokens that start with this character."""
    return chr(ord(initial) + 1) if ord(initial) < _LAST else initial * _LONGEST_TOKEN


def _is_token(text: str) -> bool:
    try:
        return "\0" not in text and 0 < len(text.encode()) <= _LONGEST_TOKEN
    except UnicodeEncodeError:
        return False
