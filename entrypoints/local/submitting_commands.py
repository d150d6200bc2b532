"""The commands of submitters: logging in to an index, publishing repositories, seeing what is there."""

import sys

import click

from entrypoints.local.checked import checked, ref_name
from entrypoints.local.options import INDEX_URL
from entrypoints.local.tokens import TOKEN, token_for


@click.command()
@INDEX_URL
def login(url: str) -> None:
    """Log in to an index with GitHub, in any browser you like.

    The token that comes of it is kept in sls-pypi/credentials.json of your configuration directory
    ($XDG_CONFIG_HOME, else ~/.config), where upload, publish and packages find it.
    """
    from entrypoints.local.logging_in import login as run  # noqa: PLC0415
    from entrypoints.local.tokens import credentials  # noqa: PLC0415

    sys.exit(run(url, credentials()))


@click.command()
@INDEX_URL
def logout(url: str) -> None:
    """Revoke what `login` got from an index, and forget it."""
    from entrypoints.local.logging_in import logout as run  # noqa: PLC0415
    from entrypoints.local.tokens import credentials  # noqa: PLC0415

    sys.exit(run(url, credentials()))


@click.command()
@INDEX_URL
@TOKEN
@click.option(
    "--ref", metavar="REF", callback=checked(ref_name), help="Tag, branch or commit.  [default: the latest release]"
)
@click.option("--no-wait", is_flag=True, help="Print the submission's URL and leave it to the index.")
@click.argument("repository", metavar="OWNER/NAME")
def publish(url: str, token: str | None, ref: str | None, *, no_wait: bool, repository: str) -> None:
    """Have an index publish your public GitHub repository OWNER/NAME, and watch.

    The index takes the wheels and sdists of the release if it has any, and builds it otherwise. Exit status 1 says that
    nothing was published, or that nobody knows yet.
    """
    from entrypoints.local.submitting import publish as run  # noqa: PLC0415

    owner, slash, name = repository.partition("/")
    if not (owner and slash and name) or "/" in name:
        raise click.UsageError(
            f"{repository!r} is no repository; give one like octocat/hello", click.get_current_context()
        )
    sys.exit(run(url, token_for(url, token), repository, ref, wait=not no_wait))


@click.command()
@INDEX_URL
@TOKEN
@click.option("--json", "as_json", is_flag=True, help="As the index says it, in JSON.")
def packages(url: str, token: str | None, *, as_json: bool) -> None:
    """List your packages on an index, and your repositories that could be published there."""
    from entrypoints.local.portfolio import packages as run  # noqa: PLC0415

    sys.exit(run(url, token_for(url, token), as_json=as_json))
