"""Load a claim for a command, and store what the command makes of it: shared by all steps."""

from collections.abc import Sequence
from dataclasses import replace

from insurance.domain.claim import Claim
from insurance.domain.claim.authority import check_profile
from insurance.domain.claim.change import Act, ClaimChange, next_event
from insurance.domain.claim.context import ClaimContext, NoticeContext
from insurance.domain.core.errors import ClaimNotFound, LimitMoved, NoAuthority
from insurance.domain.core.running_totals import Pool
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Payee
from insurance.domain.product import Product
from insurance.domain.screening.screening import ScreeningMatch, without_cleared
from insurance.operations.claims.ports import ClaimPorts, Claims
from insurance.operations.command import Command
from insurance.operations.parties.ports import Screening


def act_of(command: Command) -> Act:
    """Who takes the step, and when."""
    return Act(command.caller, command.now)


def load_claim(
    claim_id: str,
    command: Command,
    claims: Claims,
    *,
    with_evidence: bool = False,
    naming: Payee | None = None,
) -> ClaimContext:
    """Read a claim with what a step on it is decided on.

    Args:
        claim_id: The claim.
        command: The command; its caller must see the claim, at the revision that it expects.
        claims: The store.
        with_evidence: Read the files on the policy's claims, in place of the account.
        naming: The payee whom the step names: what is known of their account is read too.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
        StaleRevision: Somebody else has changed it since the caller read it.
    """
    context = (
        claims.load_evidence(claim_id, command)
        if with_evidence
        else claims.load(claim_id, command, naming=naming)
    )
    if not command.caller.sees(claim_id, context.claim.record.partner, context.claim.record.party):
        raise ClaimNotFound(claim_id)
    command.check_revision(context.claim, claim_id)
    return context


def store_claim(
    change: ClaimChange,
    before: Stored[Claim],
    command: Command,
    claims: Claims,
    *,
    answer: object = None,
) -> Stored[Claim]:
    """Store a claim with its event, its postings and the command's answer.

    Args:
        change: What the step leaves.
        before: The claim as it was read.
        command: The command.
        claims: The store.
        answer: What is answered where the command is about a part of the claim; None: the claim.

    Raises:
        StaleRevision: Somebody else has changed the claim since it was read.
        LimitMoved: Other claims have left too little of a shared limit.
        AccountMoved: The policy's account has changed meanwhile.
    """
    claim, event = next_event(change, before, act_of(command))
    stored = Stored(claim, event.head, before.key)
    claims.change(
        event,
        claim,
        before=before,
        command=command.with_answer(answer or stored),
        account=change.account,
        totals=change.totals,
    )
    return stored


def store_counted(
    change: ClaimChange, before: Stored[Claim], command: Command, claims: Claims
) -> Stored[Claim]:
    """Store what counts to a person's day: see `store_claim`.

    Raises:
        StaleRevision: Somebody else has changed the claim since it was read.
        NoAuthority: It passes what the person may let go in a day.
        AccountMoved: The policy's account has changed meanwhile.
    """
    try:
        return store_claim(change, before, command, claims)
    except LimitMoved as full:
        raise NoAuthority("as much as this in one day") from full


def load_as_handler(
    claim_id: str, command: Command, ports: ClaimPorts
) -> tuple[ClaimContext, Product]:
    """Read a claim, and its product, for a member of staff who has a say in its claims.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
    """
    context = load_claim(claim_id, command, ports.claims)
    product = ports.products.version(context.policy.product)
    check_profile(command.caller, product)
    return context, product


def with_totals[C: (ClaimContext, NoticeContext)](
    context: C, pools: Sequence[Pool], claims: Claims, *, look: bool
) -> C:
    """The context with running totals apart from the policy's."""
    return replace(context, totals=claims.totals(pools, look=look))


def find_matches(
    claim: Claim, payee: Payee | None, screening: Screening
) -> Sequence[ScreeningMatch]:
    """What a payee's name resembles on the sanctions list, without matches that were cleared."""
    if payee is None:
        return ()
    return without_cleared(payee.name, screening.matches(payee.name), claim.cleared)
