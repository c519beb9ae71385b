"""Event types of a policy's stream."""

from insurance.domain.core.event import EventType


class PolicyEventType(EventType):
    ISSUED = "policy.issued"
    ENDORSED = "policy.endorsed"
    CANCELLED = "policy.cancelled"
    REINSTATED = "policy.reinstated"
    TRANSACTION_REVERSED = "policy.transaction_reversed"
    TRANSFERRED = "policy.transferred"
    """It passed to another holder, or a joint holder came in or went out."""
    HOLDER_CORRECTED = "policy.holder_corrected"
    """The details of its holder were corrected, and nothing of its terms changed."""
    LIMIT_REINSTATED = "policy.limit_reinstated"
    """A limit that claims used stands again, and its premium is charged."""
    RENEWAL_INVITED = "policy.renewal_invited"
    NON_RENEWAL_NOTED = "policy.non_renewal_noted"
    NOTICE_GIVEN = "policy.notice_given"
    NOTICE_DISPATCHED = "policy.notice_dispatched"
    NOTICE_WITHDRAWN = "policy.notice_withdrawn"
    NOTICE_CURED = "policy.notice_cured"
    """The arrears were paid in time."""
    NOTICE_OVERTAKEN = "policy.notice_overtaken"
    """Cover ended for another reason before the notice took effect."""
    LAPSED = "policy.lapsed"
    LAPSE_UNDONE = "policy.lapse_undone"
    """The arrears had been paid in time, which was known only after the lapse."""
