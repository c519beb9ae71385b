"""Notice rules: when the insurer may give notice, and when a notice takes effect at the earliest."""

from datetime import datetime
from zoneinfo import ZoneInfo

from insurance.domain.core.errors import (
    FieldFault,
    InvalidFields,
    NoticeNotFound,
    TooManyChanges,
    WrongState,
)
from insurance.domain.jurisdiction.jurisdiction import Jurisdiction
from insurance.domain.policy.notice import NOTICES_MAX, Dispatch, Notice
from insurance.domain.policy.policy import Policy


def notice_of(policy: Policy, number: int) -> Notice:
    """A notice by its number.

    Raises:
        NoticeNotFound: The policy has no notice of this number.
    """
    if not 1 <= number <= len(policy.notices):
        raise NoticeNotFound(f"{number} on policy {policy.id}")
    return policy.notices[number - 1]


def announced(policy: Policy, notice: Notice) -> Policy:
    """The policy with a new notice: one of each kind at a time, while there is cover to end.

    Raises:
        WrongState: There is an open notice of this kind, or cover has ended or is ending.
        TooManyChanges: The policy has had all the notices that it may have.
    """
    if policy.open_notice(notice.kind) is not None:
        raise WrongState(policy.id, "under such a notice already", "be given another")
    if policy.cancelled_by() is not None or notice.given_at >= policy.period.end:
        raise WrongState(policy.id, "ended or ending already", "be given notice")
    if len(policy.notices) >= NOTICES_MAX:
        raise TooManyChanges(policy.id, NOTICES_MAX, "among its notices")
    return policy.with_notice(notice)


def earliest_effect(
    notice: Notice,
    dispatch: Dispatch,
    jurisdiction: Jurisdiction | None,
    zone: ZoneInfo,
    *,
    now: datetime,
) -> datetime:
    """When a notice may take effect at the earliest after this dispatch.

    Raises:
        InvalidFields: The dispatch lies before the notice or in the future, its channel proves
            nothing in this jurisdiction, or the calendar of working days does not reach so far.
    """
    if dispatch.dispatched_at > now or dispatch.dispatched_at < notice.given_at:
        detail = "After the notice was given, and not in the future."
        raise InvalidFields([FieldFault("/dispatched_at", "out-of-range", detail)])
    if jurisdiction is None:
        return dispatch.dispatched_at
    if dispatch.channel not in jurisdiction.channels:
        channels = ", ".join(sorted(jurisdiction.channels))
        detail = f"These channels prove a dispatch: {channels}."
        raise InvalidFields([FieldFault("/channel", "no-proof", detail)])
    try:
        return jurisdiction.earliest(notice.kind, dispatch.dispatched_at, zone)
    except ValueError as error:  # its calendar does not reach so far
        raise InvalidFields(
            [FieldFault("/dispatched_at", "beyond-the-calendar", str(error))]
        ) from error
