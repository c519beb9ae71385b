"""First notice of loss: open a claim, name what is missing, link what was reported before."""

from insurance.domain.claim import Claim
from insurance.domain.claim.change import ClaimChange, first_event
from insurance.domain.claim.context import NoticeContext
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.notice import NoticeInput, claim_numbers, open_claim, settle_notice
from insurance.domain.claim.payee_account import is_known_account
from insurance.domain.claim.totals import pools_of
from insurance.domain.contract.number import ReferenceNumber
from insurance.domain.core.errors import AlreadyErased, PolicyNotFound
from insurance.domain.core.identity import new_claim_id
from insurance.domain.core.stored import Stored
from insurance.operations.claims.claim_context import (
    act_of,
    find_matches,
    with_totals,
)
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Command
from insurance.operations.free_number import with_free_number
from insurance.operations.running_totals import while_limits_move


def notify_claim(
    notice: NoticeInput, command: Command, ports: ClaimPorts, *, settle: bool = False
) -> Stored[Claim]:
    """Open a claim. An incomplete notice opens one too, which names what it lacks.

    Args:
        notice: The loss.
        command: The command.
        ports: What the operation needs from outside.
        settle: Settle it in the same transaction, as `settle_claim` would.

    Raises:
        PolicyNotFound: The policy does not exist, or the caller may not see it.
        AlreadyErased: The policy's people were erased.
        TooManyClaims: The policy has as many claims as its register can hold.
        InvalidFields: The product has no such cover, or cannot read the facts.
        NumberTaken: Every number that the claim could get is taken.
        Unavailable: Other claims used the same limit first, too many times.
    """
    return while_limits_move(
        lambda tries: _notify(notice, command, ports, settle=settle, look=tries > 0)
    )


def _notify(
    notice: NoticeInput, command: Command, ports: ClaimPorts, *, settle: bool, look: bool
) -> Stored[Claim]:
    context = ports.claims.load_policy(notice.policy_id, command, naming=notice.payee)
    policy, key, act = context.policy.record, context.policy.key, act_of(command)
    if not command.caller.sees(notice.policy_id, policy.partner, policy.party):
        raise PolicyNotFound(notice.policy_id)
    if key is None:
        raise AlreadyErased(policy.party_id)
    product = ports.products.version(policy.product)
    claim_id = new_claim_id(policy.id, command.actor, command.idempotency.key)
    claim, verdict = open_claim(claim_id, notice, context, product, act)
    change = ClaimChange(claim, ClaimEventType.NOTIFIED)
    if settle:
        matches = find_matches(claim, claim.payee, ports.screening)
        pools = pools_of(claim.payee, policy, command.now, known_account=is_known_account(claim))
        context = with_totals(context, pools, ports.claims, look=look)
        change = settle_notice(claim, verdict, context, product, matches, act=act)
    return with_free_number(
        claim_numbers(claim, product),
        lambda number: _store(_numbered(change, number), context, command, ports),
    )


def _numbered(change: ClaimChange, number: ReferenceNumber) -> ClaimChange:
    return change._replace(claim=change.claim.replace(number=number.text))


def _store(
    change: ClaimChange, context: NoticeContext, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    key = context.policy.key
    if key is None:
        raise AlreadyErased(change.claim.policy_id)
    event = first_event(change, key, act_of(command))
    stored = Stored(change.claim, event.head, key)
    ports.claims.notify(
        event,
        change.claim,
        context=context,
        command=command.with_answer(stored),
        account=change.account,
        totals=change.totals,
    )
    return stored
