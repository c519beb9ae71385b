"""First notice of loss: the claim that it opens, and later additions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic_core import to_json

from insurance.domain.claim.attention import acknowledged, with_deadlines
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.context import ClaimContext, NoticeContext
from insurance.domain.claim.diary import OF_CALLERS, ReportChannel
from insurance.domain.claim.duties import with_duty
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.lifecycle import ClaimStep
from insurance.domain.claim.payee_account import signs_of
from insurance.domain.claim.register import same_loss
from insurance.domain.claim.reserve import CostType, ReserveReason
from insurance.domain.claim.set_off import (
    PremiumDue,
    announce_set_off,
    set_off_premium,
)
from insurance.domain.claim.settlement import decide_by_rules, ready_to_pay
from insurance.domain.claim.verdict import LossNotice, Verdict
from insurance.domain.claim.verification import verify_claim, verify_notice
from insurance.domain.contract.data_origin import DataOrigin
from insurance.domain.contract.interested_party import Interests
from insurance.domain.contract.number import ReferenceNumber
from insurance.domain.contract.payee_signs import NO_SIGNS
from insurance.domain.core.errors import (
    AlreadyErased,
    FieldFault,
    InvalidFields,
    PayeeAlreadyNamed,
    TooManyClaims,
)
from insurance.domain.core.identity import ClaimId, PolicyId, named_party, reference_mark
from insurance.domain.core.money import Money
from insurance.domain.core.segregation import Duty
from insurance.domain.core.stored import PartyKey
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.names import is_same_name
from insurance.domain.party.party import Claimant, Payee
from insurance.domain.product import Product
from insurance.domain.product.definition.numbers import Numbers
from insurance.domain.product.definition.sizes import FACTS_BYTES_MAX
from insurance.domain.quote.pricing import territory_of
from insurance.domain.screening.screening import ScreeningMatch

CLAIMS_PER_POLICY_MAX: Final = 250
NARRATIVE_MAX: Final = 40_000
"""Characters of all parts of a narrative together: a claim has to fit into its item."""

NOTIFIED_AND: Final = {
    ClaimEventType.INCOMPLETE: ClaimEventType.NOTIFIED_AND_INCOMPLETE,
    ClaimEventType.HELD: ClaimEventType.NOTIFIED_AND_HELD,
    ClaimEventType.REFERRED: ClaimEventType.NOTIFIED_AND_REFERRED,
    ClaimEventType.SETTLED: ClaimEventType.NOTIFIED_AND_SETTLED,
    ClaimEventType.NOTHING_PAYABLE: ClaimEventType.NOTIFIED_AND_NOTHING_PAYABLE,
}
"""The one event of a notice that is settled in the same call."""


@dataclass(frozen=True, slots=True)
class LossInput:
    """A loss that a caller describes."""

    policy_id: str
    cover: str
    occurred_at: datetime
    claimed: Money
    facts: dict[str, Any]
    item: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class NoticeInput(LossInput):
    """A loss that a caller claims for."""

    claimant: Claimant
    payee: Payee | None
    narrative: str | None
    loss_payee: str | None
    catastrophe_event: str | None
    reference: str | None
    channel: ReportChannel | None


@dataclass(frozen=True, slots=True)
class CompletionInput:
    """Facts, and more, that a notice lacked."""

    facts: dict[str, Any]
    item: dict[str, Any] | None
    payee: Payee | None
    narrative: str | None


def judge_loss(loss: LossInput, context: NoticeContext, product: Product, now: datetime) -> Verdict:
    """Every rule's result on a loss, and what the cover would pay.

    Raises:
        AlreadyErased: The facts of the risk were erased.
        InvalidFields: The product has no such cover, or cannot read the facts.
    """
    policy = context.policy.record
    _check_days(loss.cover, loss.facts, product, now)
    verdict = verify_notice(_notice(loss, context, None, now), policy, product, context.used)
    return announce_set_off(verdict, PremiumDue(policy, context.account, product), now)


def _loss_payee(stated: str | None, interests: Interests | None) -> str | None:
    """Who is paid before the insured: whom the notice names, else the first whom the policy has.

    Raises:
        InvalidFields: The policy has somebody with that right, and the notice names somebody else.
    """
    recorded = interests.paid_first if interests else ()
    if stated is None:
        return next(iter(recorded), None)
    if recorded and not any(is_same_name(stated, name) for name in recorded):
        detail = "The policy records who is paid before the insured: name one of them, or nobody."
        raise InvalidFields([FieldFault("/loss_payee", "not-recorded", detail)])
    return stated


def open_claim(
    claim_id: ClaimId, notice: NoticeInput, context: NoticeContext, product: Product, act: Act
) -> tuple[Claim, Verdict]:
    """The claim that a notice opens, and the verdict of the rules on it.

    The claim is opened although facts are missing: it names what it lacks.

    Raises:
        AlreadyErased: The policy's people were erased.
        TooManyClaims: The policy has as many claims as its register can hold.
        InvalidFields: The product has no such cover, or cannot read the facts; or the policy records who is
            paid before the insured, and the notice names somebody else.
    """
    policy = context.policy.record
    if context.policy.key is None:
        raise AlreadyErased(policy.party_id)
    if len(context.noticed) >= CLAIMS_PER_POLICY_MAX:
        raise TooManyClaims(policy.id, CLAIMS_PER_POLICY_MAX)
    _check_days(notice.cover, notice.facts, product, act.at)
    signs = signs_of(notice.payee, context.payee_account, policy, claim_id, billing=context.account)
    mark = _reference_mark(notice.reference, policy.id, context.policy.key)
    judged = _notice(notice, context, mark, act.at)._replace(payee=signs or NO_SIGNS)
    verdict = verify_notice(judged, policy, product, context.used)
    claim = Claim(
        id=claim_id,
        party_id=named_party(policy.party_id, claim_id),
        policy_id=policy.id,
        policy_number=policy.number.text if policy.number else None,
        partner=policy.partner,
        data_origin=DataOrigin.of(policy.looked_up),
        cover=notice.cover,
        occurred_at=notice.occurred_at,
        reported_at=act.at,
        claimed=notice.claimed,
        item=notice.item,
        facts=notice.facts,
        claimant=notice.claimant,
        payee=notice.payee,
        payee_signs=signs,
        narrative=notice.narrative,
        loss_payee=_loss_payee(notice.loss_payee, policy.interests),
        catastrophe_event=notice.catastrophe_event,
        reference=notice.reference,
        reference_mark=mark,
        same_loss_as=judged.same_loss_as,
        missing=verdict.missing,
        channel=notice.channel or OF_CALLERS[act.caller.kind],
    ).with_reserve(CostType.INDEMNITY, verdict.reserve, ReserveReason.INITIAL, by=act.by, at=act.at)
    claim = with_duty(claim, Duty.NOTICE_TAKEN, act)
    if notice.payee is not None:
        claim = with_duty(claim, Duty.PAYEE_NAMED, act)
    return acknowledged(claim, territory_of(policy, product), act.at), verdict


def claim_numbers(claim: Claim, product: Product) -> Iterator[ReferenceNumber]:
    """The numbers that a new claim may get, in the order in which they are tried."""
    reported_on = claim.reported_at.astimezone(product.zone).date()
    return Numbers(product.definition.numbers).claim.candidates(claim.id, reported_on)


def settle_notice(
    claim: Claim,
    verdict: Verdict,
    context: NoticeContext,
    product: Product,
    matches: Sequence[ScreeningMatch],
    *,
    act: Act,
) -> ClaimChange:
    """Settle a claim in the call that opens it, as `settle` would in the next one."""
    due = PremiumDue(context.policy.record, context.account, product)
    verdict = ready_to_pay(verdict, claim, context, due, matches, act)
    change = decide_by_rules(claim, verdict, product, act)
    change = set_off_premium(change, None, due, context.policy.key, act)
    return change._replace(
        claim=with_deadlines(change.claim, act.at), event_type=NOTIFIED_AND[change.event_type]
    )


def complete_claim(
    context: ClaimContext, completion: CompletionInput, product: Product, act: Act
) -> ClaimChange:
    """Add to a claim what its notice lacked, and say what is still missing.

    Raises:
        AlreadyErased: The facts of the loss were erased.
        PayeeAlreadyNamed: The claim has another payee.
        InvalidFields: The facts or the narrative are too long, or the product cannot read them.
        WrongState: The claim is decided or closed.
    """
    claim = context.claim.record
    if claim.facts is None:
        raise AlreadyErased(claim.id)
    if completion.payee is not None and claim.payee not in {None, completion.payee}:
        raise PayeeAlreadyNamed(claim.id)
    _check_days(claim.cover, completion.facts, product, act.at)
    completed = claim.moved(
        ClaimStep.COMPLETE,
        facts=_facts(claim.facts | completion.facts),
        item=completion.item or claim.item,
        payee=claim.payee or completion.payee,
        narrative=_narrative(claim.narrative, completion.narrative),
    )
    if claim.payee is None and completion.payee is not None:
        signs = signs_of(
            completion.payee,
            context.payee_account,
            context.policy,
            claim.id,
            billing=context.account,
        )
        completed = with_duty(completed.replace(payee_signs=signs), Duty.PAYEE_NAMED, act)
    missing = verify_claim(completed, context.policy, product, context.used).missing
    return ClaimChange(with_missing(completed, missing), ClaimEventType.COMPLETED)


def _check_days(cover: str, facts: dict[str, Any], product: Product, now: datetime) -> None:
    """Check what is told now: what was told before is not told again."""
    product.claims.check_days(cover, facts, now.astimezone(product.zone).date())


def with_missing(claim: Claim, missing: tuple[str, ...]) -> Claim:
    """The claim with what it lacks now; the task of asking for it ends when nothing is missing."""
    lacking = claim.replace(missing=missing)
    return lacking if missing else lacking.answered(frozenset({TaskCode.INCOMPLETE}))


def _notice(
    loss: LossInput, context: NoticeContext, reference_mark: str | None, now: datetime
) -> LossNotice:
    return LossNotice(
        cover=loss.cover,
        occurred_at=loss.occurred_at,
        reported_at=now,
        claimed=loss.claimed,
        facts=loss.facts,
        item=loss.item,
        same_loss_as=same_loss(context.noticed, loss.cover, loss.occurred_at, reference_mark),
    )


def _reference_mark(reference: str | None, policy_id: PolicyId, key: PartyKey) -> str | None:
    if reference is None:
        return None
    return reference_mark(policy_id, key.seal({"reference": reference}, policy_id))


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    if len(to_json(facts)) > FACTS_BYTES_MAX:
        detail = f"Together with the earlier ones they are more than {FACTS_BYTES_MAX} bytes."
        raise InvalidFields([FieldFault("/facts", "too-long", detail)])
    return facts


def _narrative(before: str | None, added: str | None) -> str | None:
    narrative = "\n\n".join(part for part in (before, added) if part) or None
    if narrative is not None and len(narrative) > NARRATIVE_MAX:
        detail = f"Together with the earlier one it is longer than {NARRATIVE_MAX} characters."
        raise InvalidFields([FieldFault("/narrative", "too-long", detail)])
    return narrative
