"""What speaks for or against the payee of a claim: a product's fraud signals may ask for it."""

from typing import Annotated, Final

from pydantic import Field

from insurance.domain.core.value import Value


class PayeeSigns(Value):
    """Facts about a payee that a caller does not state."""

    is_stranger: bool = False
    """Another name than that of who holds the policy, and no person of ours has approved a payment to
    the account yet."""
    is_known_account: bool = False
    """More than half of the policy's premium came from the account, or a person of ours has approved a
    payment to it."""
    other_claims: Annotated[int, Field(ge=0)] = 0
    """On how many other claims the account stands. Those on the same policy count where the payee does
    not hold it."""


NO_SIGNS: Final = PayeeSigns()
