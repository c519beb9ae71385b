"""Control totals: the figures of policies that a batch brings, to be equal to the source's to the last minor unit."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from insurance.domain.core.money import Currency
from insurance.domain.core.value import Value

ProductCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Units = Annotated[int, Field(ge=-(10**15), le=10**15)]


class PolicyFigures(Value):
    """Policies of one product and currency; sums in whole minor units."""

    product: ProductCode
    currency: Currency
    policies: Annotated[int, Field(ge=0, le=10**8)] = 1
    written: Units
    """Net premium of the term, with every change since."""
    unearned: Units
    """What of it is still to be earned at the cut-over."""
    outstanding: Units
    """What customers still owe."""
    paid: Units
    """What came in from them."""

    @property
    def group(self) -> tuple[str, str]:
        return self.product, self.currency

    def plus(self, other: Self) -> Self:
        """The sums of two figures of one group."""
        return self.replace(
            policies=self.policies + other.policies,
            written=self.written + other.written,
            unearned=self.unearned + other.unearned,
            outstanding=self.outstanding + other.outstanding,
            paid=self.paid + other.paid,
        )


def totals_of(figures: Iterable[PolicyFigures]) -> tuple[PolicyFigures, ...]:
    """One sum for each product and currency, in order."""
    totals: dict[tuple[str, str], PolicyFigures] = {}
    for each in figures:
        before = totals.get(each.group)
        totals[each.group] = before.plus(each) if before else each
    return tuple(totals[group] for group in sorted(totals))


def digest_with(digest: str, *others: str) -> str:
    """A digest of all: the sum of SHA-256 digests, so that their order makes no difference."""
    total = sum(int(each, 16) for each in (digest, *others) if each)
    return f"{total % 2**256:064x}"
