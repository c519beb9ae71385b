"""Payments of premium: money that came in for a policy."""

from datetime import date

from pydantic import AwareDatetime

from insurance.domain.bank.incoming import Reference
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class PremiumPayment(Value):
    """Money that came in for the policy."""

    reference: Reference
    amount: Money
    received_on: date
    posted_at: AwareDatetime
    to_suspense: Money
    """What was more than was owed: kept apart until it is owed, or refunded."""
    from_suspense: bool = False
    """It came in for no policy that we knew, and a person allocated it to this one."""
    from_claim: bool = False
    """No money came in: it was set off against the claim's payment that the reference names."""
    before_migration: bool = False
    """It came in before the policy came here: the money is in the books of the system that it was in."""
    taken_back_at: AwareDatetime | None = None
    """When the claim's payment came to nothing, and the set-off was reversed."""
    recorded_by: str | None = None
    """Who of the staff recorded or allocated it; None: the bank's application reported it."""
    payer: int | None = None
    """From whom it came: the number of the payer among the account's. None: nobody said, or a person allocated
    it out of suspense, where no party's key seals who paid."""
    under_notice: bool = False
    """It came in while a lapse was announced, or after one: the policy is checked at once."""

    @property
    def is_cash(self) -> bool:
        """Whether our bank received it, for this policy."""
        return not (self.from_suspense or self.from_claim or self.before_migration)
