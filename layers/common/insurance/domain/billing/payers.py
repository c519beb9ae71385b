"""A refund goes to the payer of the money: what is known of its account, and what is not."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.bank.outgoing_payment import COMMITTED, Payees, cleared_before
from insurance.domain.bank.payer import PAYERS_MAX, Payer
from insurance.domain.billing.refund import TO_ANOTHER, TO_ELSEWHERE
from insurance.domain.core.money import total
from insurance.domain.party.names import is_same_name
from insurance.domain.policy.holders import is_holder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from insurance.domain.billing.account import BillingAccount
    from insurance.domain.billing.premium_payment import PremiumPayment
    from insurance.domain.billing.refund import Refund
    from insurance.domain.core.money import Money
    from insurance.domain.party.party import Payee
    from insurance.domain.policy import Policy


class NameOf(StrEnum):
    """Whose name a payee has."""

    POLICYHOLDER = "policyholder"
    PAYER = "payer"
    """Of the account, as the bank reported it with the premium."""
    NOBODY = "nobody"


class AccountOf(StrEnum):
    """What is known of a payee's account."""

    PAYER = "payer"
    """At least as much premium came from it, and did not go back yet."""
    PAYER_OF_LESS = "payer_of_less"
    CLEARED = "cleared"
    """A third person let an earlier refund go to the same name and account."""
    NOBODY = "nobody"


class PayeeCheck(NamedTuple):
    """How the payee of a refund compares with who holds the policy, and with who paid."""

    name: NameOf
    account: AccountOf

    @property
    def is_known(self) -> bool:
        return not self.reasons

    @property
    def is_known_account(self) -> bool:
        return self.account in {AccountOf.PAYER, AccountOf.CLEARED}

    @property
    def reasons(self) -> list[str]:
        """Why another person must clear the payee, in words."""
        if self.account is AccountOf.CLEARED:
            return []
        return [
            *([TO_ANOTHER] if self.name is NameOf.NOBODY else []),
            *([TO_ELSEWHERE] if not self.is_known_account else []),
        ]


def with_payer(
    payers: tuple[Payer, ...], payer: Payer | None
) -> tuple[tuple[Payer, ...], int | None]:
    """The payers of an account with one more, and the number of that one; None: nobody is named, or as many
    are remembered as can be."""
    if payer is None:
        return payers, None
    if payer in payers:
        return payers, payers.index(payer)
    if len(payers) >= PAYERS_MAX:
        return payers, None
    return (*payers, payer), len(payers)


def payer_of(paid: PremiumPayment, account: BillingAccount) -> Payer | None:
    """From whom a payment came; None: nobody knows, or they were erased."""
    if paid.payer is None or paid.payer >= len(account.payers):
        return None
    return account.payers[paid.payer]


def check_payee(account: BillingAccount, policy: Policy, refund_id: str) -> PayeeCheck:
    """Compare the payee of a refund with who holds the policy, and with who paid.

    What a person recorded by hand proves nothing.

    Raises:
        RefundNotFound: The account has no such refund.
        AlreadyErased: The payee's data were erased.
    """
    payee, refund = account.payee_of(refund_id), account.refund(refund_id)
    paid = [
        (each.amount, payer.name)
        for each, payer in _paid(account)
        if payer.account == payee.account
    ]
    return PayeeCheck(
        _name_of(payee, [name for _, name in paid], policy),
        _account_of(payee, [amount for amount, _ in paid], refund, account),
    )


def paid_most(payee: Payee, account: BillingAccount | None) -> bool:
    """Whether more than half of the premium that came in came from the payee's account, as the bank says."""
    if account is None:
        return False
    theirs = sum(
        each.amount.amount for each, payer in _paid(account) if payer.account == payee.account
    )
    return 2 * theirs > sum(each.amount.amount for each in account.valid_payments)


def _name_of(payee: Payee, payers: Sequence[str | None], policy: Policy) -> NameOf:
    if is_holder(payee.name, policy.policyholder, policy.joint_holders):
        return NameOf.POLICYHOLDER
    is_payer = any(name and is_same_name(payee.name, name) for name in payers)
    return NameOf.PAYER if is_payer else NameOf.NOBODY


def _account_of(
    payee: Payee, paid: Sequence[Money], refund: Refund, account: BillingAccount
) -> AccountOf:
    others = [each for each in account.refunds if each.id != refund.id]
    payees = account.payees or {}
    if cleared_before(payee, others, payees):
        return AccountOf.CLEARED
    if paid:
        currency = account.charge.currency
        went_back = [
            each.amount
            for each in others
            if each.status in COMMITTED and _account_in(payees, each.id) == payee.account
        ]
        if total(paid, currency) - total(went_back, currency) >= refund.amount:
            return AccountOf.PAYER
    return AccountOf.PAYER_OF_LESS if paid else AccountOf.NOBODY


def _account_in(payees: Payees, refund_id: str) -> str | None:
    payee = payees.get(refund_id)
    return payee.account if payee else None


def _paid(account: BillingAccount) -> Iterator[tuple[PremiumPayment, Payer]]:
    """The payments whose payer the bank named: what a person typed is no word of the bank's."""
    for each in account.valid_payments:
        payer = payer_of(each, account)
        if payer is not None and each.recorded_by is None:
            yield each, payer
