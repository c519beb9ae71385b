"""The types of events in the streams of parties and of persons with access."""

from insurance.domain.core.event import EventType


class MatchEventType(EventType):
    FOUND = "match.found"
    """Two parties may be one customer: a person decides."""
    LINKED = "match.linked"
    """They are, as far as the weights go: one is merged into the other by the same transaction."""
    PROPOSED = "match.proposed"
    """A person says that they are one although a mark contradicts: another one confirms."""
    DECIDED = "match.decided"
    """A person said whether they are one customer, or two."""


class PartyEventType(EventType):
    REGISTERED = "party.registered"
    CORRECTED = "party.corrected"
    """A name, address, contact or another detail is another one, from a date."""
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
