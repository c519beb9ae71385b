"""The types of events in the streams of parties and of persons with access."""

from insurance.domain.core.event import EventType


class PartyEventType(EventType):
    REGISTERED = "party.registered"
    CONSENT_RECORDED = "party.consent_recorded"
    RESTRICTED = "party.restricted"
    RESTRICTION_LIFTED = "party.restriction_lifted"
    JOINED = "party.joined"
    """Another party was merged into this one."""
    MERGED = "party.merged"
    """This party was merged into another."""
    LEFT = "party.left"
    """The merge of another party into this one was undone."""
    PARTED = "party.parted"
    """The merge of this party into another was undone."""
    DATA_REQUESTED = "party.data_requested"
    """The person asked for something about their data."""
    DATA_REQUEST_ANSWERED = "party.data_request_answered"
    DATA_EXPORTED = "party.data_exported"
    ERASURE_REQUESTED = "party.erasure_requested"
    """It waits for the end of the legal hold."""
    ERASURE_WITHDRAWN = "party.erasure_withdrawn"
    ERASED = "party.erased"
    ACCESS_GIVEN = "access.given"
    ACCESS_WITHDRAWN = "access.withdrawn"
