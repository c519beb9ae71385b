"""What operations on claims and their evidence need from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insurance.domain.claim import Claim
    from insurance.domain.claim.context import ClaimContext, NoticeContext
    from insurance.domain.claim.set_off import SetOffEntry
    from insurance.domain.core.event import Event
    from insurance.domain.core.running_totals import LimitMovement, Pool, Room
    from insurance.domain.core.stored import Stored
    from insurance.domain.evidence.refusal import Refusal
    from insurance.domain.party.party import Payee
    from insurance.operations.command import Command
    from insurance.operations.files.ports import Objects, Scanner, Scans
    from insurance.operations.parties.ports import Screening
    from insurance.operations.policy.ports import PolicyChanges
    from insurance.operations.products.ports import Products


class Claims(Protocol):
    """The claims, each policy's register of them, and the limits that they share."""

    def load_policy(
        self, policy_id: str, command: Command | None, *, naming: Payee | None = None
    ) -> NoticeContext:
        """The policy and its register of claims, in one read with the idempotency record.

        Args:
            policy_id: The policy.
            command: The command whose record is read too; None where nothing is written.
            naming: The payee whom the notice names: what is known of their account is read too.

        Raises:
            PolicyNotFound: There is none.
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def notify(
        self,
        event: Event,
        claim: Claim,
        *,
        context: NoticeContext,
        command: Command,
        account: SetOffEntry | None = None,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        """Store a new claim, enter it in the policy's register, and record the command's answer.

        Shared limits, running totals and the policy's account change in the same transaction, as in
        `change`.

        Raises:
            StaleRevision: Another claim was entered meanwhile.
            NumberTaken: Another claim has the number.
            LimitMoved: Other claims have left too little of a shared limit.
            AccountMoved: The policy's account has changed meanwhile.
            AlreadyAnswered: This call was answered before.
        """

    def get(self, claim_id: str) -> Stored[Claim]:
        """The claim as it stands.

        Raises:
            ClaimNotFound: There is none.
        """

    def get_many(self, claim_ids: Sequence[str]) -> Sequence[Stored[Claim]]:
        """Claims of any policies, in this order; of one policy, up to 99 in one read.

        Raises:
            ClaimNotFound: One of them does not exist.
        """

    def load(self, claim_id: str, command: Command, *, naming: Payee | None = None) -> ClaimContext:
        """The claim, its policy, account and limits, in one read with the idempotency record.

        Args:
            claim_id: The claim.
            command: The command.
            naming: See `load_policy`.

        Raises:
            ClaimNotFound: There is none.
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def totals(self, pools: Sequence[Pool], *, look: bool = True) -> Sequence[Room]:
        """See `RunningTotals`."""

    def load_evidence(self, claim_id: str, command: Command) -> ClaimContext:
        """As `load`, with the files that came to the policy's claims in place of the account.

        Raises:
            ClaimNotFound: There is none.
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def change(
        self,
        event: Event,
        claim: Claim,
        *,
        before: Stored[Claim],
        command: Command,
        account: SetOffEntry | None = None,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        """Store the claim as the event left it, and the command's answer, all or none.

        What it uses of shared limits, and what counts to running totals, changes in the same
        transaction. Files that came to this
        claim first are marked as its own. The policy's account is stored with it where `account`
        says so.

        Raises:
            StaleRevision: The claim has moved on, or a file has come to another claim meanwhile.
            LimitMoved: Other claims have left too little of a shared limit.
            AccountMoved: The policy's account has changed meanwhile.
            AlreadyAnswered: This call was answered before.
        """


class PdfInspector(Protocol):
    """Who looks into PDFs, in bounded memory and time, where nothing can be taken."""

    def refusal_of(self, pdf: bytes) -> Refusal | None:
        """Why a PDF is refused; None: it holds nothing that is active, hidden or another file."""


@dataclass(frozen=True, slots=True)
class ClaimPorts:
    """What operations on claims need from outside."""

    products: Products
    claims: Claims
    screening: Screening


@dataclass(frozen=True, slots=True)
class ReinstatementPorts:
    """What the charge for a reinstated limit needs from outside."""

    products: Products
    claims: Claims
    policies: PolicyChanges


@dataclass(frozen=True, slots=True)
class EvidencePorts:
    """What operations on evidence need from outside."""

    products: Products
    claims: Claims
    objects: Objects
    scans: Scans
    scanner: Scanner
    pdfs: PdfInspector
