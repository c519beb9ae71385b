"""Receipts: what makes a repeated command answer as it did the first time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from insurance.domain.core.identity import fingerprint

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered: an HTTP status, a body, and the entity's tag if it has one.

    The body is JSON text: a replay gives the same characters, not the same facts in another order.
    """

    status: int
    body: str
    etag: str | None = None


class AlreadyAnswered(Exception):
    """The receipt is there already: here is what was answered."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Receipt:
    """One caller's one idempotency key on one operation, and what it was used for.

    `renders` turns the command's result into the answer, so that the answer is stored in the
    same transaction as what it speaks of.
    """

    principal: str
    operation: str
    key: str
    request_hash: bytes
    now: datetime
    """The caller's time: in test mode it may be any."""
    received_at: datetime
    """The time by our own clock, which decides how long things are kept."""
    renders: Callable[[Any], Answer]
    answer: Answer | None = None

    @property
    def id(self) -> str:
        return "rcp_" + fingerprint(self.principal, self.operation, self.key).hex()

    @property
    def expires_at(self) -> datetime:
        return self.received_at + KEPT_FOR

    def answered(self, result: Any) -> Self:
        """The receipt with the answer that this result gives."""
        return replace(self, answer=self.renders(result))
