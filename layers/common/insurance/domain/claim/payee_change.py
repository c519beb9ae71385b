"""A proposed change of a claim's payee."""

from datetime import timedelta
from typing import Final

from pydantic import AwareDatetime

from insurance.domain.contract.payee_signs import PayeeSigns
from insurance.domain.core.value import Value
from insurance.domain.party.party import Payee

COOLING_PERIOD: Final = timedelta(hours=24)
"""How long a new payee waits: time for the claimant to hear of the change and to object to it."""


class PayeeChange(Value):
    """Another payee, until a second person has approved it."""

    payee: Payee
    signs: PayeeSigns | None = None
    """See `Claim.payee_signs`."""
    requested_by: str
    requested_at: AwareDatetime
