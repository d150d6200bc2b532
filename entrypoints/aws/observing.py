"""Log and metrics of the functions behind queues, as JSON lines that CloudWatch reads without further calls."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

# Names come from the template: POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE. Events are never logged.
logger = Logger(service=None)


def counted(**counts: int) -> None:
    """Report how much was done; nothing where all is zero."""
    told = {name: count for name, count in counts.items() if count}
    if not told:
        return
    metrics = Metrics()
    for name, count in told.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
