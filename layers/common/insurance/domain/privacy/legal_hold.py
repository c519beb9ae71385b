"""Legal holds: why personal data may not be erased yet, and until when.

A hold follows from the contracts of a party as they stand at an instant. Nothing of it is stored, so
it can never be forgotten, and it ends by itself.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import AwareDatetime

from insurance.domain.bank.outgoing_payment import OPEN as OPEN_PAYMENT
from insurance.domain.billing.account import BillingAccount
from insurance.domain.claim import Claim, CostType
from insurance.domain.claim.lifecycle import Handling
from insurance.domain.claim.recovery import NEXT as RECOVERY_NEXT
from insurance.domain.complaint.complaint import Complaint
from insurance.domain.complaint.lifecycle import ComplaintStatus
from insurance.domain.contract.interested_party import InterestedParty
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.errors import LegalHoldStands, Obstacle
from insurance.domain.core.identity import PartyId
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.core.value import Value
from insurance.domain.jurisdiction.jurisdiction import Jurisdiction
from insurance.domain.jurisdiction.places import jurisdiction_of
from insurance.domain.jurisdiction.retention import (
    RecordKind,
    Retention,
    RetentionRule,
    kept_until,
    retention_of,
)
from insurance.domain.policy import Policy
from insurance.domain.policy.holders import JointHolder
from insurance.domain.product import Product
from insurance.domain.quote.quote import Quote, QuoteStatus

UNFINISHED_RECOVERIES = frozenset(status for status, _step in RECOVERY_NEXT)


LOOK_AGAIN_AFTER = timedelta(days=30)
"""How long a request waits before somebody may have ended what has no end of its own."""

type ProductOf = Callable[[ProductRef], Product]


class HoldCode(StrEnum):
    """Why something is held."""

    NOT_BEGUN = "not_begun"
    """A policy is bound, and its cover begins later."""
    ON_RISK = "on_risk"
    PREMIUM_OWED = "premium_owed"
    """By the customer; until the debt is time-barred."""
    MONEY_TO_RETURN = "money_to_return"
    """Owed to the customer: a credit, or money in suspense."""
    REFUND_OPEN = "refund_open"
    CLAIM_OPEN = "claim_open"
    CLAIM_PAYMENT_OPEN = "claim_payment_open"
    RECOVERY_OPEN = "recovery_open"
    COMPLAINT_OPEN = "complaint_open"
    REDRESS_OPEN = "redress_open"
    QUOTE_RECORDS = "quote_records"
    POLICY_RECORDS = "policy_records"
    CLAIM_RECORDS = "claim_records"
    COMPLAINT_RECORDS = "complaint_records"
    LEDGER_RECORDS = "ledger_records"


class DataHold(Value):
    """One reason not to erase."""

    code: HoldCode
    about: str
    """The id of the quote, policy, claim, complaint or payment."""
    reason: str
    until: AwareDatetime | None = None
    """The first instant without it, as things stand; None: until somebody ends it."""


class LegalHold(Value):
    """All holds on a party's data at an instant; without any, the data may be erased."""

    holds: tuple[DataHold, ...] = ()

    @property
    def free_from(self) -> datetime | None:
        """When the last hold ends by itself. None: one of them has no end yet, or there is no hold."""
        ends = [hold.until for hold in self.holds]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None

    def check_again(self, now: datetime) -> datetime:
        """When to look again: at its end, or in a while where that is not known."""
        return self.free_from or now + LOOK_AGAIN_AFTER

    def check(self, party_id: PartyId) -> None:
        """Check that there is no hold.

        Raises:
            LegalHoldStands: There is one.
        """
        if self.holds:
            obstacles = [
                Obstacle(hold.code, hold.about, hold.reason, hold.until) for hold in self.holds
            ]
            raise LegalHoldStands(party_id, obstacles, self.free_from)


