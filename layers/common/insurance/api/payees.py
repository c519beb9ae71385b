"""Who is paid, as a request names them."""

from typing import ClassVar, Self

from pydantic import model_validator

from insurance.api.body import Request
from insurance.api.fields import AccountNumber, Iban, SortCode
from insurance.domain.bank.payer import Payer
from insurance.domain.party.party import Name, Payee


class AccountRequest(Request):
    """A bank account: an IBAN, or a sort code and an account number."""

    needs_account: ClassVar[bool] = False
    """Whether one must be named; else there may be none yet."""

    iban: Iban | None = None
    sort_code: SortCode | None = None
    account_number: AccountNumber | None = None

    @model_validator(mode="after")
    def _one_account(self) -> Self:
        if (self.sort_code is None) != (self.account_number is None):
            raise ValueError("a sort code and an account number are given together")
        accounts = [one for one in (self.iban, self.account_number) if one is not None]
        if len(accounts) > 1 or (self.needs_account and not accounts):
            raise ValueError("either an IBAN or a sort code and an account number is given")
        return self

    def payee_named(self, name: str) -> Payee:
        """Who is paid by this account."""
        return Payee(
            name=name,
            iban=self.iban,
            sort_code=self.sort_code,
            account_number=self.account_number,
        )


class HeldAccountRequest(AccountRequest):
    """A bank account and its holder."""

    needs_account = True

    holder: Name

    def payee(self) -> Payee:
        return self.payee_named(self.holder)


class PayerRequest(AccountRequest):
    """The bank account from which money came, and its holder where the bank says it."""

    needs_account = True

    name: Name | None = None

    def payer(self) -> Payer | None:
        return Payer.of(self.payee_named("-").account, self.name)


class PayeeRequest(AccountRequest):
    """The payee of a payment, and their account."""

    name: Name
    is_policyholder: bool = False
    """Whether it is the policyholder: a claim's payment has their overdue premium set off, and an export
    of their data shows them the account."""

    def payee(self) -> Payee:
        return self.payee_named(self.name).replace(is_policyholder=self.is_policyholder)
