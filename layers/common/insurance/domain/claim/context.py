"""What a step on a claim is decided on: values that were read together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from insurance.domain.billing import BillingAccount
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.payee_account import UNKNOWN, PayeeAccount
from insurance.domain.claim.register import NoticedClaim
from insurance.domain.core.running_totals import Room
from insurance.domain.core.stored import Stored
from insurance.domain.party.demands import NO_DEMANDS, Demands
from insurance.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """A claim with its policy, and what else a step may be decided on."""

    claim: Stored[Claim]
    policy: Policy
    used: Mapping[str, int] = field(default_factory=dict)
    """What the policy's claims have used of the limits they share, in minor units, by code."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """The claim on which a file came first, by the file's mark; only where evidence is changed."""
    account: Stored[BillingAccount] | None = None
    """The policy's account; None where no plan was chosen and nothing was paid yet, and where
    evidence is changed."""
    demands: Demands = NO_DEMANDS
    """Those of the policyholder that stand."""
    payee_account: PayeeAccount = UNKNOWN
    """The account of the payee whom the step names; only where one is named."""
    totals: Sequence[Room] = ()
    """Running totals apart from the policy's; only where a step lets money go."""


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """A policy and its register of claims: what a first notice of loss is decided on."""

    policy: Stored[Policy]
    noticed: Sequence[NoticedClaim]
    """The register: the claims on the policy so far."""
    register_revision: int
    used: Mapping[str, int] = field(default_factory=dict)
    """See `ClaimContext.used`."""
    account: Stored[BillingAccount] | None = None
    """See `ClaimContext.account`."""
    demands: Demands = NO_DEMANDS
    """See `ClaimContext.demands`."""
    payee_account: PayeeAccount = UNKNOWN
    """See `ClaimContext.payee_account`."""
    totals: Sequence[Room] = ()
    """See `ClaimContext.totals`."""
