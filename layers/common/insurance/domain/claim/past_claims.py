"""Past claims: what the price of the next term knows of the claims of the last one."""

from collections.abc import Sequence

from insurance.domain.claim.claim import Claim
from insurance.domain.contract.terms import PastClaim
from insurance.domain.product import Product
from insurance.domain.product.risk import fault_of


def past_claims(claims: Sequence[Claim], product: Product) -> tuple[PastClaim, ...]:
    """The claims of a term, by the product that it was written on."""

    def fact(claim: Claim, code: str) -> object:
        return product.claims.told(claim.cover, claim.facts or {}, code)

    return tuple(
        PastClaim(
            cover=claim.cover,
            counts=claim.counts,
            paid=claim.paid,
            cause=str(fact(claim, "cause") or ""),
            fault=fault_of(fact(claim, "fault")),
        )
        for claim in claims
    )
