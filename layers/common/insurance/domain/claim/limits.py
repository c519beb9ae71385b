"""What a claim takes of the limits and deductibles that a policy's claims share."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Self

from insurance.domain.money import Money
from insurance.domain.value import Value


class Draw(Value):
    """So much of one aggregate, reserved when the claim is decided and given back if it is lost."""

    code: str
    kind: Literal["limit", "deductible"]
    amount: Money
    whole: Money
    """All that there is of the aggregate, as the product had it at the decision."""

    def without(self, amount: Money) -> Self:
        """After a payment of this amount was lost. A deductible that was borne stays borne."""
        if self.kind == "deductible":
            return self
        return self.at_most(max(self.amount - amount, Money.zero(self.amount.currency)))

    def at_most(self, amount: Money) -> Self:
        return self.replace(amount=min(self.amount, amount))


class Movement(NamedTuple):
    """How a change moves one aggregate, in minor units."""

    code: str
    change: int
    room: int
    """What others may have used at most, so that the change still fits into the whole."""


def movements(before: Sequence[Draw], after: Sequence[Draw]) -> tuple[Movement, ...]:
    """What has to be taken or given back, aggregate by aggregate; nothing where nothing moves."""
    taken = {draw.code: draw.amount.amount for draw in before}
    now = {draw.code: draw for draw in after}
    found = []
    for code in sorted(taken.keys() | now.keys()):
        draw = now.get(code)
        change = (draw.amount.amount if draw else 0) - taken.get(code, 0)
        if change:
            found.append(Movement(code, change, (draw.whole.amount if draw else 0) - change))
    return tuple(found)
