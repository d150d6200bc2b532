"""The computer's time."""

from datetime import UTC, datetime


class SystemClock:
    """Tells what the operating system says."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)
