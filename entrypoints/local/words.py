"""Words that several commands say."""


def plural(number: int, word: str) -> str:
    """So many of them: ``1 package``, ``1,000 packages``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def unknown(name: str) -> str:
    """That there is no package of this canonical name."""
    return f"There is no package {name} in this index."
