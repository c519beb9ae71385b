"""Logs and metrics: structured, without personal data; every metric that a dashboard shows starts here."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()


def count(name: str, number: int = 1) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)


def milliseconds(name: str, number: float) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Milliseconds, value=number)
