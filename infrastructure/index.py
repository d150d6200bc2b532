"""The index: use cases over the ports of any world."""

from dependency_injector import containers, providers

from domain.policy import Policy
from domain.site_settings import SiteSettings
from domain.usecases.portfolio import Portfolio
from domain.usecases.publishing import Publishing
from domain.usecases.rendering import Rendering
from domain.usecases.site import Site
from domain.usecases.tokens import Tokens
from domain.usecases.upkeep import Upkeep
from domain.usecases.uploads import Uploads
from domain.usecases.verification import Verification


class Index(containers.DeclarativeContainer):
    """One deployment. `ports` is a world's container; `policy` and `site_settings` are values."""

    ports = providers.DependenciesContainer()
    policy: providers.Dependency[Policy] = providers.Dependency()
    site_settings: providers.Dependency[SiteSettings] = providers.Dependency()

    rendering = providers.Singleton(Rendering, ports.blobs, ports.pages, site_settings)
    site = providers.Singleton(
        Site, ports.event_store, ports.objects, ports.blobs, ports.catalogue, ports.publisher, ports.caches, rendering
    )
    publishing = providers.Singleton(
        Publishing, ports.event_store, ports.blobs, ports.archives, site, ports.clock, policy
    )
    uploads = providers.Singleton(
        Uploads, publishing, ports.sessions, ports.staging, ports.workspace, ports.clock, ports.secrets, policy
    )
    tokens = providers.Singleton(Tokens, ports.event_store, ports.clock, ports.secrets)
    portfolio = providers.Singleton(Portfolio, ports.event_store, ports.catalogue)
    upkeep = providers.Singleton(
        Upkeep, ports.event_store, ports.event_log, ports.catalogue, ports.publisher, ports.clock
    )
    verification = providers.Singleton(
        Verification, ports.event_store, ports.event_log, ports.objects, ports.blobs, rendering, site
    )
