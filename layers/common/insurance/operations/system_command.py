"""The idempotency records of scheduled jobs, and the time that they work by."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.system_actor import SYSTEM_ACTOR, system_actor
from insurance.operations.command import Command
from insurance.operations.idempotency import Idempotency, RecordedAnswer


def idempotency_of_step(mode: Mode, step: str, subject: str, now: datetime) -> Idempotency:
    """The idempotency record of one step of a job on one subject, so that the step is done once."""
    operation = f"{mode} {SYSTEM_ACTOR} {step}"
    return Idempotency(
        principal=SYSTEM_ACTOR,
        operation=operation,
        key=subject,
        request_hash=sha256(f"{operation} {subject}".encode()).digest(),
        now=now,
        received_at=now,
        render=_empty_answer,
    )


def command_for(mode: Mode, step: str, subject: str, now: datetime) -> Command:
    """One step of a job on one subject as a command, so that the step is done once."""
    return Command(system_actor(mode), idempotency_of_step(mode, step, subject, now))


def instant_after(now: datetime, *heads: StreamPosition) -> datetime:
    """Now, or just after the last event of these streams if that is later.

    A partner's test clock may be behind the events of its policies. What was known at an instant
    must stay what was known then.
    """
    touched = [head.processed_at for head in heads if head.processed_at is not None]
    return max(now, *(at + timedelta(microseconds=1) for at in touched))


def _empty_answer(_result: Any) -> RecordedAnswer:
    """Nobody waits for an answer."""
    return RecordedAnswer("{}")
