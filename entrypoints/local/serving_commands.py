"""The commands that serve an index on this machine."""

from pathlib import Path

import click
from attrs import evolve

from entrypoints.local.checked import FOLDER
from entrypoints.local.options import BASE_URL, HOME, UPSTREAM, settings_of
from infrastructure.setting_urls import WrongSetting


@click.command()
@HOME
@click.option("--host", help="Address to listen on.  [default: $SLS_PYPI_HOST, else 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port; 0 picks a free one.  [default: $SLS_PYPI_PORT, else 8000]"
)
@BASE_URL
@UPSTREAM
def serve(home: Path | None, host: str | None, port: int | None, base_url: str | None, upstream: str | None) -> None:
    """Serve the index; prints `Serving <url>` when it is ready."""
    # Only this command needs a server.
    from entrypoints.http.server import CannotListen, NoSuchAddress  # noqa: PLC0415
    from entrypoints.local.ending import end  # noqa: PLC0415
    from entrypoints.local.findings import half_a_login  # noqa: PLC0415
    from entrypoints.local.serving import serve as run  # noqa: PLC0415

    settings = settings_of(home)
    chosen = evolve(
        settings,
        host=host or settings.host,
        port=settings.port if port is None else port,
        base_url=base_url or settings.base_url,
        upstream=upstream or settings.upstream,
    )
    if half := half_a_login(chosen):
        click.echo(f"sls-pypi: {half}; see `sls-pypi doctor`", err=True)
    try:
        run(chosen)
    except CannotListen as error:
        if host and isinstance(error, NoSuchAddress):
            raise click.BadParameter(str(error), click.get_current_context(), param_hint="'--host'") from None
        if isinstance(error, NoSuchAddress):
            raise WrongSetting(f"SLS_PYPI_HOST: {error}") from None
        raise click.ClickException(str(error)) from None
    end()


@click.command()
@click.option(
    "--home",
    default=".sls-pypi-demo",
    show_default=True,
    type=FOLDER,
    help="Where the demo keeps everything; made if it is not there.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port; 0 picks a free one.  [default: 8000, or a free one if that is taken]",
)
def demo(home: Path, port: int | None) -> None:
    """Serve an index with sample packages and three months of downloads, to look around.

    It needs no network, no account and no settings, and leaves an index that you have alone.
    """
    from entrypoints.http.server import CannotListen  # noqa: PLC0415
    from entrypoints.local.demo import demo as run  # noqa: PLC0415
    from entrypoints.local.ending import end  # noqa: PLC0415

    try:
        run(home, port)
    except CannotListen as error:
        raise click.ClickException(str(error)) from None
    end()
