"""The commands of `sls-pypi`. Each imports what it needs when it runs, so that `--help` and `serve` start fast."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from domain.package import Status
from domain.refusals import Refused
from entrypoints.local.checked import checked, local_login, status_reason
from entrypoints.local.cloud_commands import deploy, destroy
from entrypoints.local.options import DAY, on_an_index
from entrypoints.local.place import Place, opened
from entrypoints.local.sending_commands import proxy, upload
from entrypoints.local.serving_commands import demo, serve
from entrypoints.local.submitting_commands import login, logout, packages, publish
from entrypoints.local.words import undone, unknown, unusable
from infrastructure.cloud import CloudUnusable
from infrastructure.setting_urls import WrongSetting
from infrastructure.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sls-pypi")
def cli() -> None:
    """A Python package index of your own."""


@cli.group()
def token() -> None:
    """Upload tokens."""


@token.command("create")
@click.argument("login", callback=checked(local_login))
@on_an_index
def create_token(login: str, place: Place) -> None:
    """Print a new upload token of the local submitter LOGIN, alone on its line."""
    with opened(place, create=True) as world:
        click.echo(world.index.tokens().create_local(login))


@cli.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--as",
    "login",
    metavar="LOGIN",
    required=True,
    callback=checked(local_login),
    help="The local submitter who will own the packages.",
)
@on_an_index
def import_folder(folder: Path, login: str, place: Place) -> None:
    """Publish every wheel and sdist below DIR. Running it again is harmless and goes on where it stopped."""
    from entrypoints.local.importing import import_folder as run  # noqa: PLC0415

    sys.exit(run(place, folder, login))


@cli.command()
@click.argument("name")
@click.argument("status", type=click.Choice([status.value for status in Status]))
@click.option("--reason", callback=checked(status_reason), help="One line for those who look at the project.")
@on_an_index
def status(name: str, status: str, reason: str | None, place: Place) -> None:
    """Mark a project archived, deprecated or quarantined.

    Archived projects take no uploads, quarantined ones show no files either; `active` ends all of it.
    """
    from domain.decider import NoSuchPackage  # noqa: PLC0415
    from domain.names import canonical  # noqa: PLC0415

    with opened(place, create=False) as world:
        try:
            world.index.publishing().mark(name, Status(status), reason)
        except NoSuchPackage:
            raise click.ClickException(unknown(canonical(name))) from None


@cli.command()
@click.option("--day", metavar="DAY", type=DAY, help="Count this day only, such as 2026-11-24; it may be today.")
@click.option("--since", metavar="DAY", type=DAY, help="Count every day from this one to yesterday.")
@on_an_index
def nightly(day: date | None, since: date | None, place: Place) -> None:
    """Count downloads from the access logs; yesterday's and those of the day before, if no day is given.

    `serve` and stacks do it themselves each night. Days are those of UTC. Running it again is harmless.
    In a home it also removes old logs (SLS_PYPI_LOG_DAYS) and files that never became part of a package.
    """
    from entrypoints.local.counting import days_to_count  # noqa: PLC0415
    from entrypoints.local.counting import nightly as run  # noqa: PLC0415

    sys.exit(run(place, days_to_count(day, since)))


@cli.command()
@click.argument("name")
@click.option("--csv", "as_csv", is_flag=True, help="Every download that is behind the figures, as CSV.")
@click.option("--json", "as_json", is_flag=True, help="The figures, as in /stats/NAME.json.")
@on_an_index
def stats(name: str, place: Place, *, as_csv: bool, as_json: bool) -> None:
    """Show how often the package NAME was downloaded."""
    from entrypoints.local.stats import stats as run  # noqa: PLC0415

    if as_csv and as_json:
        raise click.UsageError("Give --csv or --json, not both", click.get_current_context())
    sys.exit(run(place, name, "csv" if as_csv else "json" if as_json else None))


@cli.command()
@on_an_index
def rebuild(place: Place) -> None:
    """Derive everything that is served from the events again."""
    from entrypoints.local.maintenance import rebuild as run  # noqa: PLC0415

    sys.exit(run(place))


@cli.command()
@on_an_index
def verify(place: Place) -> None:
    """Compare all that is served with the events; exit status 1 if something differs."""
    from entrypoints.local.maintenance import verify as run  # noqa: PLC0415

    sys.exit(run(place))


@cli.command()
@on_an_index
def doctor(place: Place) -> None:
    """Say what is configured, what is missing, and what to do."""
    from entrypoints.local.doctor import doctor as run  # noqa: PLC0415

    sys.exit(run(place))


cli.add_command(serve)
cli.add_command(demo)
cli.add_command(deploy)
cli.add_command(destroy)
cli.add_command(upload)
cli.add_command(proxy)
cli.add_command(login)
cli.add_command(logout)
cli.add_command(publish)
cli.add_command(packages)


def run(arguments: list[str] | None) -> None:
    """Run one of them; 0 done, 1 failed, 2 called or set up wrongly, each with one line on stderr."""
    from sqlite3 import Error as DatabaseError  # noqa: PLC0415

    from adapters.local.home import HomeUnusable  # noqa: PLC0415
    from adapters.unreadable import Unreadable  # noqa: PLC0415
    from domain.usecases.unsettled import Unsettled  # noqa: PLC0415

    try:
        result: Any = cli.main(arguments, prog_name="sls-pypi", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else error.format_message(), err=True)
        sys.exit(2)
    except click.UsageError as error:
        hint = f" (see `{error.ctx.command_path} --help`)" if error.ctx else ""
        _fail(error.format_message().replace("\n", " ") + hint, 2)
    except click.ClickException as error:
        _fail(error.format_message(), 1)
    except click.Abort:
        _fail("interrupted", 1)
    except (Refused, WrongSetting, HomeUnusable, CloudUnusable, Unreadable) as error:
        _fail(str(error), 2 if isinstance(error, WrongSetting) else 1)
    except Unsettled as error:
        _fail(f"{error}; nothing is lost, try again when less is going on", 1)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:
        _fail(undone(error), 1)
    except DatabaseError as error:
        _fail(unusable(error), 1)
    sys.exit(result if isinstance(result, int) else 0)


def _fail(line: str, status: int) -> None:
    click.echo(f"sls-pypi: {line}", err=True)
    sys.exit(status)
