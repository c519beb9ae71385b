"""Event types of a quote's stream."""

from enum import StrEnum


class QuoteEventType(StrEnum):
    MADE = "quote.made"
    ACCEPTED = "quote.accepted"
    REFERRAL_ACCEPTED = "quote.referral_accepted"
    REFERRAL_DECLINED = "quote.referral_declined"
    BOUND = "quote.bound"
    EXPIRED = "quote.expired"
