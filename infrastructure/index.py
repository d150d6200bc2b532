"""The index: use cases over the ports of any world."""

from dependency_injector import containers, providers

from domain.policy import Policy
from domain.site_settings import SiteSettings
from domain.usecases.building import Building
from domain.usecases.counted_days import CountedDays
from domain.usecases.counting import Counting
from domain.usecases.device_logins import DeviceLogins
from domain.usecases.eligibility import Eligibility
from domain.usecases.figures import Figures
from domain.usecases.login_sessions import LoginSessions
from domain.usecases.logins import Logins
from domain.usecases.minting import Minting
from domain.usecases.people_rows import PeopleRows
from domain.usecases.portfolio import Portfolio
from domain.usecases.publishers import Publishers
from domain.usecases.publishing import Publishing
from domain.usecases.rebuilding import Rebuilding
from domain.usecases.repository_facts import RepositoryFactsKeeper
from domain.usecases.requesters import Requesters
from domain.usecases.statistics import Statistics
from domain.usecases.submission_records import SubmissionRecords
from domain.usecases.submissions import Submissions
from domain.usecases.tokens import Tokens
from domain.usecases.unnamed_blobs import UnnamedBlobs
from domain.usecases.upkeep import Upkeep
from domain.usecases.uploads import Uploads
from domain.usecases.verification import Verification
from infrastructure.policy import policy_of
from infrastructure.settings import Settings
from infrastructure.site_pages import SitePages


class Index(SitePages):
    """One deployment. `ports` is a world's container, and the other dependencies are what its operator decided."""

    ports = SitePages.ports
    policy: providers.Dependency[Policy] = providers.Dependency()
    build_seconds: providers.Dependency[float] = providers.Dependency()
    packages_a_query: providers.Dependency[int] = providers.Dependency(instance_of=int)

    publishing = providers.Singleton(
        Publishing,
        store=ports.event_store,
        blobs=ports.blobs,
        archives=ports.archives,
        pages=SitePages.package_pages,
        clock=ports.clock,
        policy=policy,
    )
    uploads = providers.Singleton(
        Uploads,
        publishing=publishing,
        sessions=ports.sessions,
        staging=ports.staging,
        workspace=ports.workspace,
        clock=ports.clock,
        secrets=ports.secrets,
        policy=policy,
    )
    tokens = providers.Singleton(
        Tokens,
        store=ports.event_store,
        sessions=ports.sessions,
        clock=ports.clock,
        secrets=ports.secrets,
    )
    logins = providers.Singleton(
        Logins,
        sessions=ports.sessions,
        identities=ports.identities,
        tokens=tokens,
        clock=ports.clock,
        secrets=ports.secrets,
        site_settings=SitePages.site_settings,
    )
    device_logins = providers.Singleton(
        DeviceLogins,
        sessions=ports.sessions,
        identities=ports.identities,
        tokens=tokens,
        clock=ports.clock,
        secrets=ports.secrets,
    )
    login_sessions = providers.Singleton(
        LoginSessions,
        sessions=ports.sessions,
        store=ports.event_store,
        clock=ports.clock,
        secrets=ports.secrets,
        sealing=ports.sealing,
    )
    publishers = providers.Singleton(
        Publishers,
        store=ports.event_store,
        table=ports.trust_table,
        sources=ports.sources,
        clock=ports.clock,
        secrets=ports.secrets,
        policy=policy,
    )
    minting = providers.Singleton(
        Minting,
        identities=ports.identity_tokens,
        table=ports.trust_table,
        store=ports.event_store,
        sessions=ports.sessions,
        clock=ports.clock,
        secrets=ports.secrets,
    )
    portfolio = providers.Singleton(Portfolio, store=ports.event_store, catalogue=ports.catalogue)
    submission_records = providers.Singleton(SubmissionRecords, store=ports.event_store, table=ports.submission_table)
    submissions = providers.Singleton(
        Submissions,
        table=ports.submission_table,
        logs=ports.build_logs,
        sources=ports.sources,
        records=submission_records,
        portfolio=portfolio,
        clock=ports.clock,
        secrets=ports.secrets,
        build_seconds=build_seconds,
    )
    eligibility = providers.Singleton(
        Eligibility,
        sources=ports.sources,
        portfolio=portfolio,
        sessions=ports.sessions,
        clock=ports.clock,
    )
    building = providers.Singleton(
        Building,
        records=submission_records,
        sources=ports.sources,
        builder=ports.builder,
        logs=ports.build_logs,
        workspace=ports.workspace,
        publishing=publishing,
        clock=ports.clock,
        policy=policy,
        build_seconds=build_seconds,
    )
    statistics = providers.Singleton(
        Statistics,
        store=ports.event_store,
        history=SitePages.history,
        usage_table=ports.usage_table,
        details=ports.details,
    )
    people_rows = providers.Singleton(
        PeopleRows,
        store=ports.event_store,
        log=ports.event_log,
        records=submission_records,
        submission_table=ports.submission_table,
        trust_table=ports.trust_table,
    )
    upkeep = providers.Singleton(
        Upkeep,
        store=ports.event_store,
        log=ports.event_log,
        catalogue=ports.catalogue,
        directory=ports.directory,
        bus=ports.bus,
        clock=ports.clock,
    )
    verification = providers.Singleton(
        Verification,
        store=ports.event_store,
        log=ports.event_log,
        objects=ports.objects,
        blobs=ports.blobs,
        details=ports.details,
        tables=SitePages.tables,
        replicas=ports.replicas,
        history=SitePages.history,
        facts=ports.facts_table,
        people_rows=people_rows,
        rendering=SitePages.rendering,
        list_rendering=SitePages.list_rendering,
    )
    rebuilding = providers.Singleton(
        Rebuilding,
        verification=verification,
        store=ports.event_store,
        objects=ports.objects,
        blobs=ports.blobs,
        rendering=SitePages.rendering,
        rows=SitePages.rows,
        people_rows=people_rows,
        settling=SitePages.settling,
        packages=SitePages.package_pages,
        releases=SitePages.release_pages,
        directory_pages=SitePages.directory_pages,
        lists=SitePages.lists,
    )
    unnamed_blobs = providers.Singleton(
        UnnamedBlobs,
        store=ports.event_store,
        log=ports.event_log,
        records=submission_records,
        blobs=ports.blobs,
        rendering=SitePages.rendering,
    )
    repository_facts = providers.Singleton(
        RepositoryFactsKeeper,
        store=ports.event_store,
        facts=ports.facts_table,
        repositories=ports.repositories,
        sessions=ports.sessions,
        bus=ports.bus,
        clock=ports.clock,
        rendering=SitePages.rendering,
    )
    counting = providers.Singleton(
        Counting,
        logs=ports.access_logs,
        details=ports.details,
        catalogue=ports.catalogue,
        sessions=ports.sessions,
        bus=ports.bus,
        clock=ports.clock,
        figures=providers.Singleton(Figures, store=ports.event_store, details=ports.details, clock=ports.clock),
        days=providers.Singleton(CountedDays, store=ports.event_store, clock=ports.clock),
        requesters=providers.Singleton(Requesters, sessions=ports.sessions, clock=ports.clock, secrets=ports.secrets),
        packages_a_query=packages_a_query,
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
        policy=providers.Singleton(policy_of, settings=settings),
        site_settings=shown,
        packages_a_query=settings.packages_a_query,
        build_seconds=settings.build.seconds,
    )
