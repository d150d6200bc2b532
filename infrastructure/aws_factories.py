"""How the adapters of the world on AWS are made.

No adapter and no client is imported before it is asked for: each function pays for what it uses only.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from infrastructure.resources import Resources
from infrastructure.settings import BuildSettings

if TYPE_CHECKING:
    from adapters.aws.queues import SqsQueues
    from domain.ports.access_logs import AccessLogs
    from domain.ports.blobs import Blobs
    from domain.ports.build_logs import BuildLogs
    from domain.ports.builder import Builder
    from domain.ports.bus import MessageBus
    from domain.ports.caches import Caches
    from domain.ports.catalogue import Catalogue
    from domain.ports.clock import Clock
    from domain.ports.dependents import DependentsTable
    from domain.ports.details import Details
    from domain.ports.directory import Directory
    from domain.ports.event_log import EventLog
    from domain.ports.event_store import EventStore
    from domain.ports.facts import FactsTable
    from domain.ports.objects import Objects
    from domain.ports.replicas import Replicas
    from domain.ports.sessions import Sessions
    from domain.ports.staging import Staging
    from domain.ports.submission_table import SubmissionTable
    from domain.ports.trust_table import TrustTable
    from domain.ports.usage_table import UsageTable
    from domain.ports.workspace import Workspace

_QUERY = Path(__file__).with_name("athena") / "count_downloads.sql"
_ATTEMPTS = 5
_CONNECT_SECONDS = 3
_READ_SECONDS = 20


def client(service: str, region: str) -> Any:  # noqa: ANN401 - boto3 makes the classes of its clients as it runs
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        retries={"mode": "standard", "max_attempts": _ATTEMPTS},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        signature_version="s3v4" if service == "s3" else None,
    )
    make: Any = boto3.client  # whose types know services by name only
    return make(service, region_name=region, config=config)


def event_store(dynamodb: Any, table: str) -> "EventStore":  # noqa: ANN401
    from adapters.aws.event_store import DynamoEventStore  # noqa: PLC0415

    return DynamoEventStore(dynamodb, table)


def event_log(dynamodb: Any, table: str) -> "EventLog":  # noqa: ANN401
    from adapters.aws.event_log import DynamoEventLog  # noqa: PLC0415

    return DynamoEventLog(dynamodb, table)


def catalogue(dynamodb: Any, table: str) -> "Catalogue":  # noqa: ANN401
    from adapters.aws.catalogue import DynamoCatalogue  # noqa: PLC0415

    return DynamoCatalogue(dynamodb, table)


def sessions(dynamodb: Any, table: str) -> "Sessions":  # noqa: ANN401
    from adapters.aws.sessions import DynamoSessions  # noqa: PLC0415

    return DynamoSessions(dynamodb, table)


def bus(sns: Any, topic: str) -> "MessageBus":  # noqa: ANN401
    from adapters.aws.bus import SnsBus  # noqa: PLC0415

    return SnsBus(sns, topic)


def objects(s3: Any, site_bucket: str) -> "Objects":  # noqa: ANN401
    from adapters.aws.objects import S3Objects  # noqa: PLC0415

    return S3Objects(s3, site_bucket)


def blobs(s3: Any, data_bucket: str, site_bucket: str) -> "Blobs":  # noqa: ANN401
    from adapters.aws.blobs import S3Blobs  # noqa: PLC0415

    return S3Blobs(s3, data_bucket, site_bucket)


def caches(cloudfront: Any, distribution: str) -> "Caches":  # noqa: ANN401
    from adapters.aws.caches import CloudFrontCaches  # noqa: PLC0415

    return CloudFrontCaches(cloudfront, distribution)


def staging(s3: Any, data_bucket: str) -> "Staging":  # noqa: ANN401
    from adapters.aws.staging import S3Staging  # noqa: PLC0415

    return S3Staging(s3, data_bucket)


def directory(dynamodb: Any, table: str) -> "Directory":  # noqa: ANN401
    from adapters.aws.directory import DynamoDirectory  # noqa: PLC0415

    return DynamoDirectory(dynamodb, table)


def dependents(dynamodb: Any, table: str) -> "DependentsTable":  # noqa: ANN401
    from adapters.aws.dependents import DynamoDependents  # noqa: PLC0415

    return DynamoDependents(dynamodb, table)


def usage_table(dynamodb: Any, table: str) -> "UsageTable":  # noqa: ANN401
    from adapters.aws.usage_table import DynamoUsageTable  # noqa: PLC0415

    return DynamoUsageTable(dynamodb, table)


def facts_table(dynamodb: Any, table: str) -> "FactsTable":  # noqa: ANN401
    from adapters.aws.facts import DynamoFactsTable  # noqa: PLC0415

    return DynamoFactsTable(dynamodb, table)


def trust_table(dynamodb: Any, table: str) -> "TrustTable":  # noqa: ANN401
    from adapters.aws.trust_table import DynamoTrustTable  # noqa: PLC0415

    return DynamoTrustTable(dynamodb, table)


def submission_table(dynamodb: Any, table: str) -> "SubmissionTable":  # noqa: ANN401
    from adapters.aws.submission_table import DynamoSubmissionTable  # noqa: PLC0415

    return DynamoSubmissionTable(dynamodb, table)


def build_logs(s3: Any, data_bucket: str) -> "BuildLogs":  # noqa: ANN401
    from adapters.aws.build_logs import S3BuildLogs  # noqa: PLC0415

    return S3BuildLogs(s3, data_bucket)


def builder(s3: Any, lambda_: Any, resources: Resources, build: BuildSettings, largest_file: int) -> "Builder":  # noqa: ANN401
    from adapters.aws.build_job import BuildBounds  # noqa: PLC0415
    from adapters.aws.builder import LambdaBuilder  # noqa: PLC0415

    bounds = BuildBounds(build.seconds, build.memory_bytes, build.disk_bytes, largest_file)
    return LambdaBuilder(s3, lambda_, resources.data_bucket, resources.dispatch_function, bounds)


def details(s3: Any, data_bucket: str) -> "Details":  # noqa: ANN401
    from adapters.aws.details import S3Details  # noqa: PLC0415

    return S3Details(s3, data_bucket)


def access_logs(athena: Any, s3: Any, resources: Resources, clock: "Clock") -> "AccessLogs":  # noqa: ANN401
    from adapters.aws.access_logs import AthenaAccessLogs  # noqa: PLC0415

    return AthenaAccessLogs(
        athena,
        s3,
        resources.workgroup,
        resources.usage_database,
        resources.results_bucket,
        _QUERY.read_text(encoding="utf-8"),
        clock,
    )


def queues(sqs: Any, queues: tuple[str, ...]) -> "SqsQueues":  # noqa: ANN401
    from adapters.aws.queues import SqsQueues  # noqa: PLC0415

    return SqsQueues(sqs, queues)


def replicas() -> "Replicas":
    from adapters.replicas import FolderReplicas  # noqa: PLC0415

    return FolderReplicas()


def workspace() -> "Workspace":
    import tempfile  # noqa: PLC0415

    from adapters.workspace import FolderWorkspace  # noqa: PLC0415

    return FolderWorkspace(Path(tempfile.gettempdir()))
