"""How streams and claims are called."""

import hashlib

from domain import names

PACKAGE = "package"
ACCOUNT = "account"
USAGE = "usage"
DAYS = "days"
SUBMISSION = "submission"


def package_stream(name: str) -> str:
    """The stream of a package; `name` is canonical."""
    return f"{PACKAGE}/{name}"


def account_stream(key: str) -> str:
    """The stream of an account."""
    return f"{ACCOUNT}/{key}"


def usage_stream(name: str, year: int) -> str:
    """The stream of a package's figures in one year."""
    return f"{USAGE}/{name}/{year}"


def usage_years_stream(name: str) -> str:
    """The stream that says in which years a package has figures."""
    return f"usage-years/{name}"


def days_stream(year: int) -> str:
    """The stream of the days that are counted in one year."""
    return f"{DAYS}/{year}"


def counting_stream(day: str) -> str:
    """The stream of a day's batches."""
    return f"counting/{day}"


def submission_stream(submission: str) -> str:
    """The stream of an attempt to publish a repository."""
    return f"{SUBMISSION}/{submission}"


def key_of(stream: str) -> str:
    """What follows the category in a stream's name."""
    return stream.partition("/")[2]


def name_claim(name: str) -> str:
    """Held for ever by the first package among those that look alike."""
    return f"name/{names.lookalike(name)}"


def token_claim(sha256: str) -> str:
    """Leads from a token's digest to its account."""
    return f"token/{sha256}"


def minted_key(sha256: str) -> str:
    """The key of the session that remembers a workflow's token for some minutes."""
    return f"minted/{sha256}"


def token_digest(secret: str) -> str:
    """What is kept of a token. A plain digest is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
