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
    from adapters.local.details import FolderDetails


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
