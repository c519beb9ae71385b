"""Charge for a limit that stands again: the clockwork looks at what a policy's claims have used."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from insurance.domain.claim import Claim
from insurance.domain.core.errors import ClaimNotFound, PolicyNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.posting import Posting
from insurance.domain.policy import Policy, TransactionKind
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.reinstating import charge_for
from insurance.domain.policy.transaction import Transaction
from insurance.operations.claims.ports import Claims, NoticeContext
from insurance.operations.policy.ports import PolicyChanges
from insurance.operations.products.ports import Products
from insurance.operations.scheduler.system_actor import CLOCKWORK, after, receipt_for

LIMIT_REINSTATED: Final = "policy.limit_reinstated"
LAST_MOMENT: Final = timedelta(microseconds=1)


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
            self._charge(claim, file, after(now, file.policy.head))
        return None

    def _charge(self, claim: Claim, file: NoticeContext, now: datetime) -> None:
        before, key = file.policy, file.policy.key
        conditions = Conditions.of(self.products.version(before.record.product))
        policy, postings = charged(claim, before.record, file, conditions, now)
        if key is None or policy is before.record:
            return
        event = Event.following(
            before.head,
            policy,
            key,
            stream=policy.id,
            type=LIMIT_REINSTATED,
            actor=CLOCKWORK,
            now=now,
            effective_at=policy.transactions[-1].effective_at,
            postings=postings,
        )
        mode = mode_of(policy.id)
        receipt = receipt_for(mode, "reinstatement", f"{policy.id} {before.head.sequence}", now)
        kept = Stored(policy, event.head, key)
        self.policies.change(event, kept, before=before, receipt=receipt.answered(None))


def charged(
    claim: Claim, policy: Policy, file: NoticeContext, conditions: Conditions, now: datetime
) -> tuple[Policy, tuple[Posting, ...]]:
    """The policy with a transaction for each limit whose use has changed since."""
    period = policy.period
    postings: tuple[Posting, ...] = ()
    for terms in claim.reinstatements:
        found = charge_for(terms, file.used.get(terms.code, 0), policy, conditions)
        if found is None or not found[1].lines:
            continue
        reinstates, computation = found
        made = Transaction(
            number=policy.next_number,
            kind=TransactionKind.LIMIT_REINSTATEMENT,
            effective_at=min(max(now, period.start), period.end - LAST_MOMENT),
            processed_at=now,
            actor=CLOCKWORK,
            reason=claim.id,
            computation=computation,
            reinstates=reinstates,
        )
        policy = policy.replace(transactions=(*policy.transactions, made))
        postings += computation.postings()
    return policy, postings
