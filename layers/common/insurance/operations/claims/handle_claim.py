"""Handle a claim: reserve, hold, release, close, reopen, assign, note, diary, expenses."""

from datetime import datetime

from insurance.domain.claim import Claim, ClaimStep, handling, payments
from insurance.domain.claim.handling import ExpenseInput, ReserveInput
from insurance.domain.claim.totals import pools_of
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.operations.claims.claim_context import (
    act_of,
    find_matches,
    load_as_handler,
    store_claim,
    with_totals,
)
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Command
from insurance.operations.running_totals import while_limits_move


def change_reserve(
    claim_id: str, reserve: ReserveInput, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Change what is expected to be paid still of one type of cost.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: The total is above the limits of the caller's roles.
        WrongState: The claim is closed.
        ReserveTooLow: More than this is on its way to be paid.
    """
    context, product = load_as_handler(claim_id, command, ports)
    change = handling.change_reserve(context.claim.record, reserve, product, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def hold_claim(claim_id: str, reason: str, command: Command, ports: ClaimPorts) -> Stored[Claim]:
    """Put a claim on hold: nothing is decided or paid until it is released.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: The claim is on hold already, or closed.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = handling.hold_claim(context.claim.record, reason, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def release_claim(claim_id: str, command: Command, ports: ClaimPorts) -> Stored[Claim]:
    """Take a claim off hold.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: The claim is not on hold, or it is closed.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = handling.release_claim(context.claim.record)
    return store_claim(change, context.claim, command, ports.claims)


def close_claim(
    claim_id: str, closed_as: str, step: ClaimStep, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Close a claim and release its reserves.

    Args:
        claim_id: The claim.
        closed_as: Why there is nothing more to do: settled, withdrawn or duplicate.
        step: `FINISH` for a claim that is settled, `WITHDRAW` for one that was never decided.
        command: The command.
        ports: What the operation needs from outside.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: The claim cannot be closed for this reason.
        ClaimOnHold: Nothing is closed while it is on hold.
        ClaimStillOpen: A payment is not finished, or a decision waits for a second person.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = handling.close_claim(context.claim.record, closed_as, step, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def reopen_claim(
    claim_id: str, reason: str, reserve: Money | None, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Open a closed claim again, with what it may still cost.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: The total with the reserve is above the limits of the caller's roles.
        WrongState: The claim is not closed.
    """
    context, product = load_as_handler(claim_id, command, ports)
    change = handling.reopen_claim(context.claim.record, reason, reserve, product, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def assign_claim(
    claim_id: str, handler: str | None, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Give a claim to a handler, or with None to nobody.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: The claim is closed.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = handling.assign_claim(context.claim.record, handler)
    return store_claim(change, context.claim, command, ports.claims)


def add_note(claim_id: str, text: str, command: Command, ports: ClaimPorts) -> Stored[Claim]:
    """Add a note for the next person who works on the claim.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        ClaimFull: The claim has as many notes as it can hold.
        AlreadyErased: The claim's people were erased, so the note could not be sealed.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = handling.add_note(context.claim.record, text, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def create_diary_entry(
    claim_id: str, on: datetime, about: str, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Put a claim on the work list again at a time.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        ClaimFull: The claim has as many diary entries as it can hold.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = handling.add_diary_entry(context.claim.record, on, about, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def complete_diary_entry(
    claim_id: str, number: int, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Remove a diary entry that was dealt with.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        DiaryEntryNotFound: The diary has no entry of this number.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = handling.complete_diary_entry(context.claim.record, number)
    return store_claim(change, context.claim, command, ports.claims)


def pay_expense(
    claim_id: str, expense: ExpenseInput, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Pay a bill for dealing with a claim, out of the expense reserve.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: The claim is closed.
        ClaimOnHold: Nothing is paid while it is on hold.
        ReserveTooLow: The expense reserve does not cover the bill.
        ClaimFull: The claim has as many payments as it can hold.
        Unavailable: Other payments counted to the same running total first, too many times.
    """

    def pay(tries: int) -> Stored[Claim]:
        context, product = load_as_handler(claim_id, command, ports)
        pools = pools_of(
            expense.payee, context.policy, command.now, known_account=False, alone=command.caller
        )
        context = with_totals(context, pools, ports.claims, look=tries > 0)
        suspect = bool(find_matches(context.claim.record, expense.payee, ports.screening))
        change = handling.pay_expense(context, expense, product, act_of(command), suspect=suspect)
        return store_claim(change, context.claim, command, ports.claims)

    return while_limits_move(pay)


def pay_insured_share(
    claim_id: str, amount: Money, reason: str, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Request the insured's part of a recovery again, after its payment was refused or came back.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: The claim is closed.
        ClaimOnHold: Nothing is paid while it is on hold.
        ReserveTooLow: Less than this is owed to the insured.
        ClaimFull: The claim has as many payments as it can hold.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = handling.pay_insured_share(context.claim.record, amount, reason, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def cancel_payment(
    claim_id: str, payment_id: str, reason: str, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Withdraw a payment that nobody has approved yet.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        PaymentNotFound: The claim has no such payment.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: The payment does not await approval.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = payments.cancel_payment(context.claim.record, payment_id, reason, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)
