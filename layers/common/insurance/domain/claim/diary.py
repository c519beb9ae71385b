"""What people leave on a claim for one another: notes, and days on which to look again."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from insurance.domain.core.caller import CallerKind
from insurance.domain.core.value import Value

NOTES_MAX = 40
DIARY_MAX = 20


class ReportChannel(StrEnum):
    """How a loss was told."""

    POLICYHOLDER = "policyholder"
    BROKER = "broker"
    CALL_CENTRE = "call_centre"
    PORTAL = "portal"


OF_CALLERS = {
    CallerKind.POLICYHOLDER: ReportChannel.PORTAL,
    CallerKind.APPLICATION: ReportChannel.BROKER,
    CallerKind.STAFF: ReportChannel.CALL_CENTRE,
}
"""Where nobody says how it was told: our people take calls, a partner is the broker."""


class Note(Value):
    """What somebody found worth writing down. Never changed; the next note may correct it."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    by: str
    at: AwareDatetime


class DiaryEntry(Value):
    """A time from which the claim wants to be looked at again."""

    number: int
    on: AwareDatetime
    about: str = ""
    """What for, in somebody's own words; empty once it was erased."""
    by: str
