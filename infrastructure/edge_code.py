"""What of an edge function's source is deployed, as CloudFront counts every byte of it."""


def deployed(source: str) -> str:
    """The source without comments, indentation and empty lines.

    Args:
        source: a script in which comments stand in lines of their own, and no text goes over the end of a line.
    """
    lines = (line.strip() for line in source.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
