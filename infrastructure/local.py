"""The local world: SQLite and a folder."""

from collections.abc import Mapping
from pathlib import Path

from dependency_injector import containers, providers

from adapters.clock import SystemClock
from adapters.github.app import GitHubApp
from adapters.local.blobs import FolderBlobs
from adapters.local.build_logs import FolderBuildLogs
from adapters.local.build_usage import BuildLimits
from adapters.local.bus import SqliteBus
from adapters.local.caches import NoCaches
from adapters.local.database import PATIENCE_SECONDS, Database
from adapters.local.event_log import SqliteEventLog
from adapters.local.event_store import SqliteEventStore
from adapters.local.home import Home
from adapters.local.objects import FolderObjects
from adapters.local.staging import FolderStaging
from adapters.oidc_issuers import ISSUERS
from adapters.sealing import AesSealing
from adapters.secrets import SystemSecrets
from adapters.workspace import FolderWorkspace
from domain.identity_claims import Kind
from infrastructure import common_factories, local_factories
from infrastructure.setting_urls import DEFAULT_BUILD_INDEX_URL
from infrastructure.settings import DEFAULT_GITHUB_API_URL, DEFAULT_GITHUB_URL, DEFAULT_LOG_DAYS

QUERY = Path(__file__).with_name("athena") / "count_downloads.sql"


class Local(containers.DeclarativeContainer):
    """Ports of the local world."""

    home = providers.Dependency(instance_of=Home)
    log_days: providers.Dependency[int] = providers.Dependency(instance_of=int, default=DEFAULT_LOG_DAYS)
    github: providers.Dependency[GitHubApp] = providers.Dependency(
        instance_of=GitHubApp, default=GitHubApp(DEFAULT_GITHUB_URL, DEFAULT_GITHUB_API_URL)
    )
    oidc_issuers: providers.Dependency[Mapping[Kind, str]] = providers.Dependency(default=ISSUERS)

    patience: providers.Dependency[float] = providers.Dependency(instance_of=float, default=PATIENCE_SECONDS)
    build_limits: providers.Dependency[BuildLimits] = providers.Dependency(
        instance_of=BuildLimits, default=BuildLimits()
    )
    build_index_url: providers.Dependency[str] = providers.Dependency(instance_of=str, default=DEFAULT_BUILD_INDEX_URL)

    database = providers.Singleton(Database, path=home.provided.database, patience=patience)
    event_store = providers.Singleton(SqliteEventStore, database=database)
    event_log = providers.Singleton(SqliteEventLog, database=database)
    bus = providers.Singleton(SqliteBus, database=database)
    objects = providers.Singleton(FolderObjects, root=home.provided.site, tmp=home.provided.tmp)
    blobs = providers.Singleton(FolderBlobs, root=home.provided.blobs, objects=objects)
    caches = providers.Singleton(NoCaches)
    catalogue = providers.Singleton(local_factories.catalogue, database=database)
    usage_table = providers.Singleton(local_factories.usage_table, database=database)
    directory = providers.Singleton(local_factories.directory, database=database)
    dependents = providers.Singleton(local_factories.dependents, database=database)
    facts_table = providers.Singleton(local_factories.facts_table, database=database)
    repositories = providers.Singleton(common_factories.repositories, github=github)
    identities = providers.Singleton(common_factories.identities, github=github)
    identity_tokens = providers.Singleton(common_factories.identity_tokens, oidc_issuers=oidc_issuers)
    trust_table = providers.Singleton(local_factories.trust_table, database=database)
    replicas = providers.Singleton(local_factories.replicas, folder=home.provided.tmp)
    details = providers.Singleton(local_factories.details, usage=home.provided.usage, tmp=home.provided.tmp)
    sessions = providers.Singleton(local_factories.sessions, database=database)
    staging = providers.Singleton(FolderStaging, folder=home.provided.tmp)
    workspace = providers.Singleton(FolderWorkspace, folder=home.provided.tmp)
    archives = providers.Singleton(common_factories.archives)
    pages = providers.Singleton(common_factories.pages)
    clock = providers.Singleton(SystemClock)
    submission_table = providers.Singleton(local_factories.submission_table, database=database)
    build_logs = providers.Singleton(
        FolderBuildLogs, root=home.provided.build_logs, tmp=home.provided.tmp, log_days=log_days, clock=clock
    )
    builder = providers.Singleton(
        local_factories.builder,
        builds=home.provided.builds,
        build_logs=build_logs,
        build_limits=build_limits,
        build_index_url=build_index_url,
        hidden=providers.List(home.provided.path),
    )
    sources = providers.Singleton(common_factories.sources, github=github, clock=clock)
    access_logs = providers.Singleton(
        local_factories.access_logs,
        logs=home.provided.logs,
        tmp=home.provided.tmp,
        database=database,
        query=providers.Callable(QUERY.read_text),
        log_days=log_days,
        clock=clock,
    )
    secrets = providers.Singleton(SystemSecrets)
    sealing = providers.Singleton(AesSealing)
