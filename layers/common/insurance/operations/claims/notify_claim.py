"""First notice of loss: keep what was told, name what is missing, link what was told before."""

from dataclasses import dataclass

from insurance.domain.claim import Channel, Claim, CostType, ReserveReason
from insurance.domain.claim.attention import acknowledged, with_deadlines
from insurance.domain.claim.diary import OF_CALLERS
from insurance.domain.claim.verification import Notice, same_loss
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import AlreadyErased, PolicyNotFound, TooManyClaims
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import new_claim_id
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Claimant, Payee
from insurance.domain.quote.pricing import territory_of
from insurance.operations.claims.change_claim import while_limits_move
from insurance.operations.claims.check_coverage import LossAsked
from insurance.operations.claims.offset_arrears import PremiumDue, offset, with_arrears
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.settle_claim import decided_by_rules, with_payee_judged
from insurance.operations.claims.verify_claim import verify_claim
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products

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
    channel: Channel | None


def notify_claim(
    reported: LossReported,
    *,
    caller: Caller,
    products: Products,
    claims: Claims,
    receipt: Idempotency,
    screening: Screening | None = None,
) -> Stored[Claim]:
    """Store the claim as notified. An incomplete notice is kept, and told what it lacks.

    With `screening` it is settled in the same transaction, as `settle_claim` would.
    """

    def notify() -> Stored[Claim]:
        return _notify(
            reported,
            caller=caller,
            products=products,
            claims=claims,
            receipt=receipt,
            screening=screening,
        )

    return while_limits_move(notify)


def _notify(
    reported: LossReported,
    *,
    caller: Caller,
    products: Products,
    claims: Claims,
    receipt: Idempotency,
    screening: Screening | None,
) -> Stored[Claim]:
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
        channel=reported.channel or OF_CALLERS[caller.kind],
    ).with_reserve(
        CostType.INDEMNITY,
        verdict.reserve,
        ReserveReason.INITIAL,
        by=caller.principal,
        at=receipt.now,
    )
    claim = acknowledged(claim, territory_of(policy, product), receipt.now)
    type, moved = "claim.notified", None
    if screening is not None:
        verdict = with_payee_judged(verdict, claim, screening, receipt.now)
        due = PremiumDue(policy, file.account, product)
        if claim.pays_policyholder:
            verdict = with_arrears(verdict, due, receipt.now)
        claim, outcome = decided_by_rules(claim, verdict, product, caller.principal, receipt.now)
        claim, moved = offset(claim, None, due, by=caller.principal, key=key, now=receipt.now)
        claim = with_deadlines(claim, receipt.now)
        type = f"claim.notified_and_{outcome.removeprefix('claim.')}"
    event = Event.following(
        StreamPosition(),
        claim,
        key,
        stream=claim.id,
        type=type,
        actor=caller.principal,
        now=receipt.now,
        effective_at=claim.occurred_at,
        postings=claim.booked_since(None),
    )
    kept = Stored(claim, event.head, key)
    claims.notify(event, claim, file=file, receipt=receipt.record(kept), moved=moved)
    return kept
