"""The types of the events of the accounting calendar and of earned premium."""

from insurance.domain.core.event import EventType


class LedgerEventType(EventType):
    """What happened to an accounting period, or to a policy's earned premium."""

    PERIOD_CLOSED = "period.closed"
    PERIOD_LOCKED = "period.locked"
    PERIOD_REOPENED = "period.reopened"
    PREMIUM_EARNED = "premium.earned"
