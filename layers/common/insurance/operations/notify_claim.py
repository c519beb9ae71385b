"""First notice of loss: keep what was told, name what is missing, link what was told before."""

from dataclasses import dataclass

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim, CostType, ReserveReason
from insurance.domain.claim.verification import Notice, same_loss
from insurance.domain.errors import AlreadyErased, PolicyNotFound, TooManyClaims
from insurance.domain.event import Event, Head
from insurance.domain.identity import new_claim_id
from insurance.domain.party import Claimant, Payee
from insurance.operations.check_coverage import LossAsked
from insurance.operations.ports import Claims, Kept, Products
from insurance.operations.receipt import Receipt
from insurance.operations.verify_claim import verify_claim

CLAIMS_PER_POLICY_MAX = 250


@dataclass(frozen=True, slots=True)
class LossReported(LossAsked):
    """A loss that somebody claims for."""

    claimant: Claimant
    payee: Payee | None
    narrative: str | None
    loss_payee: str | None
    catastrophe_event: str | None
    reference: str | None


def notify_claim(
    reported: LossReported,
    *,
    caller: Caller,
    products: Products,
    claims: Claims,
    receipt: Receipt,
) -> Kept[Claim]:
    """Store the claim as notified. An incomplete notice is kept, and told what it lacks."""
    file = claims.load_policy(reported.policy_id, receipt)
    policy, key = file.policy.record, file.policy.key
    if not caller.sees(reported.policy_id, policy.partner):
        raise PolicyNotFound(reported.policy_id)
    if key is None:
        raise AlreadyErased(policy.party_id)
    if len(file.noticed) >= CLAIMS_PER_POLICY_MAX:
        raise TooManyClaims(policy.id, CLAIMS_PER_POLICY_MAX)
    product = products.version(policy.product)
    notice = Notice(
        cover=reported.cover,
        occurred_at=reported.occurred_at,
        reported_at=receipt.now,
        claimed=reported.claimed,
        payee=reported.payee,
        same_loss_as=same_loss(
            file.noticed, reported.cover, reported.occurred_at, reported.reference
        ),
    )
    verdict = verify_claim(
        notice, reported.facts, reported.item, policy=policy, product=product, used=file.used
    )
    claim = Claim(
        id=new_claim_id(policy.id, caller.principal, receipt.key),
        policy_id=policy.id,
        partner=policy.partner,
        cover=reported.cover,
        occurred_at=reported.occurred_at,
        reported_at=receipt.now,
        claimed=reported.claimed,
        item=reported.item,
        facts=reported.facts,
        claimant=reported.claimant,
        payee=reported.payee,
        narrative=reported.narrative,
        loss_payee=reported.loss_payee,
        catastrophe_event=reported.catastrophe_event,
        reference=reported.reference,
        same_loss_as=notice.same_loss_as,
        missing=verdict.missing,
    ).with_reserve(
        CostType.INDEMNITY,
        verdict.reserve,
        ReserveReason.INITIAL,
        by=caller.principal,
        at=receipt.now,
    )
    event = Event.following(
        Head(),
        claim,
        key,
        stream=claim.id,
        type="claim.notified",
        actor=caller.principal,
        now=receipt.now,
        effective_at=claim.occurred_at,
        postings=claim.booked_since(None),
    )
    kept = Kept(claim, event.head, key)
    claims.notify(event, claim, file=file, receipt=receipt.answered(kept))
    return kept
