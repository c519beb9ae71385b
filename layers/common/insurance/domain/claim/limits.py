"""What a claim takes of the limits and deductibles that a policy's claims share."""

from collections.abc import Sequence
from typing import Literal, Self

from insurance.domain.core.identity import PolicyId
from insurance.domain.core.money import Money
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.value import Value


class LimitUsage(Value):
    """So much of one aggregate, reserved when the claim is decided and given back if it is lost."""

    code: str
    kind: Literal["limit", "deductible"]
    amount: Money
    whole: Money
    """All that there is of the aggregate, as the product had it at the decision."""
    pool: PolicyId | None = None
    """The first term's policy, where claims of every term share it; None: those of this term do."""

    def without(self, amount: Money) -> Self:
        """After a payment of this amount was lost. A deductible that was borne stays borne."""
        if self.kind == "deductible":
            return self
        return self.at_most(max(self.amount - amount, Money.zero(self.amount.currency)))

    def with_again(self, amount: Money) -> Self:
        """After a payment that was thought lost turned out to be paid."""
        if self.kind == "deductible":
            return self
        return self.replace(amount=min(self.amount + amount, self.whole))

    def at_most(self, amount: Money) -> Self:
        return self.replace(amount=min(self.amount, amount))


def movements(
    before: Sequence[LimitUsage], after: Sequence[LimitUsage]
) -> tuple[LimitMovement, ...]:
    """What has to be taken or given back, aggregate by aggregate; nothing where nothing moves."""
    earlier = {usage.code: usage for usage in before}
    now = {usage.code: usage for usage in after}
    moves = (_movement(earlier.get(code), now.get(code)) for code in sorted({*earlier, *now}))
    return tuple(move for move in moves if move.change)


def _movement(before: LimitUsage | None, after: LimitUsage | None) -> LimitMovement:
    """The move of one aggregate, which is used before the change, after it, or both."""
    usage = after or before
    if usage is None:
        raise ValueError("an aggregate that is used neither before nor after does not move")
    change = (after.amount.amount if after else 0) - (before.amount.amount if before else 0)
    room = (after.whole.amount if after else 0) - change
    return LimitMovement(usage.code, change, room, usage.pool)
