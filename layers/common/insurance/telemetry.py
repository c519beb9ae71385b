"""Logs and metrics: structured, without personal data; every metric that a dashboard shows starts here."""

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from insurance.config import setting
from insurance.metrics import Metric

if TYPE_CHECKING:
    from insurance.domain.intake.quality import BatchQuality

logger = Logger()
metrics = Metrics()


def count(name: Metric, number: int = 1) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)


def seconds(name: Metric, number: float) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Seconds, value=number)


def milliseconds(name: Metric, number: float) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Milliseconds, value=number)


def tampered(stream: str, sequence: str) -> None:
    """Count and log that an event was changed or removed. IAM cannot forbid a Put over an event, so who
    reads the stream reports it."""
    count(Metric.EVENTS_TAMPERED)
    logger.error("an event was changed or removed", stream=stream, sequence=sequence)


def source_quality(quality: "BatchQuality") -> None:
    """How good a batch of a source was, in hundredths, by what was looked at."""
    for name, share in quality.means.items():
        with single_metric(
            name=Metric.SOURCE_QUALITY,
            unit=MetricUnit.Percent,
            value=share,
            namespace=setting("POWERTOOLS_METRICS_NAMESPACE"),
        ) as metric:
            metric.add_dimension(name="service", value=setting("POWERTOOLS_SERVICE_NAME"))
            metric.add_dimension(name="mode", value=quality.mode)
            metric.add_dimension(name="source", value=quality.source)
            metric.add_dimension(name="quality", value=name)


def business(name: Metric, minor_units: int, *, mode: str, currency: str) -> None:
    """A total of the business, in minor units; live and test never add up together."""
    with single_metric(
        name=name,
        unit=MetricUnit.Count,
        value=minor_units,
        namespace=setting("POWERTOOLS_METRICS_NAMESPACE"),
    ) as metric:
        metric.add_dimension(name="service", value=setting("POWERTOOLS_SERVICE_NAME"))
        metric.add_dimension(name="mode", value=mode)
        metric.add_dimension(name="currency", value=currency)
