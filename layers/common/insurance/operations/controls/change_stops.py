"""Set stops, lift them with two people, and read them."""

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from insurance.domain.control.event_types import StopEventType
from insurance.domain.control.stop import QUOTE_LEASE_SECONDS, Activity, Stop, Stops
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.identity import Mode, new_stop_id
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command, Query
from insurance.operations.controls.ports import StopPorts
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.listing import ListEntry, ListPage, ListRange, page_of

if TYPE_CHECKING:
    from insurance.operations.products.ports import ProductRange


class StopInput(NamedTuple):
    """What somebody wants held."""

    activities: tuple[Activity, ...]
    cause: str
    product: str | None = None
    territory: str | None = None
    partner: str | None = None
    starts_at: datetime | None = None
    """None: at once."""


class ChangedStop(NamedTuple):
    """A stop after a command, and whether it still holds."""

    stop: Stop
    is_lifted: bool = False


def set_stop(wanted: StopInput, command: Command, ports: StopPorts) -> ChangedStop:
    """Set a stop in the caller's mode. Answered when every call that comes later meets it.

    Raises:
        InvalidFields: There is no such product, or none is sold in such a territory.
        TooManyStops: There are as many as can be.
    """
    before = _load(command, ports)
    _check_names(wanted, command.caller.mode, ports.products)
    stop = Stop(
        id=new_stop_id(command.caller.mode, command.actor, command.idempotency.key),
        activities=tuple(dict.fromkeys(wanted.activities)),
        product=wanted.product,
        territory=wanted.territory,
        partner=wanted.partner,
        cause=wanted.cause,
        starts_at=wanted.starts_at,
        set_by=command.actor,
        set_at=command.now,
    )
    changed = ChangedStop(stop)
    _store(before.record.with_stop(stop), StopEventType.SET, changed, before, command, ports)
    _wait_for_quotes(stop, ports)
    return changed


def _check_names(wanted: StopInput, mode: Mode, products: "ProductRange") -> None:
    """Refuse what would hold nothing, so that nobody believes it does.

    Raises:
        InvalidFields: As `set_stop`.
    """
    product, territory = wanted.product, wanted.territory
    if product and product not in products.codes(mode):
        raise InvalidFields([FieldFault("/product", "unknown", UNKNOWN_PRODUCT)])
    if territory and territory not in products.territories(mode, product):
        raise InvalidFields([FieldFault("/territory", "unknown", UNKNOWN_TERRITORY)])


UNKNOWN_PRODUCT: Final = "Name a product by its code: personal_motor."
UNKNOWN_TERRITORY: Final = "Name a territory in which a version of the product is sold: GB."


def lift_stop(stop_id: str, reason: str, command: Command, ports: StopPorts) -> ChangedStop:
    """Ask that a stop is lifted or, as the second person, lift it.

    Raises:
        StopNotFound: There is none in the caller's mode, or it was lifted.
        SamePerson: The caller asked for it, or set the stop and would have the last word.
    """
    before = _load(command, ports)
    stop = before.record.stop(stop_id)
    if stop.lift_requested_by is None:
        after = before.record.lift_asked(stop_id, by=command.actor, reason=reason)
        changed = ChangedStop(after.stop(stop_id))
        _store(after, StopEventType.LIFT_REQUESTED, changed, before, command, ports)
    else:
        after = before.record.lifted(stop_id, by=command.actor, now=command.now)
        changed = ChangedStop(after.last_lifted or stop, is_lifted=True)
        _store(after, StopEventType.LIFTED, changed, before, command, ports)
        _wait_for_quotes(stop, ports)
    return changed


def list_stops(part: ListRange, query: Query, ports: StopPorts) -> ListPage[Stop]:
    """Part of the stops of the caller's mode that nobody has lifted, by their ids."""
    stops = sorted(ports.stops.get(query.caller.mode).record.stops, key=lambda stop: stop.id)
    entries = [ListEntry(stop.id, stop) for stop in stops if stop.id > part.after]
    return page_of(entries[: part.limit], part.limit, lambda stop: stop)


def _load(command: Command, ports: StopPorts) -> Stored[Stops]:
    """The stops. A repetition waits too: the first call may have been stored a moment ago."""
    try:
        return ports.stops.load(command.caller.mode, command)
    except AlreadyAnswered:
        ports.wait(QUOTE_LEASE_SECONDS)
        raise


def _wait_for_quotes(stop: Stop, ports: StopPorts) -> None:
    """Until no process makes quotes by an earlier state of the stops."""
    if Activity.QUOTE in stop.activities:
        ports.wait(QUOTE_LEASE_SECONDS)


def _store(
    stops: Stops,
    type: StopEventType,
    changed: ChangedStop,
    before: Stored[Stops],
    command: Command,
    ports: StopPorts,
) -> None:
    event = command.event(stops.id, stops, type, before if before.head.sequence else None)
    ports.stops.store(event, before, command.with_answer(changed))
