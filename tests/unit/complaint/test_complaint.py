"""Complaints: every step in every state, the deadlines, and what redress posts."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.claim.diary import NOTES_MAX, Note, ReportChannel
from insurance.domain.complaint import (
    Category,
    Complainant,
    Complaint,
    ComplaintOutcome,
    ComplaintStatus,
    RootCause,
    Step,
)
from insurance.domain.complaint.complaint import FinalResponseInput
from insurance.domain.complaint.lifecycle import NEXT, UNANSWERED
from insurance.domain.complaint.redress import REDRESS_MAX, RedressOffer
from insurance.domain.complaint.register import COLUMNS, as_csv, row_of
from insurance.domain.core.errors import (
    ComplaintFull,
    ComplaintStillOpen,
    CurrencyMismatch,
    RedressNotFound,
    SamePerson,
    WrongState,
)
from insurance.domain.core.identity import (
    complaint_id_for,
    new_complaint_id,
    redress_id_for,
)
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.posting import Account
from insurance.domain.party.party import Payee

from tests.support.builders import QUOTE_ID, gbp

AT = datetime(2027, 1, 18, 9, tzinfo=UTC)
ADA = Payee(name="Ada Merton", iban="GB33BUKB20201555555555")


def complaint(**changes: Any) -> Complaint:
    made = Complaint(
        id=new_complaint_id(QUOTE_ID, "app_one", "key-1"),
        about=QUOTE_ID,
        partner="ptn_one",
        opened_by="app_one",
        channel=ReportChannel.BROKER,
        category=Category.DELAY,
        received_at=AT,
        complainant=Complainant(name="Ada Merton"),
        text="Nobody rang back.",
        jurisdiction="GB",
        currency=Currency.GBP,
        since=AT,
    )
    return made.with_deadlines(AT).replace(**changes)


def offered(amount: str = "50", **changes: Any) -> Complaint:
    found = complaint(status=ComplaintStatus.INVESTIGATING, **changes)
    return found.with_redress_offer(
        RedressOffer(gbp(amount), ADA, "For the trouble."), by="staff-kim", at=AT
    )


def approved(of: Complaint) -> Complaint:
    payment = of.redress[-1].approved(by="staff-sven", reason="Agreed.")
    return of.with_redress(payment, AT)


def reported(of: Complaint, outcome: BankOutcome) -> Complaint:
    payment = of.redress[-1]
    payment = payment.reported(BankReport(payment.id, outcome, "B-1", AT))
    return of.with_redress(payment, AT)


def posted(now: Complaint, before: Complaint) -> list[tuple[Account, Account, int]]:
    return [(each.debit, each.credit, each.amount.amount) for each in now.postings_since(before)]


@pytest.mark.parametrize(("status", "step"), list(product(ComplaintStatus, Step)))
def test_a_step_leads_where_the_table_says_or_is_refused(status, step):
    found = complaint(status=status)

    if (status, step) in NEXT:
        assert found.moved(step, AT).status is NEXT[status, step]
    else:
        with pytest.raises(WrongState):
            found.moved(step, AT)


def test_every_state_can_be_reached_and_left():
    reached = {ComplaintStatus.RECEIVED, *NEXT.values()}
    left = {status for (status, _), after in NEXT.items() if after is not status}

    assert reached == left == set(ComplaintStatus)


def test_deadlines_run_from_receipt_to_acknowledgement_and_answer():
    found = complaint()
    assert [each.code for each in found.deadlines if each.is_running] == [
        "acknowledge",
        "final_response",
    ]

    looked_into = found.moved(Step.ACKNOWLEDGE, AT).moved(Step.INVESTIGATE, AT)
    answer = looked_into.answered(
        FinalResponseInput("No.", ComplaintOutcome.REJECTED, RootCause.NONE_FOUND), by="k", at=AT
    )

    assert [each.code for each in looked_into.deadlines if each.is_running] == ["final_response"]
    assert [each.code for each in answer.deadlines if each.is_running] == []


def test_eight_weeks_are_eight_weeks():
    [due] = [each.due_at for each in complaint().deadlines if each.code == "final_response"]

    assert due == datetime(2027, 3, 15, 0, 0, tzinfo=UTC) + timedelta(days=1)


def test_a_complaint_reopened_has_a_new_deadline():
    later = AT + timedelta(days=100)
    closed = complaint(status=ComplaintStatus.CLOSED).with_deadlines(AT)

    again = closed.reopened("There is more.", later)

    [deadline] = [each for each in again.deadlines if each.is_running]
    assert (deadline.code, deadline.started_at) == ("final_response", later)


def test_the_ombudsman_is_asked_after_the_answer_or_when_it_is_late():
    early = complaint(status=ComplaintStatus.INVESTIGATING)
    with pytest.raises(WrongState):
        early.referred("FOS-1", AT + timedelta(days=56))

    late = early.referred("FOS-1", AT + timedelta(days=57))
    after = complaint(status=ComplaintStatus.ANSWERED).referred("FOS-2", AT)

    assert late.status is after.status is ComplaintStatus.REFERRED
    assert late.ombudsman_reference == "FOS-1"


def test_the_answer_names_the_ombudsman_of_the_jurisdiction():
    found = complaint(status=ComplaintStatus.INVESTIGATING, jurisdiction="IE")

    answer = found.answered(
        FinalResponseInput("No.", ComplaintOutcome.REJECTED, RootCause.PEOPLE), by="k", at=AT
    ).response

    assert answer is not None
    assert "fspo.ie" in answer.ombudsman


def test_redress_is_owed_when_it_is_agreed_and_paid_when_the_bank_says_so():
    asked = offered("50")
    agreed = approved(asked)
    paid = reported(agreed, BankOutcome.PAID)
    returned = reported(paid, BankOutcome.RETURNED)

    owes = (Account.COMPLAINT_REDRESS, Account.REDRESS_PAYABLE, 5_000)
    pays = (Account.REDRESS_PAYABLE, Account.CASH, 5_000)
    assert posted(asked, complaint()) == []
    assert posted(agreed, asked) == [owes]
    assert posted(paid, agreed) == [pays]
    assert posted(returned, paid) == [(b, a, amount) for a, b, amount in (owes, pays)]


def test_redress_that_fails_is_owed_no_more():
    agreed = approved(offered("50"))

    failed = reported(agreed, BankOutcome.FAILED)

    assert posted(failed, agreed) == [(Account.REDRESS_PAYABLE, Account.COMPLAINT_REDRESS, 5_000)]


def test_who_offers_redress_does_not_agree_to_it():
    with pytest.raises(SamePerson):
        offered().redress[0].approved(by="staff-kim", reason="Mine.")


def test_redress_is_in_the_products_currency():
    with pytest.raises(CurrencyMismatch):
        complaint(status=ComplaintStatus.INVESTIGATING).with_redress_offer(
            RedressOffer(Money(amount=1, currency=Currency.EUR), ADA, "x"), by="k", at=AT
        )


def test_a_complaint_does_not_close_over_redress_on_its_way():
    waiting = offered()
    answered = waiting.answered(
        FinalResponseInput("Sorry.", ComplaintOutcome.UPHELD, RootCause.PEOPLE), by="k", at=AT
    )

    with pytest.raises(ComplaintStillOpen):
        answered.closed("accepted", Step.CLOSE, AT)
    paid = reported(approved(answered), BankOutcome.PAID)
    assert paid.closed("accepted", Step.CLOSE, AT).status is ComplaintStatus.CLOSED


def test_redress_and_notes_have_an_end():
    full = offered("1")
    for _ in range(REDRESS_MAX - 1):
        full = full.with_redress_offer(RedressOffer(gbp("1"), ADA, "x"), by="k", at=AT)
    note = Note(text="Rang.", by="k", at=AT)
    for _ in range(NOTES_MAX):
        full = full.noted(note)

    with pytest.raises(ComplaintFull):
        full.with_redress_offer(RedressOffer(gbp("1"), ADA, "x"), by="k", at=AT)
    with pytest.raises(ComplaintFull):
        full.noted(note)
    assert full.redress[-1].id == redress_id_for(full.id, REDRESS_MAX)
    assert complaint_id_for(full.redress[-1].id) == full.id
    with pytest.raises(RedressNotFound):
        full.redress_of(redress_id_for(full.id, 99))


@pytest.mark.parametrize("status", list(ComplaintStatus))
def test_an_open_complaint_waits_for_its_handlers_and_redress_for_a_second_person(status):
    found = complaint(status=status)
    waits = (
        None
        if status in {ComplaintStatus.CLOSED, ComplaintStatus.REFERRED}
        else "complaints_handler"
    )

    assert found.waits_for == waits
    assert found.replace(redress=offered().redress).waits_for == "supervisor"


def test_a_missed_deadline_is_noted_once():
    found = complaint()

    late = found.miss_deadlines(AT + timedelta(days=30))

    assert late is not None
    assert [each.code for each in late.deadlines if each.missed_at] == ["acknowledge"]
    assert late.miss_deadlines(AT + timedelta(days=31)) is None
    assert {found.status} <= set(UNANSWERED)


def test_what_people_write_and_who_they_are_is_sealed():
    found = approved(offered()).noted(Note(text="Ada rang.", by="k", at=AT))

    opened, personal = found.split_personal()

    assert "Ada" not in str(opened)
    assert "trouble" not in str(opened)
    assert Complaint.merge_personal(opened, personal) == found


def test_the_register_has_a_row_for_each_and_nothing_personal():
    paid = reported(approved(offered("50")), BankOutcome.PAID)
    answer = paid.answered(
        FinalResponseInput("Sorry, Ada.", ComplaintOutcome.UPHELD, RootCause.PEOPLE), by="k", at=AT
    )

    row = row_of(answer, AT)
    text = as_csv([row])

    assert tuple(row) == COLUMNS
    assert (row["outcome"], row["root_cause"], row["redress_paid"]) == ("upheld", "people", "5000")
    assert row["in_time"] == "yes"
    assert row_of(complaint(), AT + timedelta(days=90))["in_time"] == "no"
    assert "Ada" not in text
    assert text.splitlines()[0].startswith("id,about,partner")
