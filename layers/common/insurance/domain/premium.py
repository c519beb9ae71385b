"""Premium: what is charged for a term, line by line; the lines add up to the total."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from insurance.domain.ledger import Account, Posting, post
from insurance.domain.money import Money
from insurance.domain.money import total as total_of
from insurance.domain.value import Value


class LineKind(StrEnum):
    TAX = "tax"
    LEVY = "levy"
    FEE = "fee"


class PremiumLine(Value):
    """What is charged on top of the net premium, and to whom it goes."""

    kind: LineKind
    code: str
    name: str
    amount: Money


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

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if (
            self.net + total_of((line.amount for line in self.lines), self.net.currency)
            != self.total
        ):
            raise ValueError("net and lines add up to the total")
        shares = total_of((share.amount for share in self.by_cover), self.net.currency)
        if self.by_cover and shares != self.net:
            raise ValueError("the covers' shares add up to the net premium")
        return self

    def written(self) -> tuple[Posting, ...]:
        """The postings of new business: owed by the customer; the net premium all unearned yet."""
        owed = post(Account.PREMIUM_RECEIVABLE, Account.WRITTEN_PREMIUM, self.net)
        for line in self.lines:
            account = Account.FEE_INCOME if line.kind is LineKind.FEE else Account.TAX_PAYABLE
            owed += post(Account.PREMIUM_RECEIVABLE, account, line.amount)
        return owed + post(Account.PREMIUM_DEFERRAL, Account.UNEARNED_PREMIUM, self.net)
