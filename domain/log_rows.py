"""What a query of access logs finds: a request in a row."""

Row = tuple[str, str, str, str, str, str]
"""A request that may be a download, as it stands in the log: the path (percent-encoded), the time (``HH:MM:SS``), edge,
country, address and user agent (percent-encoded). What was not said is ``-``."""
