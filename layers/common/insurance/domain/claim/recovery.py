"""Recoveries: what comes back on a paid claim, and how insurer and insured share it."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from insurance.domain.core.errors import WrongState
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class RecoveryKind(StrEnum):
    SUBROGATION = "subrogation"
    """From the person who caused the loss, or their insurer."""
    SALVAGE = "salvage"
    """From the sale of what is left of the object: it is the insurer's once the loss was paid."""
    THIRD_PARTY = "third_party"
    """From another insurer, a guarantor, the state."""


class RecoveryStatus(StrEnum):
    IDENTIFIED = "identified"
    """Somebody may owe it; nobody was asked."""
    PURSUED = "pursued"
    """The debtor was asked for it."""
    PART_RECOVERED = "part_recovered"
    """Some of it came in."""
    RECOVERED = "recovered"
    """All that was expected came in."""
    ABANDONED = "abandoned"
    """It was given up, and what was still expected is written off."""


class RecoveryStep(StrEnum):
    PURSUE = "pursue"
    RECEIVE_PART = "receive_part"
    RECEIVE_REST = "receive_rest"
    ABANDON = "abandon"


REFUSED_STEPS: Final = MappingProxyType(
    {
        RecoveryStep.PURSUE: "be pursued",
        RecoveryStep.RECEIVE_PART: "be received in part",
        RecoveryStep.RECEIVE_REST: "be received",
        RecoveryStep.ABANDON: "be abandoned",
    }
)
"""How a refusal names the step: "it cannot be pursued"."""


NEXT: Final = {
    (RecoveryStatus.IDENTIFIED, RecoveryStep.PURSUE): RecoveryStatus.PURSUED,
    (RecoveryStatus.IDENTIFIED, RecoveryStep.ABANDON): RecoveryStatus.ABANDONED,
    (RecoveryStatus.PURSUED, RecoveryStep.RECEIVE_PART): RecoveryStatus.PART_RECOVERED,
    (RecoveryStatus.PURSUED, RecoveryStep.RECEIVE_REST): RecoveryStatus.RECOVERED,
    (RecoveryStatus.PURSUED, RecoveryStep.ABANDON): RecoveryStatus.ABANDONED,
    (RecoveryStatus.PART_RECOVERED, RecoveryStep.RECEIVE_PART): RecoveryStatus.PART_RECOVERED,
    (RecoveryStatus.PART_RECOVERED, RecoveryStep.RECEIVE_REST): RecoveryStatus.RECOVERED,
    (RecoveryStatus.PART_RECOVERED, RecoveryStep.ABANDON): RecoveryStatus.ABANDONED,
}


class Recovery(Value):
    """One way in which a claim's cost comes back. The debtor's name is personal: the claim has it."""

    number: int
    kind: RecoveryKind
    status: RecoveryStatus = RecoveryStatus.IDENTIFIED
    expected: Money
    received: Money
    kept: Money
    """The insurer's share of the receipts; the rest is the insured's."""
    written_off: Money | None = None
    """What was expected still when it was abandoned."""
    abandoned_because: str | None = None

    def pursued(self) -> Self:
        """The recovery, once the debtor is asked for it.

        Raises:
            WrongState: It is not just identified.
        """
        return self._moved(RecoveryStep.PURSUE)

    def receiving(self, amount: Money, *, kept: Money) -> Self:
        """The recovery with money that came in.

        Args:
            amount: What came in.
            kept: The insurer's part of it.

        Raises:
            WrongState: It is not pursued, or it has come to its end.
        """
        received = self.received + amount
        whole = received >= self.expected
        step = RecoveryStep.RECEIVE_REST if whole else RecoveryStep.RECEIVE_PART
        return self._moved(step).replace(received=received, kept=self.kept + kept)

    def abandoned(self, because: str) -> Self:
        """The recovery, given up; the amount still expected is written off.

        Raises:
            WrongState: It has come to its end already.
        """
        return self._moved(RecoveryStep.ABANDON).replace(
            written_off=self.expected - self.received, abandoned_because=because
        )

    def _moved(self, step: RecoveryStep) -> Self:
        status = NEXT.get((self.status, step))
        if status is None:
            raise WrongState(
                f"Recovery {self.number}",
                self.status.replace("_", " "),
                step,
                shown=REFUSED_STEPS[step],
            )
        return self.replace(status=status)


class Sharing(StrEnum):
    """Who comes first when less comes back than was lost; the product says."""

    PRO_RATA = "pro_rata"
    """Insurer and insured in the proportion in which they bore the loss."""
    MADE_WHOLE = "made_whole"
    """The insured first, until nothing of the loss is left with them."""
    INSURER_FIRST = "insurer_first"


class Borne(NamedTuple):
    """How the loss lies before anything comes back."""

    by_insurer: Money
    by_insured: Money


def insurers_part(received: Money, borne: Borne, sharing: Sharing) -> Money:
    """The insurer's part of all that was received so far: never more than was paid.

    Worked out on the sum, so that it does not matter in how many parts the money came.
    """
    nothing = Money.zero(received.currency)
    if sharing is Sharing.MADE_WHOLE:
        part = max(received - borne.by_insured, nothing)
    elif sharing is Sharing.INSURER_FIRST or not borne.by_insured:
        part = received
    else:
        part, _ = received.split((borne.by_insurer.amount, borne.by_insured.amount))
    return min(part, borne.by_insurer)
