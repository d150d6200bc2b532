"""The world on AWS: DynamoDB, S3, SNS and Athena."""

from collections.abc import Mapping

from dependency_injector import containers, providers

from adapters.clock import SystemClock
from adapters.github.app import GitHubApp
from adapters.oidc_issuers import ISSUERS
from adapters.sealing import AesSealing
from adapters.secrets import SystemSecrets
from domain.identity_claims import Kind
from domain.policy import Bounds
from infrastructure import aws_factories as factories
from infrastructure import common_factories
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

    _dynamodb = providers.Singleton(factories.client, service="dynamodb", region=resources.provided.region)
    _s3 = providers.Singleton(factories.client, service="s3", region=resources.provided.region)
    _sns = providers.Singleton(factories.client, service="sns", region=resources.provided.region)
    _sqs = providers.Singleton(factories.client, service="sqs", region=resources.provided.region)
    _lambda = providers.Singleton(factories.client, service="lambda", region=resources.provided.region)
    _athena = providers.Singleton(factories.client, service="athena", region=resources.provided.region)
    _cloudfront = providers.Singleton(factories.client, service="cloudfront", region=resources.provided.region)

    event_store = providers.Singleton(factories.event_store, dynamodb=_dynamodb, table=resources.provided.table)
    event_log = providers.Singleton(factories.event_log, dynamodb=_dynamodb, table=resources.provided.table)
    bus = providers.Singleton(factories.bus, sns=_sns, topic=resources.provided.topic)
    objects = providers.Singleton(factories.objects, s3=_s3, site_bucket=resources.provided.site_bucket)
    blobs = providers.Singleton(
        factories.blobs, s3=_s3, data_bucket=resources.provided.data_bucket, site_bucket=resources.provided.site_bucket
    )
    caches = providers.Singleton(factories.caches, cloudfront=_cloudfront, distribution=resources.provided.distribution)
    catalogue = providers.Singleton(factories.catalogue, dynamodb=_dynamodb, table=resources.provided.table)
    usage_table = providers.Singleton(factories.usage_table, dynamodb=_dynamodb, table=resources.provided.table)
    directory = providers.Singleton(factories.directory, dynamodb=_dynamodb, table=resources.provided.table)
    dependents = providers.Singleton(factories.dependents, dynamodb=_dynamodb, table=resources.provided.table)
    facts_table = providers.Singleton(factories.facts_table, dynamodb=_dynamodb, table=resources.provided.table)
    repositories = providers.Singleton(common_factories.repositories, github=github)
    identities = providers.Singleton(common_factories.identities, github=github)
    identity_tokens = providers.Singleton(common_factories.identity_tokens, oidc_issuers=oidc_issuers)
    trust_table = providers.Singleton(factories.trust_table, dynamodb=_dynamodb, table=resources.provided.table)
    submission_table = providers.Singleton(
        factories.submission_table, dynamodb=_dynamodb, table=resources.provided.table
    )
    build_logs = providers.Singleton(factories.build_logs, s3=_s3, data_bucket=resources.provided.data_bucket)
    builder = providers.Singleton(
        factories.builder, s3=_s3, lambda_=_lambda, resources=resources, build=build, largest_file=largest_file
    )
    replicas = providers.Singleton(factories.replicas)
    details = providers.Singleton(factories.details, s3=_s3, data_bucket=resources.provided.data_bucket)
    sessions = providers.Singleton(factories.sessions, dynamodb=_dynamodb, table=resources.provided.table)
    staging = providers.Singleton(factories.staging, s3=_s3, data_bucket=resources.provided.data_bucket)
    queues = providers.Singleton(factories.queues, sqs=_sqs, queues=resources.provided.queues)
    workspace = providers.Singleton(factories.workspace)
    archives = providers.Singleton(common_factories.archives)
    pages = providers.Singleton(common_factories.pages)
    clock = providers.Singleton(SystemClock)
    sources = providers.Singleton(common_factories.sources, github=github, clock=clock)
    access_logs = providers.Singleton(factories.access_logs, athena=_athena, s3=_s3, resources=resources, clock=clock)
    secrets = providers.Singleton(SystemSecrets)
    sealing = providers.Singleton(AesSealing)
