"""Premium: what is charged for a term, line by line; the lines add up to the total."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from insurance.domain.core.money import Money, minor_units
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.core.value import Value


class LineKind(StrEnum):
    TAX = "tax"
    """Owed to the state."""
    LEVY = "levy"
    """Owed to a fund or a guarantee scheme."""
    FEE = "fee"
    """The insurer's own charge."""


class LineRefund(StrEnum):
    """What happens to a line when the contract changes or ends within the term."""

    PRO_RATA = "pro_rata"
    """Follows the net premium."""
    FULL = "full"
    """Returned in full when the contract ends."""
    NONE = "none"
    """Stays."""


class PremiumLine(Value):
    """A tax, levy or fee on top of the net premium."""

    kind: LineKind
    code: str
    name: str
    amount: Money
    refund: LineRefund | None = None
    """Where it differs from the usual: fees stay, taxes and levies follow the net premium."""

    @property
    def refunded(self) -> LineRefund:
        return self.refund or usual_refund(self.kind)


def usual_refund(kind: LineKind) -> LineRefund:
    return LineRefund.NONE if kind is LineKind.FEE else LineRefund.PRO_RATA


class CoverPremium(Value):
    """A cover's share of the net premium."""

    cover: str
    amount: Money


class Premium(Value):
    """Net, taxes, levies and fees, and what the customer pays."""

    net: Money
    lines: tuple[PremiumLine, ...] = ()
    by_cover: tuple[CoverPremium, ...] = ()
    total: Money
    commission: Money | None = None
    """The producer's part: reported, and never added to what the customer pays."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        currency, net = self.net.currency, self.net.amount
        charged = minor_units((line.amount for line in self.lines), currency)
        if net + charged != self.total.amount or self.total.currency is not currency:
            raise ValueError("net and lines add up to the total")
        shares = minor_units((share.amount for share in self.by_cover), currency)
        if self.by_cover and shares != net:
            raise ValueError("the covers' shares add up to the net premium")
        return self

    def written(self) -> tuple[Posting, ...]:
        """The postings of new business: the customer owes it, and the net premium is unearned."""
        owed = post(Account.PREMIUM_RECEIVABLE, Account.WRITTEN_PREMIUM, self.net)
        for line in self.lines:
            account = Account.FEE_INCOME if line.kind is LineKind.FEE else Account.TAX_PAYABLE
            owed += post(Account.PREMIUM_RECEIVABLE, account, line.amount)
        owed += post(Account.PREMIUM_DEFERRAL, Account.UNEARNED_PREMIUM, self.net)
        if self.commission is not None:
            owed += post(Account.COMMISSION_EXPENSE, Account.COMMISSION_PAYABLE, self.commission)
        return owed
