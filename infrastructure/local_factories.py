"""How those adapters of the local world are made that readers do not need: each is imported when it is asked for."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.local.build_usage import BuildLimits
from adapters.local.database import Database
from domain.ports.build_logs import BuildLogs
from domain.ports.clock import Clock

if TYPE_CHECKING:
    from adapters.local.access_logs import DuckDbAccessLogs
    from adapters.local.builder import SandboxBuilder
    from adapters.local.catalogue import SqliteCatalogue
    from adapters.local.dependents import SqliteDependents
    from adapters.local.details import FolderDetails
    from adapters.local.directory import SqliteDirectory
    from adapters.local.facts import SqliteFactsTable
    from adapters.local.sessions import SqliteSessions
    from adapters.local.submission_table import SqliteSubmissionTable
    from adapters.local.trust_table import SqliteTrustTable
    from adapters.local.usage_table import SqliteUsageTable
    from adapters.replicas import FolderReplicas


def access_logs(
    logs: Path, tmp: Path, database: Database, query: str, log_days: int, clock: Clock
) -> "DuckDbAccessLogs":
    """With DuckDB."""
    from adapters.local.access_logs import DuckDbAccessLogs  # noqa: PLC0415

    return DuckDbAccessLogs(logs, tmp, database, query, log_days, clock)


def builder(
    builds: Path, build_logs: BuildLogs, build_limits: BuildLimits, build_index_url: str, hidden: Sequence[Path]
) -> "SandboxBuilder":
    """With what shuts builds away."""
    from adapters.local.builder import SandboxBuilder  # noqa: PLC0415

    return SandboxBuilder(builds, build_logs, build_limits, build_index_url, hidden=tuple(hidden))


def details(usage: Path, tmp: Path) -> "FolderDetails":
    """In a folder."""
    from adapters.local.details import FolderDetails  # noqa: PLC0415

    return FolderDetails(usage, tmp)


def catalogue(database: Database) -> "SqliteCatalogue":
    """Of packages, in tables of the database."""
    from adapters.local.catalogue import SqliteCatalogue  # noqa: PLC0415

    return SqliteCatalogue(database)


def dependents(database: Database) -> "SqliteDependents":
    """Of packages, in tables of the database."""
    from adapters.local.dependents import SqliteDependents  # noqa: PLC0415

    return SqliteDependents(database)


def directory(database: Database) -> "SqliteDirectory":
    """Of names to search, in tables of the database."""
    from adapters.local.directory import SqliteDirectory  # noqa: PLC0415

    return SqliteDirectory(database)


def facts_table(database: Database) -> "SqliteFactsTable":
    """About repositories, in a table of the database."""
    from adapters.local.facts import SqliteFactsTable  # noqa: PLC0415

    return SqliteFactsTable(database)


def sessions(database: Database) -> "SqliteSessions":
    """In a table of the database."""
    from adapters.local.sessions import SqliteSessions  # noqa: PLC0415

    return SqliteSessions(database)


def submission_table(database: Database) -> "SqliteSubmissionTable":
    """In tables of the database."""
    from adapters.local.submission_table import SqliteSubmissionTable  # noqa: PLC0415

    return SqliteSubmissionTable(database)


def trust_table(database: Database) -> "SqliteTrustTable":
    """In a table of the database."""
    from adapters.local.trust_table import SqliteTrustTable  # noqa: PLC0415

    return SqliteTrustTable(database)


def usage_table(database: Database) -> "SqliteUsageTable":
    """In tables of the database."""
    from adapters.local.usage_table import SqliteUsageTable  # noqa: PLC0415

    return SqliteUsageTable(database)


def replicas(folder: Path) -> "FolderReplicas":
    """In a folder."""
    from adapters.replicas import FolderReplicas  # noqa: PLC0415

    return FolderReplicas(folder)
