"""Since when a risk and its covers have been insured without a gap, over terms and changes."""

from datetime import UTC, datetime

from insurance.domain.policy.policy import Policy

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
"""Stands for the start of cover that was not recorded."""


def insured_since(policy: Policy) -> datetime:
    """When the first term began. Where that is unknown, a renewal counts as insured for long."""
    if policy.cover_history is not None:
        return policy.cover_history.since
    return LONG_AGO if policy.renews else policy.period.start


def covers_since(policy: Policy, instant: datetime) -> dict[str, datetime]:
    """Since when each cover in force at an instant has been in force without a gap."""
    earlier = policy.cover_history.covers if policy.cover_history else {}
    since: dict[str, datetime] = {}
    end = policy.period.start
    for segment in policy.segments():
        if segment.period.start > instant:
            break
        begun, covers = segment.period.start, segment.terms.covers
        if begun == policy.period.start:
            unknown = LONG_AGO if policy.renews and policy.cover_history is None else begun
            since = {cover.code: earlier.get(cover.code, unknown) for cover in covers}
        else:
            unbroken = since if begun == end else {}
            since = {cover.code: unbroken.get(cover.code, begun) for cover in covers}
        end = segment.period.end
    return since
