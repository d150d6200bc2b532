"""Opening a home: its folders and the containers over them."""

from collections.abc import Iterator
from contextlib import contextmanager

from attrs import frozen
from dependency_injector import providers

from adapters.local.build_usage import BuildLimits
from adapters.local.home import Home
from domain.site_settings import Edition, SiteSettings
from infrastructure.index import Index
from infrastructure.local import Local
from infrastructure.policy import policy_of
from infrastructure.settings import Settings
from infrastructure.version import __version__


@frozen
class Embedded:
    """An open home."""

    home: Home
    settings: Settings
    edition: Edition
    ports: Local
    index: Index


@contextmanager
def opened(settings: Settings, *, create: bool, site_settings: SiteSettings | None = None) -> Iterator[Embedded]:
    """The index in a home.

    Args:
        settings: what the operator decided.
        create: make the home if there is none; otherwise that is an error.
        site_settings: what pages shall show; without it what they show already.

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
    # A provider, so that the lists behind the policy are only read when something is published.
    index = Index(
        ports=ports,
        policy=providers.Singleton(policy_of, settings),
        site_settings=shown,
        packages_a_query=settings.packages_a_query,
        build_seconds=settings.build.seconds,
    )
    try:
        yield Embedded(home, settings, Edition(__version__, shown), ports, index)
    finally:
        ports.objects().flush()
        ports.database().close()
