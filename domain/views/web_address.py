"""Addresses as HTML has them."""


def with_one_fragment(url: str) -> str:
    """The address with at most one number sign: browsers follow others, as those of matrix.to, but they are invalid."""
    before, mark, fragment = url.partition("#")
    return before + mark + fragment.replace("#", "%23")
