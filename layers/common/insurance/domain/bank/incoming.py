"""Payments that came in, as the bank names them."""

from datetime import date
from typing import Annotated, NamedTuple

from pydantic import StringConstraints

from insurance.domain.bank.payer import Payer
from insurance.domain.core.errors import PaymentDiffers
from insurance.domain.core.money import Money

Reference = Annotated[str, StringConstraints(min_length=1, max_length=140, pattern=r"^[!-~]+$")]
"""The bank's own reference of a payment: a payment that is reported twice has the same one."""


class IncomingPayment(NamedTuple):
    """One payment on our bank account."""

    reference: str
    amount: Money
    received_on: date
    policy_id: str | None = None
    """The policy that it is said to be for; None: it names no policy."""
    recorded_by: str | None = None
    """Who of the staff recorded or allocated it; None: the bank's application reported it."""
    payer: Payer | None = None
    """From which account it came; None: the bank does not say."""

    def check_same(self, amount: Money, received_on: date, payer: Payer | None = None) -> None:
        """Compare with what was posted under this reference before.

        Of the payer the account alone: banks write one name in many ways.

        Raises:
            PaymentDiffers: Another amount, another day or another payer was posted.
        """
        other = payer and self.payer and payer.account != self.payer.account
        if other or (amount, received_on) != (self.amount, self.received_on):
            raise PaymentDiffers(self.reference)
