"""Recoveries: what comes back on a paid claim, and how it is shared with who bore the rest of the loss."""

from enum import StrEnum
from typing import NamedTuple, Self

from insurance.domain.core.errors import WrongState
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class RecoveryKind(StrEnum):
    SUBROGATION = "subrogation"
    """From whoever caused the loss, or their insurer."""
    SALVAGE = "salvage"
    """From what was left of the object: ours, once its loss was paid."""
    THIRD_PARTY = "third_party"
    """From another insurer, a guarantor, the state."""


class RecoveryStatus(StrEnum):
    IDENTIFIED = "identified"
    PURSUED = "pursued"
    PART_RECOVERED = "part_recovered"
    RECOVERED = "recovered"
    ABANDONED = "abandoned"


class RecoveryStep(StrEnum):
    PURSUE = "be pursued"
    RECEIVE_PART = "be received in part"
    RECEIVE_REST = "be received"
    ABANDON = "be abandoned"


NEXT = {
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
    """One way in which a claim's cost comes back. Who owes it stands apart: that is personal."""

    number: int
    kind: RecoveryKind
    status: RecoveryStatus = RecoveryStatus.IDENTIFIED
    expected: Money
    received: Money
    kept: Money
    """The insurer's part of what was received; the rest is the insured's."""
    written_off: Money | None = None
    """What was expected still when it was abandoned."""
    abandoned_because: str | None = None

    def pursued(self) -> Self:
        return self._moved(RecoveryStep.PURSUE)

    def receiving(self, amount: Money, *, kept: Money) -> Self:
        received = self.received + amount
        whole = received >= self.expected
        step = RecoveryStep.RECEIVE_REST if whole else RecoveryStep.RECEIVE_PART
        return self._moved(step).replace(received=received, kept=self.kept + kept)

    def abandoned(self, because: str) -> Self:
        return self._moved(RecoveryStep.ABANDON).replace(
            written_off=self.expected - self.received, abandoned_because=because
        )

    def _moved(self, step: RecoveryStep) -> Self:
        status = NEXT.get((self.status, step))
        if status is None:
            raise WrongState(f"Recovery {self.number}", self.status.replace("_", " "), step)
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
