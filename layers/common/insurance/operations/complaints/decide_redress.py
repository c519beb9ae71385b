"""Decide a redress: a second person approves, clears or refuses it."""

from dataclasses import replace

from insurance.domain.bank.outgoing_payment import AGREED
from insurance.domain.bank.outlay_totals import (
    ApprovedTotals,
    Outgoing,
    approval_pools,
)
from insurance.domain.complaint import Complaint, ComplaintEventType, RedressDecision
from insurance.domain.complaint.redress_payee import is_known_account
from insurance.domain.core.house_authority import Outlay, check_house_authority, check_sign_in
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.complaints.ports import ComplaintPorts
from insurance.operations.running_totals import while_limits_move


def approve_redress(
    complaint_id: str, redress_id: str, reason: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Approve a redress. It waits for another person if the payee is not who complained, or if the
    name matches the sanctions list.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        RedressNotFound: The complaint has no such redress.
        AlreadyErased: The payee's name and account were erased.
        WrongState: The redress does not await approval.
        SamePerson: Who offered it, or opened the complaint, cannot approve it.
        NoAuthority: The complaint's redress, or what the caller approved that day, is above the limits of the
            caller's roles.
        Unavailable: Others counted to the same running total first, too many times.
        SignInTooOld: It needs a sign-in just before.
    """

    def decide(_tries: int) -> Stored[Complaint]:
        before = load_complaint(complaint_id, command, ports.complaints)
        matches = ports.screening.matches(before.record.payee_to_pay(redress_id).name)
        totals = _totals(before.record, redress_id, command, ports)
        decision = replace(_decision(reason, command), over=totals.over)
        complaint, type = before.record.approve_redress(redress_id, matches, decision)
        check_house_authority(command.caller, Outlay.REDRESS, complaint.redress_total(AGREED))
        totals.check_own_day()
        return store_complaint(
            complaint, type, before, command, ports.complaints, totals=totals.taken
        )

    return while_limits_move(decide)


def clear_redress(
    complaint_id: str, redress_id: str, reason: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Clear the payee of a redress: the listed person is somebody else, or the payee may have what is
    owed to who complained. The redress is paid then.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        RedressNotFound: The complaint has no such redress.
        AlreadyErased: The payee's name and account were erased.
        WrongState: The redress is not being screened.
        SamePerson: Who offered or approved it, or opened the complaint, cannot clear it.
        SignInTooOld: The redress needs a sign-in just before.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    matches = ports.screening.matches(before.record.payee_to_pay(redress_id).name)
    complaint = before.record.clear_redress(redress_id, matches, _decision(reason, command))
    check_sign_in(command.caller, complaint.redress_of(redress_id).amount)
    type = ComplaintEventType.REDRESS_APPROVED
    return store_complaint(complaint, type, before, command, ports.complaints)


def refuse_redress(
    complaint_id: str, redress_id: str, reason: str, command: Command, ports: ComplaintPorts
) -> Stored[Complaint]:
    """Refuse a redress, at its approval or at its screening.

    Raises:
        ComplaintNotFound: The complaint does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        RedressNotFound: The complaint has no such redress.
        WrongState: The redress awaits neither.
    """
    before = load_complaint(complaint_id, command, ports.complaints)
    complaint = before.record.refuse_redress(redress_id, _decision(reason, command))
    type = ComplaintEventType.REDRESS_REFUSED
    return store_complaint(complaint, type, before, command, ports.complaints)


def _totals(
    complaint: Complaint,
    redress_id: str,
    command: Command,
    ports: ComplaintPorts,
) -> ApprovedTotals:
    redress, payee = complaint.redress_of(redress_id), complaint.payee_to_pay(redress_id)
    outgoing = Outgoing(
        Outlay.REDRESS,
        redress.amount,
        payee,
        complaint.partner,
        redress.requested_by,
        is_known_account=is_known_account(payee, complaint),
    )
    rooms = ports.totals.totals(approval_pools(outgoing, command.caller, command.now))
    return ApprovedTotals(rooms, redress.amount)


def _decision(reason: str, command: Command) -> RedressDecision:
    return RedressDecision(by=command.actor, reason=reason, at=command.now)
