"""Limits and deductibles that claims share, and what one claim takes of them."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from insurance.domain.contract.terms import ProRata
from insurance.domain.core.money import Currency, Money
from insurance.domain.product.claims.assessment import Reinstating
from insurance.domain.product.claims.compiler import ClaimCompiler
from insurance.domain.product.definition import model
from insurance.domain.product.faults import refuse
from insurance.domain.product.language.scope import RatingInput


class Aggregate(NamedTuple):
    """A limit or deductible that the claims of a term share, or those of a policy's whole life."""

    definition: model.Aggregate
    amount: Callable[[RatingInput], int | None]
    cover: str | None
    """Whose it is; None: covers share it."""

    @property
    def reinstatements(self) -> int:
        terms = self.definition.reinstatements
        return 0 if terms is None else terms.count

    @property
    def for_life(self) -> bool:
        return self.definition.per == "life"

    def once(self, given: RatingInput) -> int:
        """In minor units, without reinstatements."""
        return self.amount(given) or 0

    def whole(self, given: RatingInput) -> int:
        """All of it, reinstatements included, in minor units."""
        return self.once(given) * (1 + self.reinstatements)


def aggregates_of(compiler: ClaimCompiler, claims: model.Claims) -> dict[str, Aggregate]:
    """The aggregates that one cover's claims may use, by their codes.

    Raises:
        InvalidProduct: Two have one code, or a limit of a policy's whole life is to stand again
            for a premium.
    """
    cover = compiler.cover
    rows = [(row, None) for row in claims.aggregates]
    rows += [(row, cover.code) for row in cover.aggregates]  # type: ignore[misc]
    aggregates = {}
    for row, owner in rows:
        terms = row.reinstatements
        if row.code in aggregates:
            raise refuse(row.at("code"), row.code, "a code of its own")
        if row.per == "life" and terms is not None and Decimal(str(terms.premium_rate)):
            expected = "term: what is charged to stand again is a limit of one term"
            raise refuse(row.at("per"), "life", expected)
        amount = compiler.amount(row.amount, row.at("amount"))
        aggregates[row.code] = Aggregate(row, amount, owner)
    return aggregates


def reinstating(
    aggregates: Mapping[str, Aggregate],
    uses: Mapping[str, Money],
    claim: RatingInput,
    currency: Currency,
) -> Iterator[Reinstating]:
    """The limits that a claim uses and that stand again for a premium."""
    for code, taken in uses.items():
        aggregate = aggregates[code]
        row, terms = aggregate.definition, aggregate.definition.reinstatements
        if terms is None or row.kind != "limit" or not terms.count or not taken:
            continue
        rate = Decimal(str(terms.premium_rate))
        if rate:
            yield Reinstating(
                code,
                row.title,
                Money(amount=aggregate.once(claim), currency=currency),
                terms.count,
                rate,
                ProRata(terms.pro_rata),
                aggregate.cover,
            )
