"""Transactions as they are requested."""

from datetime import datetime
from typing import Any, NamedTuple

from insurance.domain.contract.proration import Share
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transaction import Initiator, Transaction, TransactionKind
from insurance.domain.policy.transfer_record import Transferred


class TransactionInput(NamedTuple):
    """A transaction as a caller requests it."""

    kind: TransactionKind
    effective_at: datetime
    by: Initiator = Initiator.POLICYHOLDER
    reason: str | None = None
    answers: dict[str, Any] | None = None
    """By question code; the other answers stay."""
    options: tuple[str, ...] | None = None
    gap: bool = False
    no_known_loss: bool = False
    number: int | None = None
    """Of the transaction to reverse."""
    transfer: Transferred | None = None
    not_due: Share | None = None
    """Of a transfer to another broker: what of the premium falls due then or later, where that matters."""


def request_of(policy: Policy, made: Transaction) -> TransactionInput:
    """The transaction as it was requested."""
    changed = (policy.changed or {}).get(str(made.number))
    return TransactionInput(
        kind=made.kind,
        effective_at=made.effective_at,
        by=made.by,
        reason=made.reason,
        answers=changed.asked if changed else None,
        options=made.options,
        gap=made.gap,
        no_known_loss=made.no_known_loss,
        transfer=made.transfer,
        not_due=made.computation.share if made.transfer else None,
    )
