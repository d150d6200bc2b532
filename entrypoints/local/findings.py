"""What `doctor` finds, and how it says it."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import click
from attrs import frozen

from domain.logins import CALLBACK_PATH
from domain.policy import Allowance
from infrastructure.settings import Settings

_ID, _SECRET = "SLS_PYPI_GITHUB_CLIENT_ID", "SLS_PYPI_GITHUB_CLIENT_SECRET"


class Mark(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    """A choice, maybe not meant."""
    FAIL = "fail"
    """Something to mend."""


@frozen
class Finding:
    """One line of the report."""

    mark: Mark
    what: str


def report(findings: Iterable[Finding]) -> int:
    """Print the findings as they come; returns the exit status."""
    failed = 0
    for finding in findings:
        click.echo(f"{finding.mark:<5} {finding.what}")
        failed += finding.mark is Mark.FAIL
    click.echo(f"\n{failed} thing{'s' * (failed != 1)} to mend." if failed else "\nReady.")
    return 1 if failed else 0


def told_settings(settings: Settings, base_url: str, option: str) -> Iterator[Finding]:
    """What is set of an index, on one machine or as a stack; `option` is the command that sets an upstream."""
    yield from _policy(settings, option)
    yield _login(settings, base_url)
    yield _trusted_publishing(settings)


def _policy(settings: Settings, option: str) -> Iterator[Finding]:
    """What an index takes and where it looks for the rest."""
    if settings.upstream:
        yield Finding(
            Mark.OK, f"Upstream {settings.upstream}: names this index never had are found there; own names win"
        )
    else:
        yield Finding(
            Mark.NOTE,
            "No upstream: pip finds nothing but this index's packages through it, dependencies included"
            f" (SLS_PYPI_UPSTREAM, {option})",
        )
    yield Finding(Mark.OK, f"Repositories are on {settings.github_url} (SLS_PYPI_GITHUB_URL)")
    bounds = settings.bounds
    yield Finding(Mark.OK, f"Files up to {bounds.file_bytes / 2**20:g} MiB (SLS_PYPI_MAX_FILE_BYTES)")
    for word in Allowance:
        state = "allowed" if word in settings.allow else "refused"
        yield Finding(Mark.OK, f"{_MEANING[word]}: {state} (`{word}` in SLS_PYPI_ALLOW)")


def half_a_login(settings: Settings) -> str | None:
    """What is missing for a login with GitHub, if something is there. Of the secret nothing is said but that."""
    there, missing = (_ID, _SECRET) if settings.github_client_id else (_SECRET, _ID)
    if bool(settings.github_client_id) is bool(settings.github_client_secret):
        return None
    return f"{there} is set, {missing} is not: nobody can log in with GitHub"


def _login(settings: Settings, base_url: str) -> Finding:
    """Whether submitters log in with GitHub."""
    if half := half_a_login(settings):
        return Finding(Mark.FAIL, half)
    if settings.github_client_id:
        return Finding(Mark.OK, f"Submitters log in at {settings.github_url}; callback URL {base_url}{CALLBACK_PATH}")
    return Finding(Mark.NOTE, f"No login with GitHub: submitters have upload tokens ({_ID}, {_SECRET})")


def _trusted_publishing(settings: Settings) -> Finding:
    """Whose workflows may upload without a token of this index."""
    if not settings.trusted_publishing:
        return Finding(Mark.NOTE, "No trusted publishing: every upload needs a token (SLS_PYPI_TRUSTED_PUBLISHING)")
    issuers = " and ".join(settings.oidc_issuers.values())
    return Finding(Mark.OK, f"Trusted publishing for workflows known to {issuers} (SLS_PYPI_TRUSTED_PUBLISHING)")


_MEANING = {
    Allowance.LINUX_TAGS: "Wheels with bare linux_* tags",
    Allowance.DIRECT_REFERENCES: "Dependencies given as URLs",
    Allowance.PRIVATE_CLASSIFIERS: "`Private ::` classifiers",
    Allowance.STDLIB_NAMES: "Packages named like standard library modules",
}
