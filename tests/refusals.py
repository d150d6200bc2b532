"""What every refusal has in common."""

from domain.refusals import Invalid


def check_told_plainly(refusal: Invalid, longest: int = 800) -> None:
    """A refusal is one printable line of bounded length, whatever was sent."""
    told = str(refusal)
    assert told.isprintable(), told
    assert len(told) < longest
