"""Options that commands have in common: which index they are about."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click
from attrs import evolve
from click.core import ParameterSource

from entrypoints.local.place import Place
from infrastructure.cloud import DEFAULT_REGION
from infrastructure.settings import Settings

Command = Callable[..., None]

HOME = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SLS_PYPI_HOME",
    help="Where the index keeps everything.  [default: $SLS_PYPI_HOME, else ./.sls-pypi]",
)
STACK = click.option("--stack", metavar="NAME", help="A deployed index instead of a home, with your AWS credentials.")
REGION = click.option("--region", metavar="REGION", help=f"Where the stack is.  [default: {DEFAULT_REGION}]")


def on_an_index(command: Command) -> Command:
    """Give a command `--home`, and `--stack` with `--region` instead; it receives the `place` they mean."""

    @wraps(command)
    def run(home: Path | None, stack: str | None, region: str | None, **rest: object) -> None:
        context = click.get_current_context()
        if stack is None and region is not None:
            raise click.UsageError("--region goes with --stack", context)
        if stack is not None and context.get_parameter_source("home") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--home and --stack exclude each other: an index is in one of them", context)
        command(place=Place(settings_of(home), stack, region or DEFAULT_REGION), **rest)

    for option in (HOME, REGION, STACK):
        run = option(run)
    return run


def settings_of(home: Path | None) -> Settings:
    """Settings of the environment, with this home if there is one."""
    settings = Settings.from_environment()
    return settings if home is None else evolve(settings, home=home)
