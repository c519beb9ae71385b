"""Event types of a quote's stream."""

from insurance.domain.core.event import EventType


class QuoteEventType(EventType):
    MADE = "quote.made"
    MIGRATED = "quote.migrated"
    """A policy of another system waits for its cut-over."""
    REVERSED = "quote.reversed"
    """It was taken back before the cut-over."""
    ACCEPTED = "quote.accepted"
    REFERRAL_ACCEPTED = "quote.referral_accepted"
    REFERRAL_DECLINED = "quote.referral_declined"
    BOUND = "quote.bound"
    EXPIRED = "quote.expired"
    OFFERED_AGAIN = "quote.offered_again"
    """The offer of a next term, made again as the policy that ends was changed since."""
    CORRECTED = "quote.corrected"
    """A detail of its policyholder was corrected, and what follows from it."""
