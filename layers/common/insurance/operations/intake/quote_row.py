"""A row of a batch becomes a quote, by the operation that every quote is made by. It is made once, however often it is tried."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from pydantic_core import to_json

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import (
    InsuranceError,
    InvalidFields,
    KeyReused,
    QuoteNotFound,
    StaleRevision,
    Stopped,
    Unavailable,
)
from insurance.domain.core.identity import new_quote_id
from insurance.domain.core.stored import Stored
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.quarantined_row import REASONS_MAX, RowReason
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command, Query
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer
from insurance.operations.intake.ports import IntakePorts, RowOutcome
from insurance.operations.quoting.make_quote import make_quote, preview_quote
from insurance.operations.quoting.quoted_party import find_quoted_party

OF_THE_PRODUCT: Final = "quote"
"""The rule of a reason that no rule of the source gave: the quote itself was refused."""
NOT_OF_THE_ROW: Final = (StaleRevision, Stopped, Unavailable)
"""What holds a row up without being its fault: the batch tries again later."""


class RowRefused(Exception):
    """The row makes no quote, for these reasons."""

    def __init__(self, reasons: tuple[RowReason, ...]) -> None:
        super().__init__(f"{len(reasons)} reason(s)")
        self.reasons = reasons[:REASONS_MAX]


class Times(NamedTuple):
    """When a row is worked."""

    now: datetime
    """The batch's time: in test mode it may be any."""
    received_at: datetime
    """The time by our own clock."""


def quote_row(
    batch: DataBatch, number: int, record: Mapping[str, Any], at: Times, ports: IntakePorts
) -> RowOutcome:
    """Make the quote that a row asks for, or find the one that it has made.

    Raises:
        RowRefused: The row makes no quote.
        StaleRevision: Others have changed the row's party twice meanwhile.
        Stopped: A stop holds quotes of this.
        Unavailable: Something that is needed did not answer.
    """
    command = _command(batch, number, record, at)
    try:
        answer = _answer(_made(record, command, ports)).body
    except AlreadyAnswered as earlier:
        answer = earlier.answer.body
    except NOT_OF_THE_ROW:
        raise
    except KeyReused:
        raise RowRefused(
            (RowReason(rule=OF_THE_PRODUCT, place="", code="quoted-otherwise"),)
        ) from None
    except InsuranceError as error:
        raise RowRefused(reasons_of(error)) from error
    told: JsonObject = json.loads(answer)
    return RowOutcome(number, told["quote_id"], told["status"])


def _made(record: Mapping[str, Any], command: Command, ports: IntakePorts) -> Stored[Quote]:
    risk = ports.read_risk(record, command.now)
    try:
        return make_quote(risk, command, ports.quoting)
    except StaleRevision:  # somebody was faster at the row's party, which is read again
        return make_quote(risk, command, ports.quoting)


def try_row(
    batch: DataBatch, number: int, record: Mapping[str, Any], at: Times, ports: IntakePorts
) -> RowOutcome:
    """As `quote_row`, and nothing is stored. So nothing is said of what a write alone finds: a row that was quoted otherwise.

    Raises:
        RowRefused: The row would make no quote.
        Stopped: A stop holds quotes of this.
        Unavailable: Something that is needed did not answer.
    """
    query = Query(batch.sender, at.now, at.received_at)
    command = _command(batch, number, record, at)
    try:
        risk = ports.read_risk(record, at.now)
        priced = preview_quote(risk, query, ports.quoting)
        party = find_quoted_party(risk.party, command, ports.quoting)
    except NOT_OF_THE_ROW:
        raise
    except InsuranceError as error:
        raise RowRefused(reasons_of(error)) from error
    return RowOutcome(number, None, priced.judged_for(party.demands)[0])


def reasons_of(error: InsuranceError) -> tuple[RowReason, ...]:
    """Why an operation refused a row."""
    if isinstance(error, InvalidFields):
        return tuple(
            RowReason(rule=OF_THE_PRODUCT, place=fault.pointer, code=fault.code)
            for fault in error.faults
        )
    return (RowReason(rule=OF_THE_PRODUCT, place="", code=_code(type(error).__name__)),)


def _code(name: str) -> str:
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("-")


def quote_of_row(
    batch: DataBatch, number: int, command: Command, ports: IntakePorts
) -> Quote | None:
    """The quote that a row has made, in this batch or in another one of its file."""
    quote_id = new_quote_id(batch.mode, batch.received_by, _key(batch, number))
    try:
        return ports.quoting.quotes.load(quote_id, command).record
    except QuoteNotFound:
        return None


def _key(batch: DataBatch, number: int) -> str:
    return f"{batch.source} {batch.sha256} {number}"


def _command(batch: DataBatch, number: int, record: Mapping[str, Any], at: Times) -> Command:
    """The row's call: by the file and the place in it, so that no second batch of the file quotes it again."""
    idempotency = Idempotency(
        principal=batch.received_by,
        operation="createQuote",
        key=_key(batch, number),
        request_hash=sha256(to_json(record)).digest(),
        now=at.now,
        received_at=at.received_at,
        render=_answer,
    )
    return Command(batch.sender, idempotency)


def _answer(stored: Stored[Quote]) -> RecordedAnswer:
    quote = stored.record
    return RecordedAnswer(json.dumps({"quote_id": quote.id, "status": quote.status}))
