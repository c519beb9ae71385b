"""What an application has used of its month, and the events that tell when it is nearly or wholly used up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.identity import mode_of
from insurance.domain.partner.event_types import ApplicationEventType
from insurance.domain.partner.quota import MARKS, QuotaMark, Span
from insurance.operations.command import Query
from insurance.operations.partners.change_application import read_application
from insurance.operations.partners.ports import PartnerPorts, Partners
from insurance.operations.system_command import command_for

EVENTS: Final = {
    80: ApplicationEventType.QUOTA_NEARLY_USED,
    100: ApplicationEventType.QUOTA_USED_UP,
}
STEP: Final = "quota reached"
TRIES: Final = 5


class QuotaUse(Protocol):
    """How much of each quota is used."""

    def used(self, application_id: str, month: Span) -> int:
        """How many calls are taken; those that a process has taken and not served yet included."""
        ...


@dataclass(frozen=True, slots=True)
class UsedQuota:
    """An application's month."""

    month: Span
    limit: int
    used: int


def read_quota(application_id: str, query: Query, ports: PartnerPorts, use: QuotaUse) -> UsedQuota:
    """What an application has used of this month, by our own clock.

    Raises:
        ApplicationNotFound: It does not exist, or is another partner's.
    """
    application = read_application(application_id, query, ports).record
    month = Span.month(query.received_at)
    return UsedQuota(month, application.calls_a_month, use.used(application_id, month))


def note_quota_reached(
    application_id: str, mark: QuotaMark, now: datetime, partners: Partners
) -> None:
    """Tell that an application has used so much of its month: once, however often it is noted.

    A mark that is passed at once with a higher one is told first.

    Raises:
        ApplicationNotFound: There is none.
        Unavailable: A call changes its credentials now; or others have changed it each time.
    """
    for percent in (each for each in MARKS if each <= mark.percent):
        _tell(application_id, mark.replace(percent=percent), now, partners)


def _tell(application_id: str, mark: QuotaMark, now: datetime, partners: Partners) -> None:
    for last in (*(False,) * (TRIES - 1), True):
        before = partners.application(application_id)
        after = before.record.with_quota_reached(mark, now)
        if after is None:
            return
        command = command_for(
            mode_of(application_id), STEP, f"{application_id} {mark.month} {mark.percent}", now
        )
        event = command.event(application_id, after, EVENTS[mark.percent], before)
        try:
            partners.store(event, after, before, command)
        except StaleRevision:
            if last:
                raise
        else:
            return
