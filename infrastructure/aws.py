"""The world on AWS: DynamoDB, S3, SNS and Athena."""

from collections.abc import Mapping

from dependency_injector import containers, providers

from adapters.clock import SystemClock
from adapters.github.app import GitHubApp
from adapters.oidc_keys import ISSUERS
from adapters.sealing import AesSealing
from adapters.secrets import SystemSecrets
from domain.policy import Bounds
from domain.ports.identity_tokens import Kind
from infrastructure import aws_factories as factories
from infrastructure.resources import Resources
from infrastructure.settings import DEFAULT_GITHUB_API_URL, DEFAULT_GITHUB_URL, BuildSettings


class Aws(containers.DeclarativeContainer):
    """Ports of the world on AWS, and the queues, which only the functions know."""

    resources = providers.Dependency(instance_of=Resources)
    github: providers.Dependency[GitHubApp] = providers.Dependency(
        instance_of=GitHubApp, default=GitHubApp(DEFAULT_GITHUB_URL, DEFAULT_GITHUB_API_URL)
    )
    oidc_issuers: providers.Dependency[Mapping[Kind, str]] = providers.Dependency(default=ISSUERS)

    build: providers.Dependency[BuildSettings] = providers.Dependency(
        instance_of=BuildSettings, default=BuildSettings()
    )
    largest_file: providers.Dependency[int] = providers.Dependency(instance_of=int, default=Bounds().file_bytes)

    _dynamodb = providers.Singleton(factories.client, "dynamodb", resources.provided.region)
    _s3 = providers.Singleton(factories.client, "s3", resources.provided.region)
    _sns = providers.Singleton(factories.client, "sns", resources.provided.region)
    _sqs = providers.Singleton(factories.client, "sqs", resources.provided.region)
    _lambda = providers.Singleton(factories.client, "lambda", resources.provided.region)
    _athena = providers.Singleton(factories.client, "athena", resources.provided.region)
    _cloudfront = providers.Singleton(factories.client, "cloudfront", resources.provided.region)

    event_store = providers.Singleton(factories.event_store, _dynamodb, resources.provided.table)
    event_log = providers.Singleton(factories.event_log, _dynamodb, resources.provided.table)
    publisher = providers.Singleton(factories.publisher, _sns, resources.provided.topic)
    objects = providers.Singleton(factories.objects, _s3, resources.provided.site_bucket)
    blobs = providers.Singleton(factories.blobs, _s3, resources.provided.data_bucket, resources.provided.site_bucket)
    caches = providers.Singleton(factories.caches, _cloudfront, resources.provided.distribution)
    catalogue = providers.Singleton(factories.catalogue, _dynamodb, resources.provided.table)
    usage_table = providers.Singleton(factories.usage_table, _dynamodb, resources.provided.table)
    directory = providers.Singleton(factories.directory, _dynamodb, resources.provided.table)
    dependents = providers.Singleton(factories.dependents, _dynamodb, resources.provided.table)
    facts_table = providers.Singleton(factories.facts_table, _dynamodb, resources.provided.table)
    repositories = providers.Singleton(factories.repositories, github)
    identities = providers.Singleton(factories.identities, github)
    identity_tokens = providers.Singleton(factories.identity_tokens, oidc_issuers)
    trust_table = providers.Singleton(factories.trust_table, _dynamodb, resources.provided.table)
    submission_table = providers.Singleton(factories.submission_table, _dynamodb, resources.provided.table)
    build_logs = providers.Singleton(factories.build_logs, _s3, resources.provided.data_bucket)
    builder = providers.Singleton(factories.builder, _s3, _lambda, resources, build, largest_file)
    replicas = providers.Singleton(factories.replicas)
    details = providers.Singleton(factories.details, _s3, resources.provided.data_bucket)
    sessions = providers.Singleton(factories.sessions, _dynamodb, resources.provided.table)
    staging = providers.Singleton(factories.staging, _s3, resources.provided.data_bucket)
    queues = providers.Singleton(factories.queues, _sqs, resources.provided.queues)
    workspace = providers.Singleton(factories.workspace)
    archives = providers.Singleton(factories.archives)
    pages = providers.Singleton(factories.pages)
    clock = providers.Singleton(SystemClock)
    sources = providers.Singleton(factories.sources, github, clock)
    access_logs = providers.Singleton(factories.access_logs, _athena, _s3, resources, clock)
    secrets = providers.Singleton(SystemSecrets)
    sealing = providers.Singleton(AesSealing)
