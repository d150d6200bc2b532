"""The index: use cases over the ports of any world."""

from dependency_injector import containers, providers

from domain.policy import Policy
from domain.ports.replicas import Tables
from domain.site_settings import SiteSettings
from domain.usecases.browse_pages import BrowsePages
from domain.usecases.building import Building
from domain.usecases.counted_days import CountedDays
from domain.usecases.counting import Counting
from domain.usecases.device_logins import DeviceLogins
from domain.usecases.directory_pages import DirectoryPages
from domain.usecases.eligibility import Eligibility
from domain.usecases.figures import Figures
from domain.usecases.list_rendering import ListRendering
from domain.usecases.lists import Lists
from domain.usecases.login_sessions import LoginSessions
from domain.usecases.logins import Logins
from domain.usecases.minting import Minting
from domain.usecases.owner_pages import OwnerPages
from domain.usecases.package_pages import PackagePages
from domain.usecases.portfolio import Portfolio
from domain.usecases.publishers import Publishers
from domain.usecases.publishing import Publishing
from domain.usecases.rebuilding import Rebuilding
from domain.usecases.release_pages import ReleasePages
from domain.usecases.rendering import Rendering
from domain.usecases.repository_facts import RepositoryFactsKeeper
from domain.usecases.requesters import Requesters
from domain.usecases.rows import Rows
from domain.usecases.search_nodes import SearchNodes
from domain.usecases.settling import Settling
from domain.usecases.site import Site
from domain.usecases.statistics import Statistics
from domain.usecases.submission_records import SubmissionRecords
from domain.usecases.submissions import Submissions
from domain.usecases.surroundings import Surroundings
from domain.usecases.tokens import Tokens
from domain.usecases.upkeep import Upkeep
from domain.usecases.uploads import Uploads
from domain.usecases.usage_history import UsageHistory
from domain.usecases.verification import Verification
from infrastructure.policy import policy_of
from infrastructure.settings import Settings


