"""A command is carried out once: a repeated call is answered as the first was."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple

from pydantic import BaseModel

from insurance.api.call import Call
from insurance.domain.core.errors import AccountMoved, InsuranceError, StaleRevision, Unavailable
from insurance.domain.core.identity import PartyId
from insurance.domain.core.packing import canonical
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer

REVISION_TRIES = 5


class Answered(NamedTuple):
    """The answer of a command, and whether it is the first call's answer again."""

    answer: RecordedAnswer
    replayed: bool = False
    party: PartyId | None = None
    """Of a replay: the party whose key sealed the answer."""


def idempotency_of(call: Call, operation: str, show: Callable[[Any], BaseModel]) -> Idempotency:
    """The idempotency record of one call; `operation` is the route's method and path."""
    latest: list[tuple[Any, RecordedAnswer]] = []

    def render(result: Any) -> RecordedAnswer:
        """Once for each result: what is stored is what is answered."""
        if not latest or latest[-1][0] is not result:
            latest.append((result, recorded(show(result))))
        return latest[-1][1]

    request = {"path": call.path, "body": call.sent}
    return Idempotency(
        principal=call.caller.principal,
        operation=f"{call.caller.mode} {operation}",
        key=call.key,
        request_hash=sha256(canonical(request)).digest(),
        now=call.now,
        received_at=call.received_at,
        render=render,
    )


def recorded(view: BaseModel) -> RecordedAnswer:
    """A view as it is answered, and stored. A view with `as_recorded` says more in the first answer."""
    body = view.model_dump_json(exclude_none=True)
    tag = getattr(view, "etag", None)
    as_recorded = getattr(view, "as_recorded", None)
    if as_recorded is None:
        return RecordedAnswer(body, tag)
    return RecordedAnswer(as_recorded().model_dump_json(exclude_none=True), tag, first=body)


def carry_out(
    command: Command, run: Callable[[Command], Any], find_replay: Callable[[Command], None]
) -> Answered:
    """Run a command once.

    A revision that was lost to somebody else is decided again, unless the caller named it; so is
    what depends on an account that the caller did not name. Before any refusal an earlier answer
    is looked for: a replay is never refused.

    Raises:
        InsuranceError: What the command refused.
        Unavailable: Others changed the same object each time.
    """
    for _ in range(REVISION_TRIES):
        try:
            return Answered(command.idempotency.render(run(command)))
        except AlreadyAnswered as earlier:
            return Answered(earlier.answer, replayed=True, party=earlier.party)
        except Unavailable:
            raise
        except InsuranceError as refusal:
            if _is_decided_again(refusal, command):
                continue
            try:
                find_replay(command)
            except AlreadyAnswered as earlier:
                return Answered(earlier.answer, replayed=True, party=earlier.party)
            raise
    raise Unavailable("What you are changing")


def _is_decided_again(refusal: InsuranceError, command: Command) -> bool:
    lost_revision = isinstance(refusal, StaleRevision) and command.expected_revision is None
    return lost_revision or isinstance(refusal, AccountMoved)
