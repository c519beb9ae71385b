"""Past claims: what the price of the next term knows of the claims of the last one."""

from collections.abc import Sequence

from insurance.domain.claim.claim import Claim
from insurance.domain.product import Product
from insurance.domain.product.risk import fault_of
from insurance.domain.quote.quote import PastLoss


def past_losses(claims: Sequence[Claim], product: Product) -> tuple[PastLoss, ...]:
    """The claims of a term, by the product that it was written on."""

    def fact(claim: Claim, code: str) -> object:
        return product.claims.told(claim.cover, claim.facts or {}, code)

    return tuple(
        PastLoss(
            cover=claim.cover,
            counts=claim.counts,
            paid=claim.paid,
            cause=str(fact(claim, "cause") or ""),
            fault=fault_of(fact(claim, "fault")),
        )
        for claim in claims
    )
