"""What a stack has made, as its functions are told."""

import os
from collections.abc import Mapping

from attrs import frozen

from infrastructure.setting_urls import WrongSetting


@frozen
class Resources:
    """What a stack has made.

    Attributes:
        region: where it is.
        table: name of the DynamoDB table.
        site_bucket: name of the bucket that is served.
        data_bucket: name of the private bucket.
        topic: ARN of the topic for messages.
        queues: URLs of the queues behind it.
        distribution: id of CloudFront's distribution in front of the site.
        results_bucket: name of the bucket in which queries leave what they found.
        workgroup: name of Athena's work group.
        usage_database: name of the database with the table of access logs.
        dispatch_function: name of the function that has builds done; only who starts them is told.
    """

    region: str
    table: str
    site_bucket: str
    data_bucket: str
    topic: str
    queues: tuple[str, ...] = ()
    distribution: str = ""
    results_bucket: str = ""
    workgroup: str = ""
    usage_database: str = ""
    dispatch_function: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Resources":
        """What the template tells a function.

        Raises:
            WrongSetting: something is missing.
        """
        return cls(
            region=_told(environment, "AWS_REGION"),
            table=_told(environment, "SLS_PYPI_TABLE"),
            site_bucket=_told(environment, "SLS_PYPI_SITE_BUCKET"),
            data_bucket=_told(environment, "SLS_PYPI_DATA_BUCKET"),
            topic=_told(environment, "SLS_PYPI_TOPIC"),
            queues=tuple(filter(None, environment.get("SLS_PYPI_QUEUES", "").split(","))),
            distribution=environment.get("SLS_PYPI_DISTRIBUTION", ""),
            results_bucket=environment.get("SLS_PYPI_RESULTS_BUCKET", ""),
            workgroup=environment.get("SLS_PYPI_WORKGROUP", ""),
            usage_database=environment.get("SLS_PYPI_USAGE_DATABASE", ""),
            dispatch_function=environment.get("SLS_PYPI_DISPATCH_FUNCTION", ""),
        )


def _told(environment: Mapping[str, str], name: str) -> str:
    try:
        return environment[name]
    except KeyError:
        raise WrongSetting(f"{name} is not set; `sls-pypi deploy` sets it for the functions of a stack") from None
