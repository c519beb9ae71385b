"""Stops: quoting, binding, renewing or paying held back, until two people let it go on.

All stops of a mode are one aggregate, so that a command reads them as one item, in the read that it
makes anyway.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final, NamedTuple, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import StopNotFound, Stopped, TooManyStops
from insurance.domain.core.identity import Mode, StopId, stops_id_for
from insurance.domain.core.segregation import OfficeDuty, check_segregation
from insurance.domain.core.value import Value

STOPS_MAX: Final = 50
"""In one mode at once: they are read with every command that they may hold."""

QUOTE_LEASE_SECONDS: Final = 3
"""How long a process makes quotes by the stops that it read last: a quote makes no read of its own that
they could come with. Who sets a stop is answered when no process goes by an earlier state any more."""

StopCause = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""Why, as a code: `rate_error`, `flood_warning`."""


class Activity(StrEnum):
    """What a stop may hold."""

    QUOTE = "quote"
    """Prices for new business, previews too."""
    BIND = "bind"
    """The issue of a policy from a quote of new business."""
    RENEW = "renew"
    """The offer of another term, and the issue of its policy."""
    PAY = "pay"
    """Payments to the bank: they wait, and go on when the stop is lifted."""


class Reach(NamedTuple):
    """Of what a command is about: None stands for what nobody knows there."""

    product: str | None
    territory: str | None
    partner: str | None


class Stop(Value):
    """One stop. Without product, territory or partner it holds all of them."""

    id: StopId
    activities: tuple[Activity, ...]
    product: str | None = None
    territory: str | None = None
    partner: str | None = None
    cause: StopCause
    starts_at: AwareDatetime | None = None
    """By our own clock, whatever time a caller in test mode has. None: at once."""
    set_by: str
    set_at: AwareDatetime
    lift_requested_by: str | None = None
    lift_reason: str | None = None
    lifted_by: str | None = None
    lifted_at: AwareDatetime | None = None

    def holds(self, activity: Activity, reach: Reach, now: AwareDatetime) -> bool:
        """Whether it holds this now. What nobody knows is held: better late than wrong."""
        if activity not in self.activities or (self.starts_at and now < self.starts_at):
            return False
        named = (self.product, self.territory, self.partner)
        return all(
            wanted is None or found is None or wanted == found
            for wanted, found in zip(named, reach, strict=True)
        )


class Stops(Record):
    """The stops of a mode that nobody has lifted."""

    id: Internal[str]
    stops: Internal[Annotated[tuple[Stop, ...], Field(max_length=STOPS_MAX)]] = ()
    last_lifted: Internal[Stop | None] = None
    """The one that the last event lifted, so that the event says which."""

    @classmethod
    def of(cls, mode: Mode) -> Self:
        """Before any stop was set."""
        return cls(id=stops_id_for(mode))

    def stop(self, stop_id: str) -> Stop:
        """A stop that nobody has lifted.

        Raises:
            StopNotFound: There is none, or it was lifted.
        """
        for stop in self.stops:
            if stop.id == stop_id:
                return stop
        raise StopNotFound(stop_id)

    def with_stop(self, stop: Stop) -> Self:
        """One stop more.

        Raises:
            TooManyStops: There are as many as can be.
        """
        if len(self.stops) >= STOPS_MAX:
            raise TooManyStops(STOPS_MAX)
        return self.replace(stops=(*self.stops, stop), last_lifted=None)

    def lift_asked(self, stop_id: str, *, by: str, reason: str) -> Self:
        """The first of two people lets it go: it still holds.

        Raises:
            StopNotFound: There is none, or it was lifted.
        """
        stop = self.stop(stop_id)
        asked = stop.replace(lift_requested_by=by, lift_reason=reason)
        stops = tuple(asked if each is stop else each for each in self.stops)
        return self.replace(stops=stops, last_lifted=None)

    def lifted(self, stop_id: str, *, by: str, now: AwareDatetime) -> Self:
        """The second of two people lets it go.

        Raises:
            StopNotFound: There is none, or it was lifted.
            SamePerson: They set it, or asked for the lift.
        """
        stop = self.stop(stop_id)
        done = {
            OfficeDuty.STOP_SET: stop.set_by,
            OfficeDuty.STOP_LIFT_REQUESTED: stop.lift_requested_by,
        }
        check_segregation(OfficeDuty.STOP_LIFTED, by, done, f"stop {stop_id}")
        rest = tuple(each for each in self.stops if each is not stop)
        return self.replace(stops=rest, last_lifted=stop.replace(lifted_by=by, lifted_at=now))

    def of_activity(self, activity: Activity) -> Sequence[Stop]:
        return [stop for stop in self.stops if activity in stop.activities]

    def check(self, activity: Activity, reach: Reach, now: AwareDatetime) -> None:
        """Check that nothing holds this.

        Raises:
            Stopped: A stop does.
        """
        for stop in self.stops:
            if stop.holds(activity, reach, now):
                raise Stopped(stop.id, activity, stop.cause)
