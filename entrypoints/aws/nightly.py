"""The schedule -> the use cases: once a night, whatever a lost message may have left stale is derived again."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from entrypoints.aws.observing import counted, logger
from infrastructure.functions import index


def handler(_: dict[str, Any], __: LambdaContext) -> None:
    """Make due what may be stale; the queues do the work."""
    packages = index().upkeep().reconcile()
    logger.info("made packages due that changed lately", extra={"packages": packages})
    counted(PackagesReconciled=packages)
