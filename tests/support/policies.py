"""Platforms in memory whose policy is at a certain point of its life."""

from datetime import UTC, datetime
from typing import Any

from tests.support.platform import Platform
from tests.support.policy_life import motor_with


def issued_platform(*given: Any) -> Platform:
    """A policy of personal motor, or of the product that is given, was issued."""
    platform = Platform(*given)
    platform.issue()
    return platform


def with_overdue_premium(**life: Any) -> Platform:
    """The first instalment of the policy is overdue since yesterday."""
    platform = Platform(motor_with(**life))
    platform.issue_on_plan()
    platform.turn_to(datetime(2026, 1, 2, 9, tzinfo=UTC))
    return platform
