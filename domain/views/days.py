"""Days as people read them, the same in every locale."""

from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_in_words(day: date) -> str:
    """Like ``24 Nov 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
