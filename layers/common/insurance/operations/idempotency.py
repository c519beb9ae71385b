"""Idempotency: what makes a repeated command answer as it did the first time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from insurance.domain.core.identity import PartyId, fingerprint

KEPT_FOR = timedelta(days=30)


class RecordedAnswer(NamedTuple):
    """What a command answered: a body, and the entity's tag if it has one.

    The body is JSON text: a replay gives the same characters, not the same facts in another order.
    The route declares the HTTP status, of the first answer and of every replay.
    """

    body: str
    etag: str | None = None
    first: str | None = None
    """The body of the first answer, where it says what is answered once and not recorded: a secret."""


class AlreadyAnswered(Exception):
    """The command was carried out before: here is what was answered, and whose key sealed it, if one did."""

    def __init__(self, answer: RecordedAnswer, party: PartyId | None = None) -> None:
        super().__init__("answered before")
        self.answer, self.party = answer, party


@dataclass(frozen=True, slots=True)
class Idempotency:
    """One caller's idempotency key on one operation, the request it was used for, and the answer.

    `render` turns the command's result into the answer, so that the answer is stored in the
    same transaction as the change it describes.
    """

    principal: str
    operation: str
    key: str
    request_hash: bytes
    now: datetime
    """The caller's time: in test mode it may be any."""
    received_at: datetime
    """The time by our own clock, which decides how long the record is kept."""
    render: Callable[[Any], RecordedAnswer]
    answer: RecordedAnswer | None = None

    @property
    def id(self) -> str:
        return "rcp_" + fingerprint(self.principal, self.operation, self.key).hex()

    @property
    def expires_at(self) -> datetime:
        return self.received_at + KEPT_FOR

    def record(self, result: Any) -> Self:
        """This record with the answer that the command's result gives."""
        return replace(self, answer=self.render(result))
