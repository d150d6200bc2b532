"""What a connection may cost."""

from attrs import frozen

from entrypoints.http.stalls import SILENCE


@frozen
class Limits:
    """Bounds of one connection.

    Attributes:
        headers: seconds from the first byte of a request to the end of its headers.
        body: seconds of waiting for a body, and more for what came of it (see `stalls.receive_within`).
        idle: seconds until the first byte of the first or the next request.
        writing: seconds without the peer taking a byte of an answer.
        header_bytes: size of one request's line and headers.
    """

    headers: float = SILENCE
    body: float = SILENCE
    idle: float = SILENCE
    writing: float = SILENCE
    header_bytes: int = 64 * 1024

    @property
    def shortest(self) -> float:
        """How often somebody has to look."""
        return min(self.headers, self.idle, self.writing)
