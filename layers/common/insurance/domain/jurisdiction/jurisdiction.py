"""What the law of a place asks: how notice is given before a step, and how long an act may take."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from insurance.domain.core.arithmetic import add_months
from insurance.domain.core.working_days import WorkingDays


class NoticeKind(StrEnum):
    """What the insurer announces."""

    LAPSE = "lapse"
    """The end of cover because what is due was not paid."""
    CANCELLATION = "cancellation"


class DispatchChannel(StrEnum):
    """How a notice was sent."""

    POST = "post"
    REGISTERED_POST = "registered_post"
    EMAIL = "email"
    PORTAL = "portal"


class NoticeRule(NamedTuple):
    """So many whole days between the day of dispatch, which does not count, and the effect."""

    days: int
    working: bool = False
    """Counted in working days."""


class DeadlineRule(NamedTuple):
    """How long one act may take, and the source of that rule."""

    code: str
    days: int
    source: str
    working: bool = False
    """Counted in working days."""
    months: int = 0
    """Calendar months before the days: to the same day of a later month, or its last day."""


class Jurisdiction(NamedTuple):
    """A regulator's territory: its calendar, its notices, its deadlines, and its ombudsman."""

    code: str
    zone: str
    calendar: WorkingDays
    notices: Mapping[NoticeKind, NoticeRule]
    channels: frozenset[DispatchChannel]
    """Ways of sending that prove a dispatch."""
    claims: tuple[DeadlineRule, ...]
    complaints: tuple[DeadlineRule, ...]
    ombudsman: str
    access: DeadlineRule
    """How soon a person who asks for their data must have them."""

    def earliest(self, kind: NoticeKind, dispatched_at: datetime, zone: ZoneInfo) -> datetime:
        """The first instant at which the step may take effect: the end of the last day of notice,
        where the risk is."""
        rule = self.notices[kind]
        sent = dispatched_at.astimezone(zone).date()
        last = (
            self.calendar.after(sent, rule.days)
            if rule.working
            else sent + timedelta(days=rule.days)
        )
        return local_midnight(last + timedelta(days=1), zone)

    def due(self, rule: DeadlineRule, started_at: datetime) -> datetime:
        """The first instant that is too late: midnight after the last day, where the regulator is.

        Holidays that nobody has announced yet count as working days: rather early than late.
        """
        zone = ZoneInfo(self.zone)
        began = add_months(started_at.astimezone(zone).date(), rule.months)
        last = (
            self.calendar.replace(known_until=date.max).after(began, rule.days)
            if rule.working
            else began + timedelta(days=rule.days)
        )
        return local_midnight(last + timedelta(days=1), zone)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins; where the clock jumps over midnight, right after the jump."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
