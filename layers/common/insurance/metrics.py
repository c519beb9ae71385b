"""Metrics: every name that the dashboard and the alarms may use, and nothing else is emitted."""

from enum import StrEnum


class Metric(StrEnum):
    """A metric of our own. Counts and milliseconds are by service; amounts also by mode and currency."""

    REQUESTS = "Requests"
    """Calls that a handler answered."""
    REFUSALS = "Refusals"
    """Answers that are a problem of the caller's or the business's making."""
    FAULTS = "Faults"
    """Answers to an error that nobody foresaw."""
    LATENCY = "Latency"
    """Milliseconds from a handler's start to its answer."""
    EVENTS_DELIVERED = "EventsDelivered"
    DELIVERY_FAILURES = "DeliveryFailures"
    EVENTS_TAMPERED = "EventsTampered"
    """Events of the append-only record that were changed or removed."""
    FACTS_DAMAGED = "FactsDamaged"
    """Events and quotes whose personal facts no key opens, though their party was not erased: nobody finds
    them by a name."""
    PREMIUM_BOUND = "PremiumBound"
    """Minor units of premium that new business wrote."""
    CLAIMS_PAID = "ClaimsPaid"
    """Minor units that the bank reported paid on claims."""
    LEDGER_IMBALANCE = "LedgerImbalance"
    """Minor units by which the control accounts fail to add up to zero."""
    PAYMENTS_IN_DOUBT = "PaymentsInDoubt"
    """Payments of which the bank says two things: nothing was done, and a person must ask the bank."""
    JOBS_RUN = "JobsRun"
    JOBS_FAILED = "JobsFailed"
    JOBS_PARKED = "JobsParked"
    """Scheduled jobs that failed run after run and wait for a person."""
