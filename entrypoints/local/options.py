"""Options that commands have in common: which index they are about."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from urllib.parse import urlsplit

import click
from attrs import evolve
from click.core import ParameterSource

from domain.loopback import is_loopback
from entrypoints.local.checked import FOLDER, checked
from entrypoints.local.place import Place
from infrastructure.cloud import DEFAULT_REGION
from infrastructure.setting_urls import WrongSetting, checked_base_url, checked_upstream
from infrastructure.settings import Settings

Command = Callable[..., None]

HOME = click.option(
    "--home",
    type=FOLDER,
    envvar="SLS_PYPI_HOME",
    help="Where the index keeps everything.  [default: $SLS_PYPI_HOME, else ./.sls-pypi]",
)
BASE_URL = click.option(
    "--base-url",
    callback=checked(checked_base_url, may_be_empty=True),
    help="Public URL, if it differs.  [default: $SLS_PYPI_BASE_URL, else http://HOST:PORT]",
)
UPSTREAM = click.option(
    "--upstream",
    metavar="URL",
    callback=checked(checked_upstream, may_be_empty=True),
    help="Simple URL of another index for projects that this one never had, such as https://pypi.org/simple/."
    "  [default: $SLS_PYPI_UPSTREAM, else none]",
)
STACK = click.option("--stack", metavar="NAME", help="A deployed index instead of a home, with your AWS credentials.")
REGION = click.option("--region", metavar="REGION", help=f"Where the stack is.  [default: {DEFAULT_REGION}]")


def _index_url(context: click.Context, parameter: click.Parameter, url: str | None) -> str:
    """The base URL of an index that is reached over the web."""
    if not url:
        raise click.UsageError("Say which index: --url https://pypi.example.org, or set SLS_PYPI_URL", context)
    try:
        checked = checked_base_url(url)
    except WrongSetting as error:
        raise click.BadParameter(str(error), context, parameter) from None
    parts = urlsplit(checked)
    if parts.username is not None:
        raise click.BadParameter("give no user in the URL; the token says who you are", context, parameter)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        click.echo(f"sls-pypi: {checked} is plain http: tokens can be read on the way", err=True)
    return checked


class _Day(click.ParamType[date]):
    """A day like ``2026-11-24``."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that was given."""
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            day = None
        if day is None or day.isoformat() != str(value):
            self.fail(f"{value!r} is no day; give one like 2026-11-24", param, ctx)
        return day


DAY = _Day()

INDEX_URL = click.option(
    "--url",
    metavar="URL",
    envvar="SLS_PYPI_URL",
    callback=_index_url,
    help="The index, such as https://pypi.example.org.  [default: $SLS_PYPI_URL]",
)


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
