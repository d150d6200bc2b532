"""Opening a home: its folders and the containers over them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import frozen
from dependency_injector import providers

from adapters.local.build_usage import BuildLimits
from adapters.local.database import PATIENCE_SECONDS
from adapters.local.home import Home
from domain.site_settings import Edition, SiteSettings
from infrastructure.local import Local
from infrastructure.settings import Settings
from infrastructure.version import __version__

if TYPE_CHECKING:
    from infrastructure.index import Index


@frozen
class Embedded:
    """An open home."""

    home: Home
    settings: Settings
    edition: Edition
    ports: Local
    _made_index: "Callable[[], Index]"

    @property
    def index(self) -> "Index":
        """The use cases, made when they are first asked for: half of a start, and readers need none of them."""
        return self._made_index()


@contextmanager
def opened(
    settings: Settings,
    *,
    create: bool,
    site_settings: SiteSettings | None = None,
    patience: float = PATIENCE_SECONDS,
) -> Iterator[Embedded]:
    """The index in a home.

    Args:
        settings: what the operator decided.
        create: make the home if there is none; otherwise that is an error.
        site_settings: what pages shall show; without it what they show already.
        patience: seconds for which a writer waits for others.

    Raises:
        HomeUnusable: the folder cannot be used, or is no home.
    """
    home = Home(settings.home.absolute())
    if create:
        home.prepare()
    else:
        home.require()
    wanted = home.wanted_edition()
    shown = site_settings or (wanted.settings if wanted and wanted.settings.base_url else settings.site())
    ports = Local(
        home=home,
        patience=patience,
        log_days=settings.log_days,
        github=settings.github_app,
        oidc_issuers=settings.oidc_issuers,
        build_limits=BuildLimits(
            seconds=settings.build.seconds,
            memory_bytes=settings.build.memory_bytes,
            disk_bytes=settings.build.disk_bytes,
        ),
        build_index_url=settings.build.index_url,
    )
    index = providers.ThreadSafeSingleton(_index, settings=settings, ports=ports, shown=shown)
    try:
        yield Embedded(home, settings, Edition(__version__, shown), ports, index)
    finally:
        ports.objects().flush()
        ports.database().close()


def _index(settings: Settings, ports: Local, shown: SiteSettings) -> "Index":
    from infrastructure.index import index_of  # noqa: PLC0415 - when it is needed

    return index_of(ports, settings, shown)
