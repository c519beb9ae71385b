"""Who recorded what came in lets none of it go back out."""

from collections.abc import Iterable

from insurance.domain.billing.premium_payment import PremiumPayment
from insurance.domain.billing.suspense import SuspendedPayment
from insurance.domain.core.segregation import Duty, check_segregation


def check_receipts(
    duty: Duty, by: str, receipts: Iterable[PremiumPayment | SuspendedPayment], about: str
) -> None:
    """Check that the person may have this duty on money that goes back.

    Args:
        duty: The duty.
        by: The person.
        receipts: What came in.
        about: What goes back, as the refusal names it.

    Raises:
        SamePerson: They recorded or allocated a receipt.
    """
    for receipt in receipts:
        check_segregation(duty, by, {Duty.RECEIPT_RECORDED: receipt.recorded_by}, about)
