"""The ledger postings of a claim: movements of its reserves, payments and recoveries."""

from insurance.domain.claim.claim import Claim
from insurance.domain.claim.reserve import ACCOUNTS, CostType
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account, Posting, post


def postings_between(before: Claim | None, claim: Claim) -> tuple[Posting, ...]:
    """The postings that a change makes; `before` is None for a new claim."""
    nothing = Money.zero(claim.claimed.currency)
    postings: tuple[Posting, ...] = ()
    for cost_type, accounts in ACCOUNTS.items():
        reserved = claim.reserve_of(cost_type) - (
            before.reserve_of(cost_type) if before else nothing
        )
        postings += post(accounts.change, accounts.reserves, reserved)
        if accounts.paid is not None:
            paid = claim.paid_of(cost_type) - (before.paid_of(cost_type) if before else nothing)
            set_off = nothing
            if cost_type is CostType.INDEMNITY:
                set_off = claim.set_off - (before.set_off if before else nothing)
            postings += post(accounts.paid, Account.CASH, paid - set_off)
            postings += post(accounts.paid, Account.PREMIUM_SET_OFF, set_off)
    recovered = claim.recovered - (before.recovered if before else nothing)
    return postings + post(Account.CASH, Account.RECOVERIES, recovered)
