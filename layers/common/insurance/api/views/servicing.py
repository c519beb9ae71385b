"""How changes of a policy are shown: every line with what it was worked out from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, Field

from insurance.api.etag import etag
from insurance.api.paging import Page, page_of
from insurance.api.parameters import OptionalInstant, Parameters
from insurance.api.views.terms import MoneyView, PremiumView, View
from insurance.domain.contract.proration import Share
from insurance.domain.core.classification import Sensitive
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.policy import ChargeLine, Computation, Policy, Transaction
from insurance.domain.policy.difference import PolicyDifference
from insurance.domain.policy.new_business import computation_of_new_business
from insurance.domain.policy.status import PolicyFlag, PolicyStatus
from insurance.domain.policy.timeline import NEW_BUSINESS
from insurance.domain.policy.transaction import ChargeKind, Initiator
from insurance.domain.policy.transfer_record import TransferConsent, TransferReason, Transferred
from insurance.operations.policy.change_policy import PolicyChange

ComputationMethod = Literal[
    "term",
    "pro_rata",
    "short_rate",
    "formula",
    "none",
    "cooling_off",
    "premium_due",
    "agreed",
    "transfer",
    "reversal",
    "reinstatement_of_limit",
    "migrated",
]
ShownTransactionKind = Literal[
    "new_business",
    "endorsement",
    "cancellation",
    "reinstatement",
    "transfer",
    "reversal",
    "limit_reinstatement",
]


class ShareView(BaseModel):
    """A part of the term, both counted in the same unit; `text` is for people."""

    part: int
    whole: int
    unit: str
    text: str

    @classmethod
    def of(cls, share: Share) -> Self:
        return cls(part=share.part, whole=share.whole, unit=share.unit, text=str(share))


class ChargeLineView(BaseModel):
    """One line: from which price for a whole term to which, and what its share comes to.

    A positive amount is owed by the customer, a negative one is given back.
    """

    kind: ChargeKind
    code: str
    name: str
    before: MoneyView | None
    after: MoneyView | None
    amount: MoneyView
    working: str

    @classmethod
    def of(cls, line: ChargeLine, share: Share | None) -> Self:
        return cls(
            kind=line.kind,
            code=line.code,
            name=line.name,
            before=_money(line.before),
            after=_money(line.after),
            amount=MoneyView.of(line.amount),
            working=_working(line, share),
        )


class CommissionShareView(BaseModel):
    """What of a commission is a partner's; negative: given back by them."""

    partner: str
    amount: MoneyView


class ComputationView(BaseModel):
    """How an amount was worked out: the method, the share of the term, the lines, the total."""

    method: ComputationMethod
    share: ShareView | None
    lines: list[ChargeLineView]
    total: MoneyView
    commission: MoneyView | None
    commission_of: list[CommissionShareView] | None
    """Whose it is, once the policy has another broker than at first."""
    notes: list[str]

    @classmethod
    def of(cls, computation: Computation) -> Self:
        return cls(
            method=computation.method,
            share=ShareView.of(computation.share) if computation.share else None,
            lines=[ChargeLineView.of(line, computation.share) for line in computation.lines],
            total=MoneyView.of(computation.total),
            commission=_money(computation.commission),
            commission_of=[
                CommissionShareView(partner=share.partner, amount=MoneyView.of(share.amount))
                for share in computation.commission_of
            ]
            or None,
            notes=list(computation.notes),
        )


class TransferView(BaseModel):
    """From whom to whom a policy passed, and on what grounds."""

    reason: TransferReason
    from_party: str
    to_party: str
    consents: list[TransferConsent]
    evidence: str | None
    from_partner: str | None
    to_partner: str | None
    """Of another broker: whose business it was, and is from then on."""
    commission_share: str | None

    @classmethod
    def of(cls, transfer: Transferred) -> Self:
        share = transfer.commission_share
        return cls(
            reason=transfer.reason,
            from_party=transfer.from_party,
            to_party=transfer.to_party,
            consents=[str(consent) for consent in transfer.consents],
            evidence=transfer.evidence,
            from_partner=transfer.from_partner,
            to_partner=transfer.to_partner,
            commission_share=None if share is None else format(share, "f"),
        )


