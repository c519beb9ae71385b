"""The payee of a redress, who complained or whom a third person must clear, and who may let it go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from insurance.domain.bank.outgoing_payment import cleared_before
from insurance.domain.core.segregation import Duty, check_segregation
from insurance.domain.party.names import is_same_name
from insurance.domain.screening.screening import without_cleared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insurance.domain.complaint.complaint import Complaint
    from insurance.domain.party.party import Payee
    from insurance.domain.screening.screening import ScreeningMatch

TO_ANOTHER: Final = "The payee is not who complained: another person must clear the payee."
"""Why a redress waits for a look at its payee after its approval."""


def is_owed(payee: Payee, complaint: Complaint) -> bool:
    """Whether the payee has the name of who complained."""
    complainant = complaint.complainant
    return complainant is not None and is_same_name(payee.name, complainant.name)


def is_known(payee: Payee, complaint: Complaint) -> bool:
    """Whether it is who complained, or whom another person cleared for this complaint."""
    return is_known_account(payee, complaint) or is_owed(payee, complaint)


def is_known_account(payee: Payee, complaint: Complaint) -> bool:
    """Whether another person let earlier redress of this complaint go to the same name and account."""
    return cleared_before(payee, complaint.redress, complaint.payees or {})


def needs_a_look(payee: Payee, matches: Sequence[ScreeningMatch], complaint: Complaint) -> bool:
    """Whether another person must clear the payee: not known, or like a name on the sanctions list that
    nobody has cleared."""
    open_matches = without_cleared(payee.name, matches, complaint.cleared)
    return bool(open_matches) or not is_known(payee, complaint)


def check_opener(duty: Duty, by: str, complaint: Complaint) -> None:
    """Check that the person did not open the complaint: then another one lets its redress go.

    Raises:
        SamePerson: They opened it.
    """
    opened = {Duty.COMPLAINT_OPENED: complaint.opened_by}
    check_segregation(duty, by, opened, f"complaint {complaint.id}")
