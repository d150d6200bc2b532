"""What a function on AWS finds in its environment, made once for each process and only as far as it is used."""

from functools import cache
from typing import TYPE_CHECKING

from infrastructure.aws import Aws
from infrastructure.resources import Resources

if TYPE_CHECKING:
    from infrastructure.index import Index
    from infrastructure.settings import Settings


@cache
def ports() -> Aws:
    """The ports of the stack that the function belongs to."""
    from dependency_injector import providers  # noqa: PLC0415

    # A provider, as few functions need to know.
    return Aws(
        resources=Resources.from_environment(),
        github=providers.Callable(lambda: settings().github_app),
        oidc_issuers=providers.Callable(lambda: settings().oidc_issuers),
        build=providers.Callable(lambda: settings().build),
        largest_file=providers.Callable(lambda: settings().bounds.file_bytes),
    )


@cache
def settings() -> "Settings":
    """What the operator decided."""
    from infrastructure.settings import Settings  # noqa: PLC0415

    return Settings.from_environment()


@cache
def index() -> "Index":
    """The index over these ports. The relay does without it."""
    from infrastructure.index import index_of  # noqa: PLC0415

    return index_of(ports(), settings(), settings().site())
