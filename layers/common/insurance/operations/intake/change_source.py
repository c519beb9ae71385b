"""Write sources, take them through their life, and read them."""

from typing import Final

from pydantic_core import to_json

from insurance.domain.core.errors import FieldFault, InvalidFields, SourceNotFound
from insurance.domain.core.review import ReviewStep
from insurance.domain.core.stored import Stored
from insurance.domain.intake.event_types import SourceEventType
from insurance.domain.intake.mapping import compile_mapping
from insurance.domain.intake.source import (
    MAPPING_BYTES_MAX,
    DataSource,
    RowKind,
    SourceText,
)
from insurance.operations.command import Command, Query
from insurance.operations.intake.ports import SourcePorts
from insurance.operations.listing import ListPage, ListRange, page_of

EVENTS: Final = {
    ReviewStep.SUBMIT: SourceEventType.SUBMITTED,
    ReviewStep.SEND_BACK: SourceEventType.SENT_BACK,
    ReviewStep.APPROVE: SourceEventType.APPROVED,
    ReviewStep.WITHDRAW: SourceEventType.WITHDRAWN,
}


def draft_source(
    code: str, text: SourceText, command: Command, ports: SourcePorts
) -> Stored[DataSource]:
    """Write a source of the caller's mode, or a new version of it. What is in force stays.

    Raises:
        InvalidFields: The mapping cannot be read, or is too large.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The newest version waits for approval.
    """
    check_mapping(text)
    before = ports.sources.load(code, command)
    command.check_revision(before, code)
    by, now = command.actor, command.now
    source = (
        before.record.redrafted(text, by=by, now=now)
        if before
        else DataSource.drafted(command.caller.mode, code, text, by=by, now=now)
    )
    return _store(source, SourceEventType.DRAFTED, before, command, ports)


def advance_source(
    code: str, step: ReviewStep, reason: str, command: Command, ports: SourcePorts
) -> Stored[DataSource]:
    """Submit a draft, send it back, approve it as another person, or withdraw what is in force.

    Raises:
        SourceNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The step does not follow from where the source stands.
        SamePerson: An author would approve what they wrote.
    """
    before = ports.sources.load(code, command)
    if before is None:
        raise SourceNotFound(code)
    command.check_revision(before, code)
    after = before.record.taken(step, by=command.actor, now=command.now, reason=reason)
    return _store(after, EVENTS[step], before, command, ports)


def read_source(code: str, query: Query, ports: SourcePorts) -> Stored[DataSource]:
    """A source of the caller's mode.

    Raises:
        SourceNotFound: There is none.
    """
    return ports.sources.get(query.caller.mode, code)


def list_sources(part: ListRange, query: Query, ports: SourcePorts) -> ListPage[DataSource]:
    """Part of the sources of the caller's mode, by their codes."""
    entries = ports.sources.sources(query.caller.mode, part)
    return page_of(entries, part.limit, lambda source: source)


def check_mapping(text: SourceText) -> None:
    """Refuse a mapping that cannot be read, each fault with its place.

    Raises:
        InvalidFields: It cannot be read, or is too large.
    """
    if len(to_json(text.mapping)) > MAPPING_BYTES_MAX:
        detail = f"A mapping has at most {MAPPING_BYTES_MAX:,} bytes."
        raise InvalidFields([FieldFault("/mapping", "too-long", detail)])
    try:
        compile_mapping(text.mapping)
    except InvalidFields as error:
        placed = [fault._replace(pointer=f"/mapping{fault.pointer}") for fault in error.faults]
        raise InvalidFields(placed) from error
    if text.mapping["kind"] not in set(RowKind):
        detail = f"A row is one of: {', '.join(RowKind)}."
        raise InvalidFields([FieldFault("/mapping/kind", "not-a-choice", detail)])


def _store(
    source: DataSource,
    type: SourceEventType,
    before: Stored[DataSource] | None,
    command: Command,
    ports: SourcePorts,
) -> Stored[DataSource]:
    event = command.event(source.id, source, type, before)
    stored = Stored(source, event.head, None)
    ports.sources.store(event, source, before, command.with_answer(stored))
    return stored
