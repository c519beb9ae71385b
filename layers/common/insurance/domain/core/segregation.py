"""Segregation of duties: which two duties on one thing no person may have alone.

The table is data for a reviewer to read. It counts people: what rules or a partner's application do
is no duty of a person.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from insurance.domain.core.errors import SamePerson


class Duty(StrEnum):
    """What a person did on a thing: the name stands in what approvers read, its words (`WORDS`) in refusals."""

    NOTICE_TAKEN = "notice_taken"
    CLAIM_DECIDED = "claim_decided"
    DECISION_PROPOSED = "decision_proposed"
    DECISION_CONFIRMED = "decision_confirmed"
    PAYEE_NAMED = "payee_named"
    PAYEE_APPROVED = "payee_approved"
    PAYEE_CLEARED = "payee_cleared"
    PAYMENT_REQUESTED = "payment_requested"
    PAYMENT_APPROVED = "payment_approved"
    VERSION_WRITTEN = "version_written"
    VERSION_RELEASED = "version_released"
    COMPLAINT_OPENED = "complaint_opened"
    RECEIPT_RECORDED = "receipt_recorded"
    RESOLUTION_PROPOSED = "resolution_proposed"
    RESOLUTION_APPROVED = "resolution_approved"
    MONTH_CLOSED = "month_closed"
    MONTH_LOCKED = "month_locked"


class OfficeDuty(StrEnum):
    """A duty in the running of the platform: nothing keeps who had it beside what it is about."""

    APPLICATION_REQUESTED = "application_requested"
    APPLICATION_APPROVED = "application_approved"
    ACCESS_POLICY_WRITTEN = "access_policy_written"
    ACCESS_POLICY_APPROVED = "access_policy_approved"
    SOURCE_WRITTEN = "source_written"
    SOURCE_APPROVED = "source_approved"
    BATCH_WORKED = "batch_worked"
    BATCH_CUT_OVER = "batch_cut_over"
    STOP_SET = "stop_set"
    STOP_LIFT_REQUESTED = "stop_lift_requested"
    STOP_LIFTED = "stop_lifted"
    MATCH_PROPOSED = "match_proposed"
    MATCH_CONFIRMED = "match_confirmed"
    API_VERSION_SUBMITTED = "api_version_submitted"
    API_VERSION_APPROVED = "api_version_approved"


WORDS: Final[Mapping[Duty | OfficeDuty, str]] = {
    Duty.NOTICE_TAKEN: "take the notice",
    Duty.CLAIM_DECIDED: "decide the claim",
    Duty.DECISION_PROPOSED: "propose the decision",
    Duty.DECISION_CONFIRMED: "confirm the decision",
    Duty.PAYEE_NAMED: "name the payee",
    Duty.PAYEE_APPROVED: "approve the payee",
    Duty.PAYEE_CLEARED: "clear the payee",
    Duty.PAYMENT_REQUESTED: "request the payment",
    Duty.PAYMENT_APPROVED: "approve the payment",
    Duty.VERSION_WRITTEN: "write the version",
    Duty.VERSION_RELEASED: "release the version",
    Duty.COMPLAINT_OPENED: "open the complaint",
    Duty.RECEIPT_RECORDED: "record the receipt of money",
    Duty.RESOLUTION_PROPOSED: "propose the resolution",
    Duty.RESOLUTION_APPROVED: "approve the resolution",
    Duty.MONTH_CLOSED: "close the month",
    Duty.MONTH_LOCKED: "lock the month",
    OfficeDuty.APPLICATION_REQUESTED: "request the application",
    OfficeDuty.APPLICATION_APPROVED: "approve the application",
    OfficeDuty.ACCESS_POLICY_WRITTEN: "write the access policy",
    OfficeDuty.ACCESS_POLICY_APPROVED: "approve the access policy",
    OfficeDuty.SOURCE_WRITTEN: "write the source",
    OfficeDuty.SOURCE_APPROVED: "approve the source",
    OfficeDuty.BATCH_WORKED: "bring or start the batch, or resolve a row of it",
    OfficeDuty.BATCH_CUT_OVER: "cut the batch over",
    OfficeDuty.STOP_SET: "set the stop",
    OfficeDuty.STOP_LIFT_REQUESTED: "ask for the lift",
    OfficeDuty.STOP_LIFTED: "lift the stop",
    OfficeDuty.MATCH_PROPOSED: "propose the link",
    OfficeDuty.MATCH_CONFIRMED: "confirm the link",
    OfficeDuty.API_VERSION_SUBMITTED: "submit the version of the API product",
    OfficeDuty.API_VERSION_APPROVED: "approve the version of the API product",
}
"""What each duty is called where a person is refused it."""

INCOMPATIBLE: Final[frozenset[frozenset[Duty | OfficeDuty]]] = frozenset(
    frozenset(pair)
    for pair in (
        (Duty.NOTICE_TAKEN, Duty.CLAIM_DECIDED),
        (Duty.NOTICE_TAKEN, Duty.PAYEE_APPROVED),
        (Duty.NOTICE_TAKEN, Duty.PAYEE_CLEARED),
        (Duty.NOTICE_TAKEN, Duty.PAYMENT_APPROVED),
        (Duty.COMPLAINT_OPENED, Duty.PAYMENT_APPROVED),
        (Duty.COMPLAINT_OPENED, Duty.PAYEE_CLEARED),
        (Duty.RECEIPT_RECORDED, Duty.PAYMENT_APPROVED),
        (Duty.RECEIPT_RECORDED, Duty.PAYEE_CLEARED),
        (Duty.DECISION_PROPOSED, Duty.DECISION_CONFIRMED),
        (Duty.PAYEE_NAMED, Duty.CLAIM_DECIDED),
        (Duty.PAYEE_NAMED, Duty.PAYEE_APPROVED),
        (Duty.PAYEE_NAMED, Duty.PAYEE_CLEARED),
        (Duty.PAYEE_NAMED, Duty.PAYMENT_APPROVED),
        (Duty.PAYMENT_REQUESTED, Duty.PAYMENT_APPROVED),
        (Duty.PAYMENT_REQUESTED, Duty.PAYEE_CLEARED),
        (Duty.PAYMENT_APPROVED, Duty.PAYEE_CLEARED),
        (Duty.RESOLUTION_PROPOSED, Duty.RESOLUTION_APPROVED),
        (Duty.PAYMENT_REQUESTED, Duty.RESOLUTION_APPROVED),
        (Duty.VERSION_WRITTEN, Duty.VERSION_RELEASED),
        (Duty.MONTH_CLOSED, Duty.MONTH_LOCKED),
        (OfficeDuty.APPLICATION_REQUESTED, OfficeDuty.APPLICATION_APPROVED),
        (OfficeDuty.ACCESS_POLICY_WRITTEN, OfficeDuty.ACCESS_POLICY_APPROVED),
        (OfficeDuty.SOURCE_WRITTEN, OfficeDuty.SOURCE_APPROVED),
        (OfficeDuty.BATCH_WORKED, OfficeDuty.BATCH_CUT_OVER),
        (OfficeDuty.STOP_SET, OfficeDuty.STOP_LIFTED),
        (OfficeDuty.STOP_LIFT_REQUESTED, OfficeDuty.STOP_LIFTED),
        (OfficeDuty.MATCH_PROPOSED, OfficeDuty.MATCH_CONFIRMED),
        (OfficeDuty.API_VERSION_SUBMITTED, OfficeDuty.API_VERSION_APPROVED),
    )
)
"""Two duties that need two people. One who takes a notice or names the payee may still decide the
claim: what it pays then waits for another person."""


def conflict[D: (Duty, OfficeDuty)](duty: D, by: str, done: Mapping[D, str | None]) -> D | None:
    """The duty that this person has had already, and that does not go together with the new one.

    Args:
        duty: The new duty.
        by: The person.
        done: Who had each duty on the same thing.
    """
    return next(
        (
            before
            for before, person in done.items()
            if person == by and frozenset({before, duty}) in INCOMPATIBLE
        ),
        None,
    )


def check_segregation[D: (Duty, OfficeDuty)](
    duty: D, by: str, done: Mapping[D, str | None], about: str
) -> None:
    """Check that the person may have this duty beside those that they have had.

    Args:
        duty: The new duty.
        by: The person.
        done: Who had each duty on the same thing.
        about: The thing, as the refusal names it.

    Raises:
        SamePerson: They have had a duty that does not go together with it.
    """
    before = conflict(duty, by, done)
    if before is not None:
        raise SamePerson(about, WORDS[before], WORDS[duty])
