"""Whether it is a customer who is paid: for a person to look at, not to decide anything by."""

from insurance.domain.party.names import is_same_name
from insurance.domain.party.party import Payee
from insurance.domain.party.record import Party


def is_paid(party: Party, payee: Payee, holder: str | None) -> bool:
    """Whether the payee is the party, by a name or an account that they have or had.

    Args:
        party: The customer.
        payee: The payee.
        holder: Their name on the policy that it is paid for, where they hold it; None: they do not.
    """
    names = [*(dated.name for dated in party.names), *([holder] if holder else [])]
    accounts = {dated.account.account for dated in party.accounts} - {None}
    return (
        (payee.is_policyholder and holder is not None)
        or payee.account in accounts
        or any(is_same_name(payee.name, name) for name in names)
    )
