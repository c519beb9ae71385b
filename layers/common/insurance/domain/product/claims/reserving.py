"""The reserve: what is set aside for a claim."""

from collections.abc import Collection

from insurance.domain.core.money import Money
from insurance.domain.product.claims.assessment import Loss
from insurance.domain.product.claims.compiler import ClaimCompiler
from insurance.domain.product.language.scope import RatingInput


class Reserving:
    """One cover's reserve, as its definition has it or as is usual.

    Usual is the claimed sum until the payable one is known, then that. An expression sets aside
    what it says, never less than what is payable; where it asks for a fact that nobody has told
    yet, the claimed sum is set aside.
    """

    def __init__(self, compiler: ClaimCompiler) -> None:
        claim = compiler.cover.claim
        self._currency = compiler.currency
        self._amount = None
        self._needs: frozenset[str] = frozenset()
        if claim.reserve is not None:
            builder = compiler.builder()
            self._amount = compiler.amount(claim.reserve, claim.at("reserve"), builder)
            self._needs = frozenset(builder.extra_used)

    def reserve(
        self,
        loss: Loss,
        claim: RatingInput,
        payable: Money | None,
        missing: Collection[str] = (),
    ) -> Money:
        """What is set aside; `payable` is None while facts are missing."""
        # Limit and excess are worked out when all facts are there: they may ask for any of them.
        unknown = {*missing, "limit", "excess"} if missing else set()
        if self._amount is None or self._needs & unknown:
            return loss.claimed if payable is None else payable
        amount = self._amount(claim)
        set_aside = loss.claimed.amount if amount is None else max(amount, 0)
        least = 0 if payable is None else payable.amount
        return Money(amount=max(set_aside, least), currency=self._currency)
