"""Check coverage: what the rules would say of a loss, before there is a claim; it changes nothing."""

from insurance.domain.claim.notice import LossInput, judge_loss
from insurance.domain.claim.verdict import Verdict
from insurance.domain.core.errors import PolicyNotFound
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Query


def check_coverage(loss: LossInput, query: Query, ports: ClaimPorts) -> Verdict:
    """Every rule's result on a loss, and what the cover would pay.

    Raises:
        PolicyNotFound: The policy does not exist, or the caller may not see it.
        AlreadyErased: The facts of the risk were erased.
        InvalidFields: The product has no such cover, or cannot read the facts.
    """
    context = ports.claims.load_policy(loss.policy_id, None)
    policy = context.policy.record
    if not query.caller.sees(loss.policy_id, policy.partner, policy.party):
        raise PolicyNotFound(loss.policy_id)
    product = ports.products.version(policy.product)
    return judge_loss(loss, context, product, query.now)
