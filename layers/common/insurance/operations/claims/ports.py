"""What operations on claims are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insurance.domain.billing import BillingAccount
    from insurance.domain.claim import Claim, NoticedClaim
    from insurance.domain.core.event import Event
    from insurance.domain.core.stored import Stored
    from insurance.domain.policy import Policy
    from insurance.operations.idempotency import Idempotency


@dataclass(frozen=True, slots=True)
class ClaimContext:
    """All that a step of a claim is decided on."""

    claim: Stored[Claim]
    policy: Policy
    used: Mapping[str, int] = field(default_factory=dict)
    """What the policy's claims have taken of the limits they share, in minor units, by code."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Files received on the policy's claims, by mark: on which claim first. See `load_evidence`."""
    account: Stored[BillingAccount] | None = None
    """How the policy is paid; None where nobody chose a plan and nothing came in, and for evidence."""


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """All that a first notice of loss is decided on."""

    policy: Stored[Policy]
    noticed: Sequence[NoticedClaim]
    """Claims noticed on the policy so far."""
    register_revision: int
    used: Mapping[str, int] = field(default_factory=dict)
    """See `ClaimFile.used`."""
    account: Stored[BillingAccount] | None = None
    """See `ClaimFile.account`."""


@dataclass(frozen=True, slots=True)
class AccountMove:
    """What a claim's payment does to its policy's account, in the claim's own transaction."""

    event: Event
    account: BillingAccount
    before: Stored[BillingAccount] | None


class Claims(Protocol):
    def load_policy(self, policy_id: str, receipt: Idempotency | None) -> NoticeContext:
        """The policy and its register of claims, in one read with the receipt."""

    def notify(
        self,
        event: Event,
        claim: Claim,
        *,
        file: NoticeContext,
        receipt: Idempotency,
        moved: AccountMove | None = None,
    ) -> None:
        """Store a new claim and enter it in the policy's register; raise StaleRevision when another
        claim was entered meanwhile. What it takes of shared limits and does to the policy's account
        moves as in `change`."""

    def get(self, claim_id: str) -> Stored[Claim]:
        """Raise ClaimNotFound when there is none."""

    def get_all(self, claim_ids: Sequence[str]) -> Sequence[Stored[Claim]]:
        """As `get`, many of one policy at once and in their order; at most 90."""

    def get_each(self, claim_ids: Sequence[str]) -> Sequence[Stored[Claim]]:
        """As `get`, of whichever policies, in their order."""

    def load(self, claim_id: str, receipt: Idempotency) -> ClaimContext:
        """The claim and its policy, in one read with the receipt."""

    def load_evidence(self, claim_id: str, receipt: Idempotency) -> ClaimContext:
        """As `load`, and in the same read which files came to the policy's claims before."""

    def change(
        self,
        event: Event,
        claim: Claim,
        *,
        before: Stored[Claim],
        receipt: Idempotency,
        moved: AccountMove | None = None,
    ) -> None:
        """Store the claim as the event left it; raise StaleRevision when it has moved on.

        What it takes of shared limits moves in the same transaction; raise LimitMoved when other
        claims have left too little. Files that came to it first are marked as its own; raise
        StaleRevision when one has come to another claim meanwhile. The policy's account is stored
        with it as `moved` says; raise AccountMoved when somebody else has changed it meanwhile.
        """


class Scanner(Protocol):
    def found_in(self, file: bytes) -> str | None:
        """The name of the malware in a file; None when there is none. Unavailable: nobody looked."""
