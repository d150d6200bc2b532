"""What a benchmark prints: findings for whoever keeps them, and what it is doing for whoever waits."""

import sys


def tell(text: str) -> None:
    """A finding, on standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def say(line: str) -> None:
    """What goes on, on standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
