"""Payers: from which account money came, as the bank says it."""

from contextlib import suppress
from typing import Annotated, Final, Self

from pydantic import StringConstraints, ValidationError

from insurance.domain.core.value import Value
from insurance.domain.party.party import Name, Payee

PAYERS_MAX: Final = 20
"""How many payers of one policy are remembered. Money of any further one counts as of nobody who is known."""

NAME_MAX: Final = 200


class Payer(Value):
    """Who sent a payment: their account, and their name where the bank says it."""

    account: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{4,34}$")]
    """As `Payee.account` writes it."""
    name: Name | None = None

    @classmethod
    def of(cls, account: str | None, name: str | None = None) -> Self | None:
        """What a bank's file says; None: it names no account that we can read.

        Args:
            account: An IBAN, or a sort code and an account number in a row.
            name: The holder of the account.
        """
        plain = "".join(sign for sign in (account or "").upper() if sign.isalnum())
        with suppress(ValidationError):  # else it is no IBAN
            plain = Payee(name="-", iban=plain).account or plain
        try:
            return cls(account=plain, name=name[:NAME_MAX] if name else None)
        except ValidationError:
            return None
