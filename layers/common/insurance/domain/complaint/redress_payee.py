"""The payee of a redress: who complained, or somebody whom a third person must clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insurance.domain.bank.outgoing_payment import went_before
from insurance.domain.party.names import is_same_name

if TYPE_CHECKING:
    from insurance.domain.complaint.complaint import Complaint
    from insurance.domain.party.party import Payee

TO_ANOTHER: Final = "The payee is not who complained: another person must clear the payee."
"""Why a redress waits for a look at its payee after its approval."""


def is_owed(payee: Payee, complaint: Complaint) -> bool:
    """Whether the payee has the name of who complained."""
    complainant = complaint.complainant
    return complainant is not None and is_same_name(payee.name, complainant.name)


def is_known(payee: Payee, complaint: Complaint) -> bool:
    """Whether it is who complained, or whom another person cleared for this complaint."""
    before = went_before(payee, complaint.redress, complaint.payees or {})
    return before or is_owed(payee, complaint)
