"""Accounts of payees: on which claims each stands, and what that says of the payee of another claim."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from insurance.domain.bank.outgoing_payment import SENT
from insurance.domain.billing import BillingAccount
from insurance.domain.billing.payers import paid_most
from insurance.domain.claim.claim import Claim
from insurance.domain.contract.payee_signs import PayeeSigns
from insurance.domain.core.identity import ClaimId, policy_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Payee
from insurance.domain.policy import Policy
from insurance.domain.policy.holders import is_holder

CLAIMS_MAX: Final = 50
"""How many claims of one account are noted: beyond that their number says nothing more."""


class PayeeAccount(NamedTuple):
    """What was noted of one bank account."""

    claims: frozenset[ClaimId] = frozenset()
    """The claims on which a payee named it."""
    same_name: frozenset[ClaimId] = frozenset()
    """Those of them whose payee has the name of the one who is looked at."""
    approved: bool = False
    """Whether a second person has approved a payment to it."""


UNKNOWN: Final = PayeeAccount()


def signs_of(
    payee: Payee | None,
    account: PayeeAccount,
    policy: Policy,
    claim_id: ClaimId,
    *,
    billing: Stored[BillingAccount] | None,
) -> PayeeSigns | None:
    """What speaks against the payee of a claim on the policy; None: nothing does.

    Args:
        payee: The payee; None: nobody is named.
        account: What was noted of their account.
        policy: The policy.
        claim_id: The claim.
        billing: What was paid for the policy, and from where.
    """
    if payee is None:
        return None
    holds = is_holder(payee.name, policy.policyholder, policy.joint_holders)
    # The account of somebody who is known stands on all their claims; under another name it is a sign.
    theirs = account.same_name if holds or account.approved else frozenset()
    others = [
        other
        for other in account.claims - theirs
        if other != claim_id and not (holds and policy_id_for(other) == policy.id)
    ]
    paid = paid_most(payee, billing.record if billing else None)
    signs = PayeeSigns(
        is_stranger=not (holds or account.approved),
        is_known_account=paid or (account.approved and payee.has_account),
        other_claims=len(others),
    )
    return signs if signs != PayeeSigns() else None


def is_known_account(claim: Claim) -> bool:
    """Whether something shows that the payee's account is theirs; see `PayeeSigns`."""
    return claim.payee_signs is not None and claim.payee_signs.is_known_account


def payees_with_accounts(claim: Claim) -> Iterator[tuple[Payee, bool]]:
    """A claim's payees who named an account, and whether a second person approved a payment to it."""
    approved = {
        payment.id for payment in claim.payments if payment.status in SENT and payment.decided_by
    }
    named = [("", claim.payee), *(claim.payees or {}).items()]
    for payment_id, payee in named:
        if payee is not None and payee.account is not None:
            yield payee, payment_id in approved
