"""How large a file may be, and what is said of one that is larger."""

from domain.refusals import TooLarge

_MIB = 2**20


class FileTooLarge(TooLarge):
    """The file is above a limit."""


def check_size(size: int, limit: int) -> None:
    """A file has at most so many bytes."""
    if size > limit:
        raise FileTooLarge(above_limit(limit))


def above_limit(limit: int) -> str:
    """What is said of a file that this index does not take; `limit` in bytes."""
    return f"File too large. The limit of this index is {_shown(limit)} a file."


def above_request_limit(limit: int, base_url: str) -> str:
    """What is said of a file that does not fit into one request; an upload session takes it (`limit` in bytes).

    The edge function of the deployed index answers the same.
    """
    return (
        f"File too large: this address takes files up to {_shown(limit)}. "
        f"Run: sls-pypi upload --url {base_url} FILE... "
        f"(twine and others at any size: sls-pypi proxy --url {base_url})"
    )


def _shown(size: int) -> str:
    return f"{size // _MIB} MiB" if size >= _MIB else f"{size} bytes"
