"""House authority: up to what amount a role lets money go, or gives it up, outside of claims' costs.

The costs of claims have limits of their own in each product's matrix. A role that stands in neither
has no authority, and above the highest limit nobody has.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import NoAuthority, SignInTooOld
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.roles import Role


class Outlay(StrEnum):
    """A way in which money leaves the house or is given up."""

    REDRESS = "redress"
    """All approved redress of a complaint."""
    REFUND = "refund"
    """All approved refunds of a policy's premium."""
    RETURN = "return"
    """A payment in suspense that goes back to its payer."""
    WRITE_OFF = "write_off"
    """What is still expected of a recovery that is given up."""
    UNEXPECTED_RECEIPT = "unexpected_receipt"
    """What a recovery brings beyond what was expected: part of it is paid on to the insured."""


LIMITS: Final[Mapping[tuple[str, Outlay], int]] = MappingProxyType(
    {
        (Role.SUPERVISOR, Outlay.REDRESS): 25_000,
        (Role.FINANCE, Outlay.REFUND): 100_000,
        (Role.SUPERVISOR, Outlay.REFUND): 100_000,
        (Role.FINANCE, Outlay.RETURN): 250_000,
        (Role.CLAIMS_HANDLER, Outlay.WRITE_OFF): 10_000,
        (Role.SUPERVISOR, Outlay.WRITE_OFF): 250_000,
        (Role.CLAIMS_HANDLER, Outlay.UNEXPECTED_RECEIPT): 1_000,
        (Role.SUPERVISOR, Outlay.UNEXPECTED_RECEIPT): 25_000,
    }
)
"""In euros, pounds and dollars, one to one."""


class RunningTotal(StrEnum):
    """A sum over more than one claim, of what rules alone or one person alone let go. No aggregate of a
    product has such a code."""

    POLICY = "straight-through"
    """By the claims on a policy, in its term. Its limit is the product's."""
    PAYEE_ACCOUNT = "payee-account"
    """To one account in a month, that is not of who holds the policy."""
    PARTNER_DAY = "partner-day"
    """By the claims on a partner's policies in a day, to others than who holds the policy."""
    HANDLER_DAY = "handler-day"
    """By one person in a day."""
    APPROVER_DAY = "approver-day"
    """Approved by one person, as the second one, in a day. Its limit follows their authority."""
    PARTNER_ALL = "partner-day-all"
    """By the claims on a part of a partner's policies in a day, to anybody."""
    OUTLAY_DAY = "outlay-day"
    """Let go or given up in one way by one person in a day. Its limit follows their authority."""
    REQUESTER_DAY = "requester-day"
    """Approved in a day, of what one person asked for in one way."""
    PARTNER_OUTLAYS = "partner-outlay-day"
    """Approved in one way for the customers of a partner in a day."""


TOTAL_LIMITS: Final[Mapping[RunningTotal, int]] = MappingProxyType(
    {
        RunningTotal.PAYEE_ACCOUNT: 10_000,
        RunningTotal.PARTNER_DAY: 100_000,
        RunningTotal.HANDLER_DAY: 25_000,
        RunningTotal.PARTNER_ALL: 10_000_000,
    }
)
"""In euros, pounds and dollars, one to one. What passes a total waits for another person."""

STEP_UP_ABOVE: Final = 10_000
"""Who lets more go than this must have signed in just before. In euros, pounds and dollars, one to one."""

SIGN_IN_MINUTES: Final = 10
"""How old that sign-in may be."""

HOLDERS_ACCOUNT: Final = 50_000
"""What the account of who holds the policy is paid in a month without another person's look."""

APPROVED_LIMITS: Final[Mapping[tuple[RunningTotal, Outlay], int]] = MappingProxyType(
    {
        (RunningTotal.PAYEE_ACCOUNT, Outlay.REFUND): 100_000,
        (RunningTotal.PAYEE_ACCOUNT, Outlay.REDRESS): 50_000,
        (RunningTotal.REQUESTER_DAY, Outlay.REFUND): 250_000,
        (RunningTotal.REQUESTER_DAY, Outlay.REDRESS): 50_000,
        (RunningTotal.PARTNER_OUTLAYS, Outlay.REFUND): 500_000,
        (RunningTotal.PARTNER_OUTLAYS, Outlay.REDRESS): 100_000,
    }
)
"""What two people together let go for one account in a month, of one person's requests and for one partner's
customers in a day. What passes it waits for a third."""

PARTS: Final = 16
"""A partner's policies fall into so many parts, each with its share of `PARTNER_ALL`: one item for all of them would be
written by every settlement."""

APPROVALS_A_DAY: Final = 5
"""In a day one person lets go up to so many times their limit: for one claim of the product, or of an outlay."""

UNITS: Final = MappingProxyType(
    {
        Currency.DKK: 10,
        Currency.JPY: 150,
        Currency.KRW: 1_500,
        Currency.NOK: 10,
        Currency.PLN: 5,
        Currency.SEK: 10,
    }
)
"""How many units of a currency count as one; 1 where it is not listed. A limit needs no daily rate."""


def check_house_authority(caller: Caller, outlay: Outlay, amount: Money) -> None:
    """Check that one of the caller's roles lets this amount go.

    Raises:
        NoAuthority: No role's limit reaches it.
        SignInTooOld: It needs a sign-in just before.
    """
    if amount > _in(amount.currency, _reach(caller, outlay)):
        raise NoAuthority(f"{amount} of {outlay.replace('_', ' ')}")
    check_sign_in(caller, amount)


def check_sign_in(caller: Caller, amount: Money) -> None:
    """Check that a person who lets this amount go has signed in just before.

    Raises:
        SignInTooOld: They have not, and the amount needs it.
    """
    if amount > _in(amount.currency, STEP_UP_ABOVE) and not caller.signed_in_recently:
        raise SignInTooOld(f"{amount}", SIGN_IN_MINUTES)


def total_limit(total: RunningTotal, currency: Currency) -> Money:
    """How much may count to a total of the house."""
    return _in(currency, TOTAL_LIMITS[total])


def part_limit(currency: Currency) -> Money:
    """How much the claims on one part of a partner's policies are paid in a day."""
    whole = total_limit(RunningTotal.PARTNER_ALL, currency)
    return Money(amount=whole.amount // PARTS, currency=currency)


def holders_account_limit(currency: Currency) -> Money:
    """How much the account of who holds the policy is paid in a month."""
    return _in(currency, HOLDERS_ACCOUNT)


def approved_limit(total: RunningTotal, outlay: Outlay, currency: Currency) -> Money:
    """How much two people together let go."""
    return _in(currency, APPROVED_LIMITS[total, outlay])


def day_limit(caller: Caller, outlay: Outlay, currency: Currency) -> Money:
    """How much one person lets go in one way in a day."""
    return _in(currency, _reach(caller, outlay) * APPROVALS_A_DAY)


def _reach(caller: Caller, outlay: Outlay) -> int:
    return max((LIMITS.get((role, outlay), 0) for role in caller.roles), default=0)


def _in(currency: Currency, units: int) -> Money:
    return Money.of(Decimal(units * UNITS.get(currency, 1)), currency)
