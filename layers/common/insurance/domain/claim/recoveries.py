"""Steps on the recoveries of a claim: identify, pursue, receive, abandon."""

from typing import NamedTuple

from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import RECOVERIES_MAX, Claim
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.recovery import (
    Borne,
    Recovery,
    RecoveryKind,
    Sharing,
    insurers_part,
)
from insurance.domain.claim.reserve import CostType, ReserveReason
from insurance.domain.claim.task import HANDLER, Task
from insurance.domain.claim.totals import outlay_counted
from insurance.domain.core.errors import RecoveryNotFound, WrongState
from insurance.domain.core.house_authority import Outlay, check_house_authority
from insurance.domain.core.money import Money, total
from insurance.domain.core.tasks import TaskCode


class RecoveryInput(NamedTuple):
    """A way in which money that was paid may come back."""

    kind: RecoveryKind
    against: str
    """Who owes it, or who buys what is left."""
    expected: Money


def identify_recovery(claim: Claim, recovery: RecoveryInput) -> ClaimChange:
    """Add a recovery to a claim.

    Raises:
        WrongState: Nothing was paid on the claim, so nothing can come back.
        ClaimFull: It has as many recoveries as it can hold.
    """
    if not claim.committed_of(CostType.INDEMNITY):
        raise WrongState(f"Claim {claim.id}", "not paid", "be recovered")
    claim.check_room(len(claim.recoveries), RECOVERIES_MAX, "recoveries")
    nothing = Money.zero(claim.claimed.currency)
    identified = Recovery(
        number=len(claim.recoveries) + 1,
        kind=recovery.kind,
        expected=recovery.expected + nothing,  # refuses another currency than the claim's
        received=nothing,
        kept=nothing,
    )
    changed = claim.replace(
        recoveries=(*claim.recoveries, identified),
        debtors=(claim.debtors or {}) | {str(identified.number): recovery.against},
    )
    return ClaimChange(changed, ClaimEventType.RECOVERY_IDENTIFIED)


def pursue_recovery(claim: Claim, number: str) -> ClaimChange:
    """Note that the debtor is asked for the money.

    Raises:
        RecoveryNotFound: The claim has no recovery of this number.
        WrongState: It is not just identified.
    """
    pursued = _recovery(claim, number).pursued()
    return ClaimChange(_with_recovery(claim, pursued), ClaimEventType.RECOVERY_PURSUED)


def receive_recovery(
    claim: Claim, number: str, amount: Money, sharing: Sharing, act: Act
) -> ClaimChange:
    """Post money that came in: the insurer's part is income, the insured's part is paid on to them.

    Raises:
        RecoveryNotFound: The claim has no recovery of this number.
        WrongState: The recovery is not pursued, or it has come to its end.
        NoAuthority: So much more comes in than was expected that the caller may not post it.
        SignInTooOld: It needs a sign-in just before.
        ClaimFull: The claim has as many payments as it can hold.
    """
    recovery = _recovery(claim, number)
    nothing = Money.zero(claim.claimed.currency)
    unexpected = max(recovery.received + amount - recovery.expected, nothing)
    check_house_authority(act.caller, Outlay.UNEXPECTED_RECEIPT, unexpected)
    kept = insurers_part_of(claim, amount, recovery.kind, sharing)
    received = _with_recovery(claim, recovery.receiving(amount, kept=kept))
    counted = outlay_counted(Outlay.UNEXPECTED_RECEIPT, unexpected, act)
    paying = _pay_insured_share(received, amount - kept, act)
    return ClaimChange(paying, ClaimEventType.RECOVERY_RECEIVED, totals=counted)


def abandon_recovery(claim: Claim, number: str, reason_code: str, act: Act) -> ClaimChange:
    """Give a recovery up and write off what was still expected.

    Raises:
        RecoveryNotFound: The claim has no recovery of this number.
        WrongState: The recovery has come to its end already.
        NoAuthority: More is written off than the limits of the caller's roles allow.
        SignInTooOld: The write-off needs a sign-in just before.
    """
    recovery = _recovery(claim, number)
    abandoned = recovery.abandoned(reason_code)
    given_up = recovery.expected - recovery.received
    check_house_authority(act.caller, Outlay.WRITE_OFF, given_up)
    counted = outlay_counted(Outlay.WRITE_OFF, given_up, act)
    changed = _with_recovery(claim, abandoned)
    return ClaimChange(changed, ClaimEventType.RECOVERY_ABANDONED, totals=counted)


def insurers_part_of(claim: Claim, amount: Money, kind: RecoveryKind, sharing: Sharing) -> Money:
    """The insurer's part of an amount that comes in now, after all that came before.

    Salvage is not shared: what is left of a paid loss is the insurer's.
    """
    nothing = Money.zero(claim.claimed.currency)
    paid = claim.committed_of(CostType.INDEMNITY)
    still_out = max(paid - claim.recovered, nothing)
    if kind is RecoveryKind.SALVAGE:
        return min(amount, still_out)
    shared = [other for other in claim.recoveries if other.kind is not RecoveryKind.SALVAGE]
    received = total((other.received for other in shared), amount.currency)
    kept = total((other.kept for other in shared), amount.currency)
    borne = Borne(paid, max(claim.claimed - paid, nothing))
    part = insurers_part(received + amount, borne, sharing) - kept
    return min(max(part, nothing), still_out)


def _pay_insured_share(claim: Claim, share: Money, act: Act) -> Claim:
    """Owe the insured their part from now on, in a payment that a second person approves."""
    if not share:
        return claim
    owed = claim.reserve_of(CostType.INSURED_SHARE) + share
    reserved = claim.with_reserve(
        CostType.INSURED_SHARE, owed, ReserveReason.RECOVERY, by=act.by, at=act.at
    )
    task = Task(
        role=HANDLER,
        code=TaskCode.APPROVE_PAYMENT,
        reason=f"{share} of the recovery is the insured's.",
        since=act.at,
    )
    return reserved.paying(
        CostType.INSURED_SHARE, share, status=PaymentStatus.AWAITING_APPROVAL, by=act.by
    ).asking(task)


def _recovery(claim: Claim, number: str) -> Recovery:
    for recovery in claim.recoveries:
        if str(recovery.number) == number:
            return recovery
    raise RecoveryNotFound(number)


def _with_recovery(claim: Claim, changed: Recovery) -> Claim:
    return claim.replace(
        recoveries=tuple(
            changed if recovery.number == changed.number else recovery
            for recovery in claim.recoveries
        )
    )
