"""The catalogue of events: every type, who may receive it, and the record whose facts it carries.

Each area names its types in an enumeration of its own (`domain/<area>/event_types.py`). What the
areas' enumerations do not say stands here, once for all.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from insurance.domain.bank.event_types import BankEventType
from insurance.domain.bank.payment_file import PaymentFile
from insurance.domain.billing import BillingAccount, SuspendedPayment
from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.claim import Claim
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.complaint import Complaint
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.control.access_policy import AccessPolicy
from insurance.domain.control.event_types import AccessPolicyEventType, StopEventType
from insurance.domain.control.stop import Stops
from insurance.domain.core.classification import Record
from insurance.domain.core.event import EventType
from insurance.domain.document.document import Document
from insurance.domain.document.event_types import DocumentEventType
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.event_types import BatchEventType, RowEventType, SourceEventType
from insurance.domain.intake.quarantined_row import QuarantinedRow
from insurance.domain.intake.source import DataSource
from insurance.domain.ledger.calendar import Calendar
from insurance.domain.ledger.earnings import EarnedPremium
from insurance.domain.ledger.event_types import LedgerEventType
from insurance.domain.partner.api_product import ApiProductLife
from insurance.domain.partner.application import PartnerApplication
from insurance.domain.partner.event_types import (
    ApiProductEventType,
    ApplicationEventType,
    PartnerEventType,
)
from insurance.domain.partner.partner import Partner
from insurance.domain.party.event_types import MatchEventType, PartyEventType
from insurance.domain.party.match import Match
from insurance.domain.party.party import Access, Erasure
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.product.publishing.event_types import ProductEventType
from insurance.domain.product.publishing.release import ProductVersion
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import Quote
from insurance.domain.screening.event_types import ScreeningEventType
from insurance.domain.screening.screening import ScreeningCase
from insurance.domain.webhook.event_types import WebhookEventType
from insurance.domain.webhook.webhook import Webhook


class Audience(StrEnum):
    """Who may receive an event. Each audience also receives what the next one does."""

    INTERNAL = "internal"
    """The insurer alone."""
    PARTNER = "partner"
    """Also the partner whose business it is."""
    POLICYHOLDER = "policyholder"
    """Also the policyholder, about their own policy."""


class CataloguedEvent(NamedTuple):
    """What is public of one event type."""

    event_type: EventType
    area: str
    audience: Audience
    schema: type[Record]
    """The record whose facts the event carries: the whole aggregate as the event left it."""
    since: str
    """The version of the API that published it first."""


class _Area(NamedTuple):
    """What holds of all types of an enumeration, unless `SCHEMAS` or `AUDIENCES` say otherwise."""

    name: str
    types: type[EventType]
    schema: type[Record]
    audience: Audience
    since: str = "0.9"


_AREAS: Final = (
    _Area("product", ProductEventType, ProductVersion, Audience.INTERNAL),
    _Area("quote", QuoteEventType, Quote, Audience.PARTNER),
    _Area("policy", PolicyEventType, Policy, Audience.POLICYHOLDER),
    _Area("billing", BillingEventType, BillingAccount, Audience.POLICYHOLDER),
    _Area("claim", ClaimEventType, Claim, Audience.POLICYHOLDER),
    _Area("complaint", ComplaintEventType, Complaint, Audience.POLICYHOLDER),
    _Area("document", DocumentEventType, Document, Audience.POLICYHOLDER),
    _Area("party", PartyEventType, Party, Audience.POLICYHOLDER),
    _Area("party", MatchEventType, Match, Audience.INTERNAL, since="0.10"),
    _Area("screening", ScreeningEventType, ScreeningCase, Audience.INTERNAL),
    _Area("bank", BankEventType, PaymentFile, Audience.INTERNAL),
    _Area("ledger", LedgerEventType, Calendar, Audience.INTERNAL),
    _Area("webhook", WebhookEventType, Webhook, Audience.PARTNER, since="0.10"),
    _Area("control", AccessPolicyEventType, AccessPolicy, Audience.INTERNAL, since="0.10"),
    _Area("control", StopEventType, Stops, Audience.INTERNAL, since="0.10"),
    _Area("intake", SourceEventType, DataSource, Audience.INTERNAL, since="0.10"),
    _Area("intake", BatchEventType, DataBatch, Audience.INTERNAL, since="0.10"),
    _Area("intake", RowEventType, QuarantinedRow, Audience.INTERNAL, since="0.10"),
    _Area("partner", PartnerEventType, Partner, Audience.INTERNAL, since="0.10"),
    _Area("api_product", ApiProductEventType, ApiProductLife, Audience.PARTNER, since="0.10"),
    _Area("partner", ApplicationEventType, PartnerApplication, Audience.INTERNAL, since="0.10"),
)

_OF_SUSPENSE: Final = frozenset(
    {
        BillingEventType.PAYMENT_SUSPENDED,
        BillingEventType.SUSPENSE_ALLOCATED,
        BillingEventType.RETURN_REQUESTED,
        BillingEventType.RETURN_APPROVED,
        BillingEventType.RETURN_REFUSED,
        BillingEventType.RETURN_PAID,
        BillingEventType.RETURN_FAILED,
        BillingEventType.RETURN_RETURNED,
        BillingEventType.RETURN_REVERSED,
        BillingEventType.RETURN_REPORT_KEPT,
        BillingEventType.RETURN_REPORT_REVIEWED,
    }
)

_SCHEMAS: Final[Mapping[EventType, type[Record]]] = {
    **dict.fromkeys(_OF_SUSPENSE, SuspendedPayment),
    PartyEventType.ERASED: Erasure,
    PartyEventType.ACCESS_GIVEN: Access,
    PartyEventType.ACCESS_WITHDRAWN: Access,
    LedgerEventType.PREMIUM_EARNED: EarnedPremium,
}

_AUDIENCES: Final[Mapping[EventType, Audience]] = {
    PartyEventType.ERASED: Audience.PARTNER,
    # That two customers are one concerns both: each would learn of the other.
    **dict.fromkeys(
        (
            PartyEventType.JOINED,
            PartyEventType.MERGED,
            PartyEventType.LEFT,
            PartyEventType.PARTED,
        ),
        Audience.PARTNER,
    ),
    # Its calls, and what it may call, are the partner's own affair; how it is brought in and held is the insurer's.
    ApplicationEventType.CHANGED: Audience.PARTNER,
    ApplicationEventType.QUOTA_NEARLY_USED: Audience.PARTNER,
    ApplicationEventType.QUOTA_USED_UP: Audience.PARTNER,
    # Nobody knows yet whose money it is.
    **dict.fromkeys(_OF_SUSPENSE, Audience.INTERNAL),
    # A person whose name is on a sanctions list must not learn that it was found.
    BillingEventType.REFUND_SCREENED: Audience.INTERNAL,
    ClaimEventType.PAYMENT_SUSPECTED: Audience.INTERNAL,
    ClaimEventType.PAYMENT_CLEARED: Audience.INTERNAL,
    ComplaintEventType.REDRESS_SUSPECTED: Audience.INTERNAL,
    # The insurer's own work: doubts about a claim, drafts of decisions, reserves, recoveries, notes.
    **dict.fromkeys(
        (
            ClaimEventType.HELD,
            ClaimEventType.RELEASED,
            ClaimEventType.NOTIFIED_AND_HELD,
            ClaimEventType.DENIAL_PROPOSED,
            ClaimEventType.DENIAL_REFUSED,
            ClaimEventType.RESERVED,
            ClaimEventType.ASSIGNED,
            ClaimEventType.NOTED,
            ClaimEventType.DIARY_ENTRY_CREATED,
            ClaimEventType.DIARY_ENTRY_COMPLETED,
            ClaimEventType.DEADLINE_MISSED,
            ClaimEventType.PAYEE_PROPOSED,
            ClaimEventType.PAYEE_REFUSED,
            ClaimEventType.PAYEE_CORRECTED,
            ClaimEventType.RECOVERY_IDENTIFIED,
            ClaimEventType.RECOVERY_PURSUED,
            ClaimEventType.RECOVERY_RECEIVED,
            ClaimEventType.RECOVERY_ABANDONED,
            # A doubt that somebody asks the bank about.
            ClaimEventType.PAYMENT_REPORT_KEPT,
            ClaimEventType.PAYMENT_REPORT_REVIEWED,
            ComplaintEventType.REDRESS_REPORT_KEPT,
            ComplaintEventType.REDRESS_REPORT_REVIEWED,
            BillingEventType.REFUND_REPORT_KEPT,
            BillingEventType.REFUND_REPORT_REVIEWED,
            ComplaintEventType.ASSIGNED,
            ComplaintEventType.NOTED,
            ComplaintEventType.DEADLINE_MISSED,
            # What waits for a second person.
            ApiProductEventType.SUBMITTED,
            ApiProductEventType.APPROVED,
        ),
        Audience.INTERNAL,
    ),
}


_SINCE: Final[Mapping[EventType, str]] = dict.fromkeys(
    (
        BillingEventType.MIGRATED,
        ClaimEventType.PAYEE_CORRECTED,
        PolicyEventType.INTERESTED_PARTIES_RECORDED,
        PolicyEventType.MIGRATED,
        QuoteEventType.MIGRATED,
        QuoteEventType.OFFERED_AGAIN,
        QuoteEventType.REVERSED,
    ),
    "0.10",
)
"""Types that came to their area later: the releases before never wrote them."""


def _catalogued(area: _Area, event_type: EventType) -> CataloguedEvent:
    return CataloguedEvent(
        event_type=event_type,
        area=area.name,
        audience=_AUDIENCES.get(event_type, area.audience),
        schema=_SCHEMAS.get(event_type, area.schema),
        since=_SINCE.get(event_type, area.since),
    )


CATALOGUE: Final[Mapping[str, CataloguedEvent]] = {
    event_type.value: _catalogued(area, event_type) for area in _AREAS for event_type in area.types
}
"""Every event type, by its name."""
