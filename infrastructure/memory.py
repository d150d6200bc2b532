"""The memory world: everything in dictionaries, for tests and demonstrations."""

import tempfile
from pathlib import Path

from dependency_injector import containers, providers

from adapters.archives import FileArchives
from adapters.clock import SystemClock
from adapters.memory.access_logs import MemoryAccessLogs
from adapters.memory.blobs import MemoryBlobs
from adapters.memory.build_logs import MemoryBuildLogs
from adapters.memory.builder import MemoryBuilder
from adapters.memory.bus import MemoryBus
from adapters.memory.caches import MemoryCaches
from adapters.memory.catalogue import MemoryCatalogue
from adapters.memory.dependents import MemoryDependents
from adapters.memory.details import MemoryDetails
from adapters.memory.directory import MemoryDirectory
from adapters.memory.event_log import MemoryEventLog
from adapters.memory.event_store import MemoryEventStore
from adapters.memory.facts import MemoryFactsTable
from adapters.memory.identities import MemoryIdentities
from adapters.memory.identity_tokens import MemoryIdentityTokens
from adapters.memory.objects import MemoryObjects
from adapters.memory.repositories import MemoryRepositories
from adapters.memory.sessions import MemorySessions
from adapters.memory.sources import MemorySources
from adapters.memory.staging import MemoryStaging
from adapters.memory.submission_table import MemorySubmissionTable
from adapters.memory.trust_table import MemoryTrustTable
from adapters.memory.usage_table import MemoryUsageTable
from adapters.pages import JinjaPages
from adapters.replicas import FolderReplicas
from adapters.sealing import AesSealing
from adapters.secrets import SystemSecrets
from adapters.workspace import FolderWorkspace


class Memory(containers.DeclarativeContainer):
    """Ports of the memory world."""

    event_store = providers.Singleton(MemoryEventStore)
    event_log = providers.Singleton(MemoryEventLog, store=event_store)
    bus = providers.Singleton(MemoryBus)
    objects = providers.Singleton(MemoryObjects)
    blobs = providers.Singleton(MemoryBlobs, objects=objects)
    caches = providers.Singleton(MemoryCaches)
    catalogue = providers.Singleton(MemoryCatalogue)
    usage_table = providers.Singleton(MemoryUsageTable)
    directory = providers.Singleton(MemoryDirectory)
    dependents = providers.Singleton(MemoryDependents)
    facts_table = providers.Singleton(MemoryFactsTable)
    repositories = providers.Singleton(MemoryRepositories)
    identities = providers.Singleton(MemoryIdentities)
    identity_tokens = providers.Singleton(MemoryIdentityTokens)
    trust_table = providers.Singleton(MemoryTrustTable)
    details = providers.Singleton(MemoryDetails)
    access_logs = providers.Singleton(MemoryAccessLogs)
    sessions = providers.Singleton(MemorySessions)
    sources = providers.Singleton(MemorySources)
    submission_table = providers.Singleton(MemorySubmissionTable)
    build_logs = providers.Singleton(MemoryBuildLogs)
    builder = providers.Singleton(MemoryBuilder, logs=build_logs)
    staging = providers.Singleton(MemoryStaging)
    replicas = providers.Singleton(FolderReplicas)
    workspace = providers.Singleton(FolderWorkspace, folder=Path(tempfile.gettempdir()))
    archives = providers.Singleton(FileArchives)
    pages = providers.Singleton(JinjaPages)
    clock = providers.Singleton(SystemClock)
    secrets = providers.Singleton(SystemSecrets)
    sealing = providers.Singleton(AesSealing)
