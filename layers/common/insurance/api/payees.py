"""Who is paid, as a request names them."""

from typing import Self

from pydantic import model_validator

from insurance.api.body import Request
from insurance.api.fields import AccountNumber, Iban, SortCode
from insurance.domain.party.party import Name, Payee


class PayeeRequest(Request):
    """The payee of a payment, with an IBAN, or a sort code and an account number."""

    name: Name
    iban: Iban | None = None
    sort_code: SortCode | None = None
    account_number: AccountNumber | None = None

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        if (self.sort_code is None) != (self.account_number is None):
            raise ValueError("a sort code and an account number are given together")
        if self.iban is not None and self.account_number is not None:
            raise ValueError("either an IBAN or a sort code and an account number is given")
        return self

    def payee(self) -> Payee:
        return Payee(
            name=self.name,
            iban=self.iban,
            sort_code=self.sort_code,
            account_number=self.account_number,
        )


class ClaimPayeeRequest(PayeeRequest):
    """The payee of a claim, and whether it is the policyholder, whose overdue premium is set off."""

    is_policyholder: bool = False

    def payee(self) -> Payee:
        return super().payee().replace(is_policyholder=self.is_policyholder)
