"""The use cases over the ports of a world, as tests need them."""

from dependency_injector import containers, providers

from domain.policy import Policy
from domain.site_settings import SiteSettings
from infrastructure.index import Index
from infrastructure.settings import BuildSettings


def index_over(ports: containers.DeclarativeContainer, shown: SiteSettings, policy: Policy | None = None) -> Index:
    """An index whose operator decided about nothing but the pages, and the policy if it is given."""
    return Index(
        ports=ports,
        policy=providers.Object(policy or Policy()),
        site_settings=shown,
        packages_a_query=0,
        build_seconds=BuildSettings().seconds,
    )
