"""How stops are shown."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field

from insurance.api.fields import Code, Subject
from insurance.api.paging import Page
from insurance.api.views.terms import View
from insurance.domain.control.stop import Activity, Stop, StopCause
from insurance.domain.core.identity import StopId
from insurance.operations.controls.change_stops import ChangedStop
from insurance.operations.listing import ListPage


class StopStatus(StrEnum):
    """How far it is from being lifted."""

    IN_FORCE = "in_force"
    LIFT_REQUESTED = "lift_requested"
    """It holds until another person lifts it."""
    LIFTED = "lifted"


class StopView(View):
    """A stop."""

    id: StopId
    status: StopStatus
    activities: Annotated[list[Activity], Field(max_length=len(Activity))]
    product: str | None
    territory: str | None
    partner: str | None
    cause: StopCause
    starts_at: datetime | None
    set_by: Subject
    set_at: datetime
    lift_requested_by: Subject | None
    lift_reason: Code | None

    @classmethod
    def of(cls, stop: Stop) -> Self:
        return cls(**_shown(stop, is_lifted=False))

    @classmethod
    def of_changed(cls, changed: ChangedStop) -> Self:
        return cls(**_shown(changed.stop, is_lifted=changed.is_lifted))


class StopListView(View):
    """A page of the stops that nobody has lifted, by their ids."""

    items: list[StopView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, stops: ListPage[Stop], *, page: Page) -> Self:
        return cls(
            items=[StopView.of(stop) for stop in stops.items],
            next=page.next(stops.next) if stops.next else None,
        )


def _shown(stop: Stop, *, is_lifted: bool) -> dict[str, Any]:
    asked = StopStatus.LIFT_REQUESTED if stop.lift_requested_by else StopStatus.IN_FORCE
    return {**stop.__dict__, "status": StopStatus.LIFTED if is_lifted else asked}
