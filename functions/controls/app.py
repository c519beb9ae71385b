"""Stops: what holds calls back beside roles and scopes."""

from http import HTTPStatus
from typing import Annotated

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Code, Instant, Territory
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.controls import StopListView, StopView
from insurance.domain.control.stop import Activity, Stop, StopCause
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import SamePerson, TooManyStops
from insurance.domain.core.roles import EVERY_ROLE, STOPPERS
from insurance.domain.core.scopes import Scope
from insurance.domain.partner.partner import PartnerCode
from insurance.operations.command import Command, Query
from insurance.operations.controls.change_stops import (
    ChangedStop,
    StopInput,
    lift_stop,
    list_stops,
    set_stop,
)
from insurance.operations.listing import ListPage
from pydantic import Field

stops = bundles.stop_ports()
api = Api(wiring.stores().staff_idempotency.find_replay)
handler = api.entrypoint()

WHO = {CallerKind.STAFF}


class StopRequest(Request):
    """What is to be held. Without product, territory or partner all of them are."""

    activities: Annotated[list[Activity], Field(min_length=1, max_length=len(Activity))]
    cause: StopCause
    product: Code | None = None
    territory: Territory | None = None
    partner: PartnerCode | None = None
    starts_at: Instant | None = None
    """Absent: at once."""

    def stop(self) -> StopInput:
        return StopInput(
            activities=tuple(self.activities),
            **self.model_dump(exclude={"activities"}),
        )


class LiftRequest(Request):
    """Why it may go on."""

    reason: Code


@api.command(
    "/v1/stops",
    operation_id="setStop",
    summary="Hold quoting, binding, renewing or paying",
    scope=Scope.CONTROLS_WRITE,
    callers=WHO,
    roles=STOPPERS,
    status=HTTPStatus.CREATED,
    shows=StopView.of_changed,
    raises=(TooManyStops,),
)
def post_stop(request: StopRequest, command: Command) -> ChangedStop:
    """One person is enough. Once this is answered, no call that comes later gets past the stop."""
    return set_stop(request.stop(), command, stops)


@api.query(
    "/v1/stops",
    operation_id="listStops",
    summary="List the stops in force",
    scope=Scope.CONTROLS_READ,
    callers=WHO,
    roles=EVERY_ROLE,
    shows=StopListView,
    paged="stops",
)
def get_stops(page: Page, query: Query) -> ListPage[Stop]:
    return list_stops(page, query, stops)


@api.command(
    "/v1/stops/{stop_id}/lift",
    operation_id="liftStop",
    summary="Lift a stop, as one of two people",
    scope=Scope.CONTROLS_WRITE,
    callers=WHO,
    roles=STOPPERS,
    shows=StopView.of_changed,
    raises=(SamePerson,),
)
def post_lift(stop_id: str, request: LiftRequest, command: Command) -> ChangedStop:
    """The first person's call asks for it, and the stop still holds; another person's call lifts it. Who set the
    stop may ask, and does not have the last word."""
    return lift_stop(stop_id, request.reason, command, stops)