class ContractRecords(NamedTuple):
    """All that stands on one contract: the quote, the policy that it became, and what hangs on them."""

    quote: Stored[Quote]
    policy: Stored[Policy] | None = None
    account: Stored[BillingAccount] | None = None
    """None: nothing was paid, and no plan was chosen."""
    claims: Sequence[Stored[Claim]] = ()
    complaints: Sequence[Stored[Complaint]] = ()
    """About the quote, the policy or its claims."""
    roles: Sequence[JointHolder | InterestedParty] = ()
    """What the policy says of the parties who were asked about, as joint holders or interested parties. Without
    personal data: nothing."""


def place_of(contract: ContractRecords, product_of: ProductOf) -> Jurisdiction:
    """The jurisdiction whose rules a contract follows: its territory's, else its product's first one's."""
    quote = contract.quote.record
    return jurisdiction_of(quote.territory or product_of(quote.product).territories[0])


def legal_hold(
    contracts: Iterable[ContractRecords], product_of: ProductOf, now: datetime
) -> LegalHold:
    """The holds that the contracts of a party put on its data at an instant.

    Args:
        contracts: All contracts of the party.
        product_of: The product version of a contract, for a contract that does not say where its risk is.
        now: The instant.
    """
    holds = (hold for contract in contracts for hold in _holds(contract, product_of, now))
    return LegalHold(holds=tuple(hold for hold in holds if hold.until is None or now < hold.until))


def _holds(contract: ContractRecords, product_of: ProductOf, now: datetime) -> Iterator[DataHold]:
    """The holds of a contract; some may have ended by now."""
    quote = contract.quote.record
    place = _Place.of(place_of(contract, product_of))
    if contract.policy is None:
        if quote.status is QuoteStatus.MIGRATING:
            reason = "A policy of another system waits for its cut-over."
            yield DataHold(code=HoldCode.ON_RISK, about=quote.id, reason=reason)
        yield from place.keeps(RecordKind.QUOTE, quote.id, _changed_at(contract.quote))
    else:
        policy = contract.policy.record
        yield from _cover(policy, now)
        yield from place.keeps(RecordKind.POLICY, policy.id, _ended_at(policy))
        yield from _money(policy, contract.account, place)
        yield from place.keeps(RecordKind.LEDGER, policy.id, _last_entry_at(policy, contract))
    for claim in contract.claims:
        yield from _claim(claim, place)
    for complaint in contract.complaints:
        yield from _complaint(complaint)


class _Place(NamedTuple):
    """A jurisdiction with its rules of retention."""

    jurisdiction: Jurisdiction
    retention: Retention

    @classmethod
    def of(cls, jurisdiction: Jurisdiction) -> "_Place":
        return cls(jurisdiction, retention_of(jurisdiction))

    def keeps(self, kind: RecordKind, about: str, since: datetime) -> Iterator[DataHold]:
        """The hold of a rule of retention, where the place has one for this kind of record."""
        rule = self.retention.rule(kind)
        if rule is not None:
            yield DataHold(
                code=HoldCode(f"{kind}_records"),
                about=about,
                reason=f"Records of this kind ({kind}) are kept: {rule.source}.{_assumed(rule)}",
                until=self.until(rule, since),
            )

    def until(self, rule: RetentionRule, since: datetime) -> datetime:
        return kept_until(rule, since, self.jurisdiction)


def _assumed(rule: RetentionRule) -> str:
    return f" We assume that {rule.assumes}." if rule.assumes else ""


def _cover(policy: Policy, now: datetime) -> Iterator[DataHold]:
    """Cover that is given, or that will be."""
    segments = policy.segments()
    if segments:
        begun = segments[0].period.start <= now
        yield DataHold(
            code=HoldCode.ON_RISK if begun else HoldCode.NOT_BEGUN,
            about=policy.id,
            reason=(
                "The policy gives cover, or will give it again."
                if begun
                else "The policy is bound, and its cover begins later."
            ),
            until=segments[-1].period.end,
        )


