"""Who acts when nobody calls: the clockwork's name, its authority, and its receipts."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import Mode
from insurance.operations.receipt import Answer, Receipt

CLOCKWORK: Final = "clockwork"
"""The actor of what is done without a caller."""


def clockwork(mode: Mode) -> Caller:
    """It sees the book of its mode, and has no role: what needs a person it leaves to one."""
    return Caller(
        principal=CLOCKWORK,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset(),
        scopes=frozenset(),
        mode=mode,
    )


def receipt_for(mode: Mode, step: str, subject: str, now: datetime) -> Receipt:
    """A step's receipt is named for the step and for what it is taken on: it is taken once."""
    operation = f"{mode} clockwork {step}"
    return Receipt(
        principal=CLOCKWORK,
        operation=operation,
        key=subject,
        request_hash=sha256(f"{operation} {subject}".encode()).digest(),
        now=now,
        received_at=now,
        renders=_nothing,
    )


def after(now: datetime, *heads: StreamPosition) -> datetime:
    """Now, and never before or at what was done last: a test book's clock may be behind what its
    owner did, and what was known at an instant stays what was known then."""
    touched = [head.processed_at for head in heads if head.processed_at is not None]
    return max(now, *(each + timedelta(microseconds=1) for each in touched))


def _nothing(_result: Any) -> Answer:
    """Nobody waits for an answer."""
    return Answer(200, "{}")
