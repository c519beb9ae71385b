"""Transactions: the changes of a policy, their dates of effect, and what each of them costs."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field, model_validator

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.proration import Share
from insurance.domain.contract.terms import CoverTerms, ImposedTerms, ProductRef
from insurance.domain.core.money import Money
from insurance.domain.core.money import total as total_of
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.core.value import Value
from insurance.domain.policy.notice import NON_PAYMENT
from insurance.domain.policy.transfer_record import Transferred


class TransactionKind(StrEnum):
    ENDORSEMENT = "endorsement"
    CANCELLATION = "cancellation"
    REINSTATEMENT = "reinstatement"
    TRANSFER = "transfer"
    """The policy passes to another holder, or a joint holder comes in or goes out."""
    REVERSAL = "reversal"
    """Reverses one transaction as a mistake; those with a later effect are applied again."""
    LIMIT_REINSTATEMENT = "limit_reinstatement"
    """Charges the premium for a limit that claims used; it changes no terms."""


class Initiator(StrEnum):
    """Who requests a transaction: the terms of a cancellation depend on it."""

    POLICYHOLDER = "policyholder"
    INSURER = "insurer"


class ChargeKind(StrEnum):
    """The kind of a line, which decides the account that it is posted to."""

    NET = "net"
    TAX = "tax"
    LEVY = "levy"
    FEE = "fee"
    RETAINED = "retained"
    """Net premium that is retained beyond pro rata."""


INCOME = {
    ChargeKind.NET: Account.WRITTEN_PREMIUM,
    ChargeKind.TAX: Account.TAX_PAYABLE,
    ChargeKind.LEVY: Account.TAX_PAYABLE,
    ChargeKind.FEE: Account.FEE_INCOME,
    ChargeKind.RETAINED: Account.RETAINED_PREMIUM,
}


class ChargeLine(Value):
    """One line of a computation: the price before and after, and the amount for a share of the term."""

    kind: ChargeKind
    code: str
    name: str
    before: Money | None = None
    """For a whole term."""
    after: Money | None = None
    amount: Money
    """What the customer owes; negative: gets back."""

    def reversed(self) -> Self:
        return self.replace(before=self.after, after=self.before, amount=-self.amount)


class CommissionShare(Value):
    """What of a commission is a partner's; negative: given back by them."""

    partner: str
    amount: Money


class Computation(Value):
    """What a transaction costs, line by line, with the figures that it is computed from."""

    method: str
    share: Share | None = None
    """Of the term: the prices are multiplied by it."""
    lines: tuple[ChargeLine, ...] = ()
    commission: Money | None = None
    """What the producer gets in addition, or gives back; not part of the total."""
    commission_of: tuple[CommissionShare, ...] = ()
    """Whose it is, once the policy has another partner than at first. It adds up to `commission`, or to
    nothing."""
    total: Money
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if total_of((line.amount for line in self.lines), self.total.currency) != self.total:
            raise ValueError("a computation's lines add up to its total")
        return self

    @property
    def net(self) -> Money:
        """The change of the written net premium."""
        nets = (line.amount for line in self.lines if line.kind is ChargeKind.NET)
        return total_of(nets, self.total.currency)

    def reversed(self) -> Self:
        """The computation that undoes this one."""
        return self.replace(
            method="reversal",
            lines=tuple(line.reversed() for line in self.lines),
            commission=-self.commission if self.commission is not None else None,
            commission_of=tuple(
                share.replace(amount=-share.amount) for share in self.commission_of
            ),
            total=-self.total,
            notes=(),
        )

    def postings(self, first: str | None = None) -> tuple[Posting, ...]:
        """The postings: the customer's account against income, tax and fees, line by line.

        `first` is the partner that the policy had at first, where it has another one by now.
        """
        moved: tuple[Posting, ...] = ()
        for line in self.lines:
            moved += post(Account.PREMIUM_RECEIVABLE, INCOME[line.kind], line.amount)
        moved += post(Account.PREMIUM_DEFERRAL, Account.UNEARNED_PREMIUM, self.net)
        accounts = (Account.COMMISSION_EXPENSE, Account.COMMISSION_PAYABLE)
        for share in self.commission_of:
            moved += post(*accounts, share.amount, share.partner)
        if self.commission is not None and not self.commission_of:
            moved += post(*accounts, self.commission, first)
        return moved


class Terms(Value):
    """Covers, facts and the price of a term: all that a transaction can change except answers.

    Answers are personal data and are stored apart.
    """

    product: ProductRef | None = None
    """The version that priced it, where that is not the contract's."""
    options: tuple[str, ...] = ()
    looked_up: dict[str, Any]
    covers: tuple[CoverTerms, ...]
    premium: Premium
    """For a whole term."""
    imposed: ImposedTerms | None = None


class Reinstated(Value):
    """How much more of a limit is reinstated; negative where claims were withdrawn or recovered."""

    code: str
    amount: Money


class Transaction(Value):
    """One change after new business, which is number 1. It is never changed, only reversed."""

    number: Annotated[int, Field(ge=2)]
    kind: TransactionKind
    effective_at: AwareDatetime
    processed_at: AwareDatetime
    actor: str
    by: Initiator = Initiator.POLICYHOLDER
    reason: str | None = None
    options: tuple[str, ...] | None = None
    """The optional covers that were requested; None: unchanged."""
    gap: bool = False
    """Of a reinstatement: there is no cover between the cancellation and this."""
    no_known_loss: bool = False
    """Of a reinstatement without a gap: the policyholder declared that there was no loss."""
    terms: Terms | None = None
    """The terms from here on, where it changes or restores them."""
    transfer: Transferred | None = None
    """Of a transfer: from whom to whom."""
    computation: Computation
    earns_from: AwareDatetime | None = None
    """From when its net premium is earned or returned, where that is not `effective_at`."""
    reversed_by: int | None = None
    reapplies: int | None = None
    """The number of the reversed transaction that this one applies again."""
    follows: int | None = None
    """Of a reinstatement: the cancellation that it follows. Of a reversal: the transaction that it
    undoes."""
    reinstates: Reinstated | None = None
    """Of a limit's reinstatement: what is charged for."""

    @property
    def stands(self) -> bool:
        return self.reversed_by is None

    @property
    def changes_answers(self) -> bool:
        """Whether the risk is described anew from here on."""
        if self.kind is TransactionKind.TRANSFER:
            return self.terms is not None
        return self.kind is TransactionKind.ENDORSEMENT

    @property
    def is_lapse(self) -> bool:
        """Whether it ended cover because the premium was not paid."""
        ends = self.kind is TransactionKind.CANCELLATION
        return ends and self.by is Initiator.INSURER and self.reason == NON_PAYMENT


class ChangedAnswers(Value):
    """The answers that an endorsement or transfer changed, and all the answers from then on."""

    asked: dict[str, Any]
    answers: dict[str, Any]
