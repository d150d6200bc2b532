"""Copies at CloudFront's edges."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient


class CloudFrontCaches:
    """A Caches for one distribution.

    A prefix is one path, of which the first 1,000 a month are free. CloudFront works on 15 of them at a time and
    refuses more; whoever asked has to come again.
    """

    def __init__(self, client: "CloudFrontClient", distribution: str) -> None:
        self._client = client
        self._distribution = distribution

    def forget(self, prefix: str, occasion: str) -> None:
        """Have the copies dropped; they are gone within a minute or so."""
        # The same reference with the same path is the same invalidation (API reference, CreateInvalidation).
        self._client.create_invalidation(
            DistributionId=self._distribution,
            InvalidationBatch={"Paths": {"Quantity": 1, "Items": [f"/{prefix}*"]}, "CallerReference": occasion},
        )
