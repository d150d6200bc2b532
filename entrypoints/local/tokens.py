"""Which upload token a command uses: what it is given, else what the environment says, else what `login` got."""

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from entrypoints.local.credentials import Credentials

TOKEN = click.option(
    "--token",
    envvar="SLS_PYPI_TOKEN",
    help="An upload token of the index.  [default: $SLS_PYPI_TOKEN, else that of `sls-pypi login`]",
)


def token_for(url: str, given: str | None) -> str:
    """The token for the index with this base URL.

    Args:
        url: without a slash at its end.
        given: by option or environment.

    Raises:
        click.ClickException: there is none, or it makes no sense.
    """
    context = click.get_current_context()
    secret = (given or "").strip()
    # An empty variable of the environment is none; an empty option is a mistake of a script.
    if not secret and context.get_parameter_source("token") is not ParameterSource.COMMANDLINE:
        kept = credentials().get(url)
        secret = kept.token if kept else ""
    if not secret:
        raise click.UsageError(
            f"Log in with `sls-pypi login --url {url}`, or give an upload token with --token or SLS_PYPI_TOKEN", context
        )
    if not may_be_token(secret):
        raise click.UsageError("What was given is no upload token", context)
    return secret


def may_be_token(secret: str) -> bool:
    """Whether a header can carry it."""
    return secret.isascii() and secret.isprintable()


def credentials() -> "Credentials":
    """What `login` got, whatever the index."""
    from entrypoints.local.credentials import Credentials  # noqa: PLC0415

    return Credentials.of_user()
