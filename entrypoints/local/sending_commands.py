"""The commands that send files to an index, wherever it is."""

import sys
from pathlib import Path

import click

from domain.loopback import is_loopback
from entrypoints.local.options import INDEX_URL
from entrypoints.local.tokens import TOKEN, token_for


@click.command()
@INDEX_URL
@TOKEN
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
def upload(url: str, token: str | None, files: tuple[Path, ...]) -> None:
    """Publish wheels and sdists of any size on an index, here or on AWS."""
    from entrypoints.local.uploading import upload as run  # noqa: PLC0415

    sys.exit(run(url, token_for(url, token), files))


@click.command()
@INDEX_URL
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0 picks a free one."
)
def proxy(url: str, host: str, port: int) -> None:
    """Let twine, uv, poetry, hatch, flit and pdm upload files of any size to an index, through an address here.

    Each uses its own credentials as it would with the index itself.
    """
    from entrypoints.http.server import CannotListen  # noqa: PLC0415
    from entrypoints.local.proxy import serve as run  # noqa: PLC0415

    if not is_loopback(host):
        click.echo("sls-pypi: others can reach this address, and tokens travel to it in plain http", err=True)
    try:
        run(url, host, port)
    except CannotListen as error:
        raise click.ClickException(str(error)) from None
