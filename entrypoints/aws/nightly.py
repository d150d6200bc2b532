"""The schedule -> the use cases: once a night days are counted, and what a lost message left stale is derived again."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from domain.usage import day_of
from entrypoints.aws.observing import counted, logger
from infrastructure.functions import index, ports


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Make due what may be stale, and the counting of days; the queues do the work.

    Args:
        event: either ``{"days_ago": [1, 2]}`` or ``{"days": ["2026-11-24"]}``.
        context: of this invocation; Lambda's own retries have the same request id.

    Raises:
        ExceptionGroup: something could not be made due. All else is.
    """
    failures: list[Exception] = []

    def attempted(what: str, make_due: Callable[[], int]) -> int:
        try:
            due = make_due()
        except Exception as failure:  # noqa: BLE001 - whatever ails the one, the other is done
            logger.exception(f"could not make due: {what}")
            failures.append(failure)
            return 0
        logger.info(f"made due: {what}", extra={"number": due})
        return due

    counted(
        BatchesAnnounced=attempted(
            "counting of downloads", lambda: index().counting().announce(_days(event), context.aws_request_id)
        ),
        RepositoriesAnnounced=attempted(
            "facts of repositories that were asked for longest ago", lambda: index().repository_facts().announce()
        ),
        PackagesReconciled=attempted("packages that changed lately", lambda: index().upkeep().reconcile()),
    )
    if failures:
        raise ExceptionGroup("not everything that a night needs is due", failures)


def _days(event: dict[str, Any]) -> Sequence[str]:
    if "days" in event:
        return [date.fromisoformat(day).isoformat() for day in event["days"]]
    today = date.fromisoformat(day_of(ports().clock().now()))
    return [(today - timedelta(days=ago)).isoformat() for ago in event["days_ago"]]
