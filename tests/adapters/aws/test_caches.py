"""Copies at the edges are dropped, once for each occasion."""

from collections.abc import Iterator

import pytest

from adapters.aws.caches import CloudFrontCaches
from infrastructure.resources import Resources
from tests.aws import account, client


@pytest.fixture
def stack() -> Iterator[Resources]:
    with account() as resources:
        yield resources


def test_all_below_a_prefix_is_one_path(stack: Resources) -> None:
    CloudFrontCaches(client("cloudfront"), stack.distribution).forget("packages/frob/", "package/frob at 3")

    found = client("cloudfront").list_invalidations(DistributionId=stack.distribution)["InvalidationList"]["Items"]
    (made,) = [
        client("cloudfront").get_invalidation(DistributionId=stack.distribution, Id=one["Id"])["Invalidation"]
        for one in found
    ]
    assert made["InvalidationBatch"] == {
        "Paths": {"Quantity": 1, "Items": ["/packages/frob/*"]},
        "CallerReference": "package/frob at 3",
    }