class TransactionView(BaseModel):
    """One transaction of a policy; a reversed one stays on the list and names its reversal."""

    number: int
    kind: ShownTransactionKind
    effective_at: datetime
    processed_at: datetime
    by: Initiator | None
    reason: str | None
    gap: bool | None
    price: PremiumView | None
    """For a whole term, from then on."""
    computation: ComputationView
    reversed_by: int | None
    reapplies: int | None
    follows: int | None
    transfer: TransferView | None

    @classmethod
    def of(cls, transaction: Transaction) -> Self:
        return cls(
            number=transaction.number,
            kind=transaction.kind.value,
            effective_at=transaction.effective_at,
            processed_at=transaction.processed_at,
            by=transaction.by,
            reason=transaction.reason,
            gap=transaction.gap or None,
            price=PremiumView.of(transaction.terms.premium) if transaction.terms else None,
            computation=ComputationView.of(transaction.computation),
            reversed_by=transaction.reversed_by,
            reapplies=transaction.reapplies,
            follows=transaction.follows,
            transfer=TransferView.of(transaction.transfer) if transaction.transfer else None,
        )

    @classmethod
    def of_new_business(cls, policy: Policy) -> Self:
        return cls(
            number=NEW_BUSINESS,
            kind="new_business",
            effective_at=policy.period.start,
            processed_at=policy.issued_at,
            by=None,
            reason=None,
            gap=None,
            price=PremiumView.of(policy.premium),
            computation=ComputationView.of(computation_of_new_business(policy.premium)),
            reversed_by=None,
            reapplies=None,
            follows=None,
            transfer=None,
        )


class ChangeView(View):
    """A change of a policy: what it costs, and which transactions it reverses and applies again."""

    policy_id: str
    policy_number: str | None
    revision: int
    stored: bool
    """False in a preview: nothing was stored, and `revision` is the policy's."""
    policy_status: PolicyStatus
    policy_flags: list[PolicyFlag]
    transaction: TransactionView
    reversed: list[TransactionView]
    reapplied: list[TransactionView]
    difference: MoneyView
    """What the customer owes more in total; negative: gets back."""
    charged_before: MoneyView
    charged_after: MoneyView

    @classmethod
    def of(cls, change: PolicyChange, *, now: datetime) -> Self:
        serviced, policy = change.serviced, change.serviced.policy
        state = policy.state_at(now)
        return cls(
            etag=etag(change.head.sequence, "policy") if change.stored else None,
            policy_id=policy.id,
            policy_number=policy.number.text if policy.number else None,
            revision=change.head.sequence,
            stored=change.stored,
            policy_status=state.status,
            policy_flags=list(state.flags),
            transaction=TransactionView.of(serviced.requested),
            reversed=[TransactionView.of(reversed_) for reversed_ in serviced.reversed],
            reapplied=[TransactionView.of(again) for again in serviced.reapplied],
            difference=MoneyView.of(serviced.difference),
            charged_before=MoneyView.of(change.before.charged),
            charged_after=MoneyView.of(policy.charged),
        )


class TransactionsView(View):
    """A page of a policy's transactions, in the order in which they were processed."""

    items: list[TransactionView]
    next: str | None

    @classmethod
    def of(cls, stored: Stored[Policy], *, page: Page) -> Self:
        views = [TransactionView.of_new_business(stored.record)]
        views += [TransactionView.of(transaction) for transaction in stored.record.transactions]
        shown, following = page_of(views, page)
        return cls(items=list(shown), next=following)


class ComparisonParameters(Parameters):
    """Which two versions of a policy are compared."""

    as_at: OptionalInstant = Field(
        None, description="The instant of the second version; the default is now."
    )
    known_at: OptionalInstant = Field(
        None, description="The second version as it was known at this instant; the default is now."
    )
    since_as_at: OptionalInstant = Field(
        None, description="The instant of the first version; the default is that of the second."
    )
    since_known_at: OptionalInstant = Field(
        None,
        description="The first version as it was known at this instant; the default is as of the second.",
    )


class DifferenceView(BaseModel):
    """One difference of two versions."""

    pointer: str
    before: Sensitive[str | None]
    after: Sensitive[str | None]


class ComparisonView(View):
    """The differences of two versions of a policy."""

    policy_id: str
    differences: list[DifferenceView]

    @classmethod
    def of(cls, differences: Sequence[PolicyDifference], *, policy_id: str) -> Self:
        return cls(
            policy_id=policy_id,
            differences=[DifferenceView(**difference._asdict()) for difference in differences],
        )


def _money(money: Money | None) -> MoneyView | None:
    return None if money is None else MoneyView.of(money)


def _working(line: ChargeLine, share: Share | None) -> str:
    """The line as somebody would write it on paper."""
    if line.before is None or line.after is None or share is None:
        return str(line.amount)
    return f"({line.after} - {line.before}) * {share} = {line.amount}"
