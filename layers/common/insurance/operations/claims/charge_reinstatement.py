"""Charge for a limit that stands again: the scheduler looks at what a policy's claims have used."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.claim import Claim
from insurance.domain.core.errors import ClaimNotFound, PolicyNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.reinstating import LimitsUsed, charge_limits
from insurance.operations.claims.ports import Claims, NoticeContext
from insurance.operations.policy.ports import PolicyChanges
from insurance.operations.products.ports import Products
from insurance.operations.system_command import instant_after, receipt_for


@dataclass(frozen=True, slots=True)
class ReinstatementCharger:
    """The look at a claim that used a limit which stands again for a premium."""

    products: Products
    claims: Claims
    policies: PolicyChanges

    def look(self, claim_id: str, now: datetime) -> datetime | None:
        """Charge the policy what it owes for what is used by now, or give back what it does not
        owe any more; nothing where that was done. Erased, nobody is left to be charged."""
        try:
            claim = self.claims.get(claim_id).record
            file = self.claims.load_policy(claim.policy_id, None)
        except (ClaimNotFound, PolicyNotFound):
            return None
        if file.policy.key is not None:
            self._charge(claim, file, instant_after(now, file.policy.head))
        return None

    def _charge(self, claim: Claim, file: NoticeContext, now: datetime) -> None:
        before, key = file.policy, file.policy.key
        conditions = Conditions.of(self.products.version(before.record.product))
        claimed = LimitsUsed(claim.id, claim.reinstatements, file.used)
        policy = charge_limits(before.record, claimed, conditions, now=now, actor=SYSTEM_ACTOR)
        made = policy.transactions[len(before.record.transactions) :]
        if key is None or not made:
            return
        event = Event.following(
            before.head,
            policy,
            key,
            stream=policy.id,
            type=PolicyEventType.LIMIT_REINSTATED,
            actor=SYSTEM_ACTOR,
            now=now,
            effective_at=made[-1].effective_at,
            postings=tuple(each for one in made for each in one.computation.postings()),
        )
        mode = mode_of(policy.id)
        receipt = receipt_for(mode, "reinstatement", f"{policy.id} {before.head.sequence}", now)
        kept = Stored(policy, event.head, key)
        self.policies.change(event, kept, before=before, receipt=receipt.record(None))
