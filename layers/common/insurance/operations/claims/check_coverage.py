"""Check coverage: what the rules would say of a loss, before there is a claim; it changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from insurance.domain.claim.verification import Notice, Verdict, same_loss
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.money import Money
from insurance.operations.claims.offset_arrears import PremiumDue, with_arrears
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.verify_claim import verify_claim
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class LossAsked:
    """A loss as somebody tells it."""

    policy_id: str
    cover: str
    occurred_at: datetime
    claimed: Money
    facts: dict[str, Any]
    item: dict[str, Any] | None


def check_coverage(
    asked: LossAsked, *, caller: Caller, products: Products, claims: Claims, now: datetime
) -> Verdict:
    """Every rule's result and what the cover would pay."""
    file = claims.load_policy(asked.policy_id, None)
    policy = file.policy.record
    if not caller.sees(asked.policy_id, policy.partner):
        raise PolicyNotFound(asked.policy_id)
    notice = Notice(
        cover=asked.cover,
        occurred_at=asked.occurred_at,
        reported_at=now,
        claimed=asked.claimed,
        payee=None,
        same_loss_as=same_loss(file.noticed, asked.cover, asked.occurred_at),
    )
    product = products.version(policy.product)
    verdict = verify_claim(
        notice, asked.facts, asked.item, policy=policy, product=product, used=file.used
    )
    return with_arrears(verdict, PremiumDue(policy, file.account, product), now)