class Index(containers.DeclarativeContainer):
    """One deployment. `ports` is a world's container, and the other dependencies are what its operator decided."""

    ports = providers.DependenciesContainer()
    policy: providers.Dependency[Policy] = providers.Dependency()
    site_settings: providers.Dependency[SiteSettings] = providers.Dependency()
    build_seconds: providers.Dependency[float] = providers.Dependency()
    packages_a_query: providers.Dependency[int] = providers.Dependency(instance_of=int)

    rendering = providers.Singleton(Rendering, ports.blobs, ports.pages, site_settings)
    list_rendering = providers.Singleton(ListRendering, ports.pages, site_settings)
    history = providers.Singleton(UsageHistory, ports.event_store, ports.event_log)
    settling = providers.Singleton(Settling, ports.event_store, ports.objects, history)
    surroundings = providers.Singleton(
        Surroundings, ports.event_store, ports.catalogue, ports.dependents, ports.facts_table, rendering
    )
    tables = providers.Singleton(Tables, ports.catalogue, ports.usage_table, ports.directory, ports.dependents)
    rows = providers.Singleton(Rows, tables, rendering)
    package_pages = providers.Singleton(
        PackagePages,
        settling,
        ports.event_store,
        ports.objects,
        ports.blobs,
        rows,
        ports.dependents,
        surroundings,
        ports.publisher,
        ports.caches,
        rendering,
    )
    release_pages = providers.Singleton(ReleasePages, settling, ports.objects, rendering)
    search_nodes = providers.Singleton(SearchNodes, ports.directory, ports.objects)
    lists = providers.Singleton(
        Lists,
        settling,
        ports.objects,
        ports.catalogue,
        ports.usage_table,
        history,
        ports.publisher,
        search_nodes,
        list_rendering,
    )
    owner_pages = providers.Singleton(
        OwnerPages, settling, ports.event_store, ports.directory, ports.objects, ports.publisher, list_rendering
    )
    directory_pages = providers.Singleton(
        DirectoryPages,
        ports.directory,
        search_nodes,
        providers.Singleton(BrowsePages, ports.directory, ports.objects, list_rendering),
        owner_pages.provided.write,
    )
    site = providers.Singleton(
        Site, settling, package_pages, release_pages, directory_pages, lists, owner_pages, ports.publisher
    )
    publishing = providers.Singleton(
        Publishing, ports.event_store, ports.blobs, ports.archives, package_pages, ports.clock, policy
    )
    uploads = providers.Singleton(
        Uploads, publishing, ports.sessions, ports.staging, ports.workspace, ports.clock, ports.secrets, policy
    )
    tokens = providers.Singleton(Tokens, ports.event_store, ports.sessions, ports.clock, ports.secrets)
    logins = providers.Singleton(
        Logins, ports.sessions, ports.identities, tokens, ports.clock, ports.secrets, site_settings
    )
    device_logins = providers.Singleton(
        DeviceLogins, ports.sessions, ports.identities, tokens, ports.clock, ports.secrets
    )
    login_sessions = providers.Singleton(
        LoginSessions, ports.sessions, ports.event_store, ports.clock, ports.secrets, ports.sealing
    )
    publishers = providers.Singleton(
        Publishers, ports.event_store, ports.trust_table, ports.sources, ports.clock, ports.secrets, policy
    )
    minting = providers.Singleton(
        Minting,
        ports.identity_tokens,
        ports.trust_table,
        ports.event_store,
        ports.sessions,
        ports.clock,
        ports.secrets,
    )
    portfolio = providers.Singleton(Portfolio, ports.event_store, ports.catalogue)
    submission_records = providers.Singleton(SubmissionRecords, ports.event_store, ports.submission_table)
    submissions = providers.Singleton(
        Submissions,
        ports.submission_table,
        ports.build_logs,
        ports.sources,
        submission_records,
        portfolio,
        ports.clock,
        ports.secrets,
        build_seconds,
    )
    eligibility = providers.Singleton(Eligibility, ports.sources, portfolio, ports.sessions, ports.clock)
    building = providers.Singleton(
        Building,
        submission_records,
        ports.sources,
        ports.builder,
        ports.build_logs,
        ports.workspace,
        publishing,
        ports.clock,
        policy,
        build_seconds,
    )
    statistics = providers.Singleton(Statistics, ports.event_store, history, ports.details)
    upkeep = providers.Singleton(
        Upkeep, ports.event_store, ports.event_log, ports.catalogue, ports.directory, ports.publisher, ports.clock
    )
    verification = providers.Singleton(
        Verification,
        ports.event_store,
        ports.event_log,
        ports.objects,
        ports.blobs,
        tables,
        ports.replicas,
        history,
        ports.facts_table,
        rendering,
        list_rendering,
    )
    rebuilding = providers.Singleton(
        Rebuilding,
        verification,
        ports.event_store,
        ports.objects,
        ports.blobs,
        rendering,
        rows,
        settling,
        package_pages,
        release_pages,
        directory_pages,
        lists,
    )
    repository_facts = providers.Singleton(
        RepositoryFactsKeeper,
        ports.event_store,
        ports.facts_table,
        ports.repositories,
        ports.sessions,
        ports.publisher,
        ports.clock,
        rendering,
    )
    counting = providers.Singleton(
        Counting,
        ports.access_logs,
        ports.details,
        ports.catalogue,
        ports.sessions,
        ports.publisher,
        ports.clock,
        providers.Singleton(Figures, ports.event_store, ports.details, ports.clock),
        providers.Singleton(CountedDays, ports.event_store, ports.clock),
        providers.Singleton(Requesters, ports.sessions, ports.clock, ports.secrets),
        packages_a_query,
    )


def index_of(ports: containers.DeclarativeContainer, settings: Settings, shown: SiteSettings) -> Index:
    """The index over these ports.

    Args:
        ports: the container of a world.
        settings: what the operator decided.
        shown: as pages say it.
    """
    # A provider, so that the lists behind the policy are only read when something is published.
    return Index(
        ports=ports,
        policy=providers.Singleton(policy_of, settings),
        site_settings=shown,
        packages_a_query=settings.packages_a_query,
        build_seconds=settings.build.seconds,
    )
