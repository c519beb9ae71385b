"""The number of a new policy: one of its own, or the ended term's with a new ending."""

from collections.abc import Iterator

from insurance.domain.contract.number import ReferenceNumber
from insurance.domain.policy.policy import Policy
from insurance.domain.product import Product
from insurance.domain.product.definition.numbers import Numbers


def policy_numbers(
    policy: Policy, product: Product, last: ReferenceNumber | None
) -> Iterator[ReferenceNumber]:
    """The numbers that the policy may get, in the order in which they are tried.

    Args:
        policy: The policy that is to be issued.
        product: Its product, which says how numbers are formed.
        last: The number of the term before; None for new business, and after a policy without a number.
    """
    numbers = Numbers(product.definition.numbers)
    if last is not None and numbers.renewals_keep_stem:
        yield numbers.policy.next_term(last)
    first_day = policy.period.start.astimezone(product.zone).date()
    yield from numbers.policy.candidates(policy.id, first_day)
