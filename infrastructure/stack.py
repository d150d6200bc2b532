"""Opening a deployed index with the operator's own credentials: as its functions see it, from outside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import frozen

from adapters.records import from_json, to_json
from domain.site_settings import Edition, SiteSettings
from infrastructure import cloud, formation
from infrastructure.aws import Aws
from infrastructure.index import Index, index_of
from infrastructure.resources import Resources
from infrastructure.settings import Settings
from infrastructure.version import __version__

if TYPE_CHECKING:
    import boto3

_EDITION_KEY = "edition.json"
_UNKNOWN = Edition("unknown", SiteSettings(""))
"""What is recorded cannot be read: pages are written again to be sure of them."""


@frozen
class Deployed:
    """An open stack.

    Attributes:
        edition: what its functions write pages with, if their software is this one.
    """

    stack: formation.Stack
    clients: "boto3.Session"
    resources: Resources
    settings: Settings
    edition: Edition
    ports: Aws
    index: Index

    def shown_edition(self) -> Edition | None:
        """What all pages were written with, or are just being written; None before the first deployment's end."""
        s3 = self.clients.client("s3")
        try:
            body = s3.get_object(Bucket=self.resources.data_bucket, Key=_EDITION_KEY)["Body"].read()
        except s3.exceptions.NoSuchKey:
            return None
        try:
            return from_json(Edition, json.loads(body))
        except ValueError:
            return _UNKNOWN

    def record_edition(self) -> None:
        """Remember that all pages are of this edition, or are due."""
        self.clients.client("s3").put_object(
            Bucket=self.resources.data_bucket,
            Key=_EDITION_KEY,
            Body=json.dumps(to_json(self.edition)).encode(),
            ContentType="application/json",
        )


@contextmanager
def opened(name: str, region: str) -> Iterator[Deployed]:
    """The index of a stack.

    Raises:
        CloudUnusable: there is no such stack, or the credentials do not suffice.
    """
    clients = cloud.session(region)
    with cloud.explained():
        stack = formation.find_ours(clients.client("cloudformation"), name)
        if stack is None or stack.status == "REVIEW_IN_PROGRESS":
            raise cloud.CloudUnusable(
                f"There is no stack {name} in {region}. Give its name with --stack and its region with --region, or "
                f"make it with `sls-pypi deploy --stack {name}`."
            )
        yield _opened(stack, clients, region)


def _opened(stack: formation.Stack, clients: "boto3.Session", region: str) -> Deployed:
    functions = clients.client("lambda")
    try:
        # How the index is set up stands in the environment of its functions; each has the whole of it.
        configuration = functions.get_function_configuration(FunctionName=stack.outputs["ApiFunction"])
    except (KeyError, functions.exceptions.ResourceNotFoundException):
        raise cloud.CloudUnusable(
            f"The stack {stack.name} is {stack.status} and no index yet: run `sls-pypi deploy --stack {stack.name}`."
        ) from None
    environment = {"AWS_REGION": region, **configuration.get("Environment", {}).get("Variables", {})}
    resources, settings = Resources.from_environment(environment), Settings.from_environment(environment)
    ports = Aws(resources=resources, github=settings.github_app, oidc_issuers=settings.oidc_issuers)
    shown = settings.site()
    index = index_of(ports, settings, shown)
    return Deployed(stack, clients, resources, settings, Edition(__version__, shown), ports, index)
