"""What the law of a place asks: how long before an insurer's step its notice must be sent, and how.

The figures are data to be confirmed by whoever sells there; a product says which place's rules its
policies follow (`life.notice.jurisdiction`).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from insurance.domain.jurisdiction.calendars import ENGLAND_AND_WALES, IRELAND
from insurance.domain.value import Value
from insurance.domain.working_days import WorkingDays


class NoticeKind(StrEnum):
    """What the insurer announces."""

    LAPSE = "lapse"
    """The end of cover because what is due was not paid."""
    CANCELLATION = "cancellation"


class Channel(StrEnum):
    """How a notice was sent."""

    POST = "post"
    REGISTERED_POST = "registered_post"
    EMAIL = "email"
    PORTAL = "portal"


class NoticeRule(Value):
    """So many whole days between the day of dispatch, which does not count, and the effect."""

    days: Annotated[int, Field(ge=0, le=366)]
    working: bool = False
    """Counted in working days."""


class Jurisdiction(Value):
    code: str
    calendar: WorkingDays | None = None
    """For rules that count working days."""
    notices: Mapping[NoticeKind, NoticeRule]
    channels: frozenset[Channel]
    """Ways of sending that prove a dispatch."""

    def earliest(self, kind: NoticeKind, dispatched_at: datetime, zone: ZoneInfo) -> datetime:
        """The first instant at which the step may take effect: the end of the last day of notice,
        where the risk is."""
        sent, rule = dispatched_at.astimezone(zone).date(), self.notices[kind]
        last = sent + timedelta(days=rule.days)
        if rule.working:
            if self.calendar is None:
                raise ValueError(f"{self.code} counts working days and has no calendar")
            last = self.calendar.after(sent, rule.days)
        return local_midnight(last + timedelta(days=1), zone)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins; where the clock jumps over midnight, right after the jump."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


_POSTED = frozenset({Channel.POST, Channel.REGISTERED_POST})

JURISDICTIONS: Final[Mapping[str, Jurisdiction]] = {
    each.code: each
    for each in (
        Jurisdiction(
            code="GB",
            calendar=ENGLAND_AND_WALES,
            notices={
                NoticeKind.LAPSE: NoticeRule(days=7),
                NoticeKind.CANCELLATION: NoticeRule(days=7),
            },
            channels=frozenset(Channel),
        ),
        Jurisdiction(
            code="IE",
            calendar=IRELAND,
            notices={
                NoticeKind.LAPSE: NoticeRule(days=10, working=True),
                NoticeKind.CANCELLATION: NoticeRule(days=14),
            },
            channels=frozenset({*_POSTED, Channel.EMAIL}),
        ),
        Jurisdiction(
            code="US-CA",
            notices={
                NoticeKind.LAPSE: NoticeRule(days=10),
                NoticeKind.CANCELLATION: NoticeRule(days=20),
            },
            channels=_POSTED,
        ),
        Jurisdiction(
            code="US-NY",
            notices={
                NoticeKind.LAPSE: NoticeRule(days=15),
                NoticeKind.CANCELLATION: NoticeRule(days=20),
            },
            channels=_POSTED,
        ),
    )
}
