"""The local world: SQLite and a folder."""

from dependency_injector import containers, providers

from adapters.archives import FileArchives
from adapters.clock import SystemClock
from adapters.local.blobs import FolderBlobs
from adapters.local.caches import NoCaches
from adapters.local.catalogue import SqliteCatalogue
from adapters.local.database import Database
from adapters.local.event_log import SqliteEventLog
from adapters.local.event_store import SqliteEventStore
from adapters.local.home import Home
from adapters.local.objects import FolderObjects
from adapters.local.publisher import SqlitePublisher
from adapters.local.sessions import SqliteSessions
from adapters.local.staging import FolderStaging
from adapters.memory.access_logs import MemoryAccessLogs
from adapters.memory.details import MemoryDetails
from adapters.memory.usage_table import MemoryUsageTable
from adapters.pages import JinjaPages
from adapters.secrets import SystemSecrets
from adapters.workspace import FolderWorkspace


class Local(containers.DeclarativeContainer):
    """Ports of the local world."""

    home = providers.Dependency(instance_of=Home)

    database = providers.Singleton(Database, home.provided.database)
    event_store = providers.Singleton(SqliteEventStore, database)
    event_log = providers.Singleton(SqliteEventLog, database)
    publisher = providers.Singleton(SqlitePublisher, database)
    objects = providers.Singleton(FolderObjects, home.provided.site, home.provided.tmp)
    blobs = providers.Singleton(FolderBlobs, home.provided.blobs, objects)
    caches = providers.Singleton(NoCaches)
    catalogue = providers.Singleton(SqliteCatalogue, database)
    usage_table = providers.Singleton(MemoryUsageTable)
    details = providers.Singleton(MemoryDetails)
    access_logs = providers.Singleton(MemoryAccessLogs)
    sessions = providers.Singleton(SqliteSessions, database)
    staging = providers.Singleton(FolderStaging, home.provided.tmp)
    workspace = providers.Singleton(FolderWorkspace, home.provided.tmp)
    archives = providers.Singleton(FileArchives)
    pages = providers.Singleton(JinjaPages)
    clock = providers.Singleton(SystemClock)
    secrets = providers.Singleton(SystemSecrets)