def _money(
    policy: Policy, stored: Stored[BillingAccount] | None, place: _Place
) -> Iterator[DataHold]:
    """What is owed either way on the policy's account, and refunds that are not finished."""
    account = stored.record.updated_for(policy) if stored else None
    balance = account.owed(policy) - account.received if account else policy.charged
    nothing = Money.zero(balance.currency)
    if balance > nothing:
        yield DataHold(
            code=HoldCode.PREMIUM_OWED,
            about=policy.id,
            reason=f"The customer owes {balance} until the debt is time-barred: "
            f"{place.retention.debts.source}.",
            until=place.until(place.retention.debts, _last_due_at(policy)),
        )
    to_return = max(-balance, nothing) + (account.in_suspense if account else nothing)
    if to_return > nothing:
        yield DataHold(
            code=HoldCode.MONEY_TO_RETURN,
            about=policy.id,
            reason=f"The insurer holds {to_return} that is the customer's.",
        )
    for refund in account.refunds if account else ():
        if refund.status in OPEN_PAYMENT:
            yield DataHold(
                code=HoldCode.REFUND_OPEN,
                about=refund.id,
                reason=f"A refund of {refund.amount} is not finished.",
            )


def _claim(stored: Stored[Claim], place: _Place) -> Iterator[DataHold]:
    claim = stored.record
    if claim.handling is not Handling.CLOSED:
        yield DataHold(code=HoldCode.CLAIM_OPEN, about=claim.id, reason="The claim is open.")
    for payment in claim.payments:
        if payment.status in OPEN_PAYMENT:
            yield DataHold(
                code=HoldCode.CLAIM_PAYMENT_OPEN,
                about=payment.id,
                reason=f"A payment of {payment.amount} is not finished.",
            )
    for recovery in claim.recoveries:
        if recovery.status in UNFINISHED_RECOVERIES:
            yield DataHold(
                code=HoldCode.RECOVERY_OPEN,
                about=claim.id,
                reason=f"Recovery {recovery.number} of the claim is not finished.",
            )
    to_return = claim.reserve_of(CostType.INSURED_SHARE)
    if to_return:
        yield DataHold(
            code=HoldCode.MONEY_TO_RETURN,
            about=claim.id,
            reason=f"The insurer holds {to_return} of what was recovered for the insured.",
        )
    yield from place.keeps(RecordKind.CLAIM, claim.id, _changed_at(stored))


def _complaint(stored: Stored[Complaint]) -> Iterator[DataHold]:
    complaint = stored.record
    if complaint.status is not ComplaintStatus.CLOSED:
        yield DataHold(
            code=HoldCode.COMPLAINT_OPEN, about=complaint.id, reason="The complaint is open."
        )
    for redress in complaint.redress:
        if redress.status in OPEN_PAYMENT:
            yield DataHold(
                code=HoldCode.REDRESS_OPEN,
                about=redress.id,
                reason=f"Redress of {redress.amount} is not finished.",
            )
    place = _Place.of(jurisdiction_of(complaint.jurisdiction))
    rule = place.retention.rule(RecordKind.COMPLAINT)
    received = rule is not None and rule.from_receipt
    since = complaint.received_at if received else _changed_at(stored)
    yield from place.keeps(RecordKind.COMPLAINT, complaint.id, since)


def _changed_at(stored: Stored[Any]) -> datetime:
    """When the last event of a stored aggregate was processed: it was closed then, or later."""
    if stored.head.processed_at is None:
        raise ValueError("a stored aggregate has an event")
    return stored.head.processed_at


def _ended_at(policy: Policy) -> datetime:
    """When the contract ended, or was last changed after that."""
    segments = policy.segments()
    end = segments[-1].period.end if segments else policy.period.start
    return max([end, *(transaction.processed_at for transaction in policy.transactions)])


def _last_due_at(policy: Policy) -> datetime:
    """When the last of what the policy costs fell due, at the latest: a plan ends with the term, and
    what is charged after that is due at once."""
    changes = (transaction.processed_at for transaction in policy.transactions)
    return max([policy.period.end, *changes])


def _last_entry_at(policy: Policy, contract: ContractRecords) -> datetime:
    """When money was last posted for the contract, at the latest."""
    paid = [claim for claim in contract.claims if claim.record.payments]
    redressed = [complaint for complaint in contract.complaints if complaint.record.redress]
    accounts = [contract.account] if contract.account else []
    posted = [_changed_at(stored) for stored in (*accounts, *paid, *redressed)]
    return max([_ended_at(policy), *posted])
