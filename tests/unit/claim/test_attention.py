"""Deadlines that start, are met and run out; what makes somebody look at a claim."""

from datetime import UTC, datetime, timedelta

import pytest
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim import CostType, Decision, Handling, ReportChannel, Task
from insurance.domain.claim.attention import (
    acknowledged,
    add_diary_entry,
    add_note,
    miss_deadlines,
    remove_diary_entry,
    waits_for,
    waits_from,
    with_deadlines,
)
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.diary import DIARY_MAX, NOTES_MAX, Note
from insurance.domain.claim.postings import postings_between
from insurance.domain.core.errors import ClaimFull, DiaryEntryNotFound
from insurance.domain.core.tasks import TaskCode
from insurance.domain.jurisdiction.jurisdiction import DeadlineRule
from insurance.domain.jurisdiction.places import ELSEWHERE, JURISDICTIONS, jurisdiction_of
from insurance.domain.jurisdiction.regulatory_deadline import (
    RegulatoryDeadline,
    next_deadline,
    update_deadlines,
)

from tests.support.builders import gbp, make_claim
from tests.support.claim_records import executing, record, reserved

MONDAY = datetime(2027, 5, 24, 10, tzinfo=UTC)
"""A week before the bank holiday of 31 May 2027."""
GB = JURISDICTIONS["GB"]


def deadline(claim: Claim, code: str) -> RegulatoryDeadline:
    return next(each for each in claim.deadlines if each.code == code)


def running(claim: Claim, code: str) -> bool:
    return any(each.is_running for each in claim.deadlines if each.code == code)


def noticed(claim: Claim, now: datetime) -> Claim:
    """The claim with note taken of a deadline that did run out."""
    found = miss_deadlines(claim, now)
    assert found is not None
    return found


def test_working_days_leave_out_weekends_and_bank_holidays_of_the_jurisdiction():
    rule = DeadlineRule(code="acknowledge", days=5, working=True, source="a test")

    in_england = GB.due(rule, MONDAY)
    in_ireland = JURISDICTIONS["IE"].due(rule, MONDAY)

    assert in_england == datetime(
        2027, 6, 1, 23, tzinfo=UTC
    )  # Tuesday is the last day, to midnight
    assert in_ireland == datetime(2027, 5, 31, 23, tzinfo=UTC)


def test_a_calendar_day_ends_at_midnight_where_the_regulator_is():
    rule = DeadlineRule(code="decide", days=40, working=False, source="a test")

    assert JURISDICTIONS["US-CA"].due(rule, MONDAY) == datetime(2027, 7, 4, 7, tzinfo=UTC)


def test_beyond_the_known_holidays_weekdays_are_counted():
    rule = DeadlineRule(code="acknowledge", days=5, working=True, source="a test")

    due = GB.due(rule, datetime(2060, 1, 5, 10, tzinfo=UTC))

    assert due.date().isoformat() == "2060-01-13"


@pytest.mark.parametrize(
    ("territory", "code"),
    [
        ("GB", "GB"),
        ("GB-SCT", "GB"),
        ("US-CA", "US-CA"),
        ("US-NY", "US-NY"),
        ("US-TX", "elsewhere"),
        ("DE", "elsewhere"),
    ],
)
def test_a_territory_has_its_own_clocks_its_countrys_or_ours(territory, code):
    assert jurisdiction_of(territory).code == code


@pytest.mark.parametrize("jurisdiction", [*JURISDICTIONS.values(), ELSEWHERE])
def test_every_jurisdiction_names_every_clock_and_its_source(jurisdiction):
    assert [rule.code for rule in jurisdiction.claims] == ["acknowledge", "decide", "pay"]
    assert [rule.code for rule in jurisdiction.complaints] == ["acknowledge", "final_response"]
    assert all(rule.source for rule in (*jurisdiction.claims, *jurisdiction.complaints))


def test_a_notice_is_acknowledged_and_a_decision_is_owed():
    claim = acknowledged(make_claim(), "GB", MONDAY)

    assert deadline(claim, "acknowledge").met_at == MONDAY
    assert deadline(claim, "decide").due_at == datetime(2027, 6, 23, 23, tzinfo=UTC)
    assert not running(claim, "pay")


def test_no_decision_is_owed_before_all_that_was_asked_is_there():
    claim = acknowledged(make_claim(missing=("fault",)), "GB", MONDAY)
    assert not running(claim, "decide")

    later = MONDAY + timedelta(days=3)
    complete = with_deadlines(claim.replace(missing=()), later)

    assert deadline(complete, "decide").started_at == later


def test_what_goes_missing_again_does_not_stop_the_clock():
    claim = acknowledged(make_claim(), "GB", MONDAY)

    assert running(with_deadlines(claim.replace(missing=("fault",)), MONDAY), "decide")


def test_the_decision_meets_one_clock_and_starts_the_next_until_the_money_is_there():
    claim = acknowledged(make_claim(), "GB", MONDAY)
    decided = with_deadlines(claim.decided(record(), limit_usage=(), counts=True), MONDAY)
    paying = executing(decided, CostType.INDEMNITY, "500")
    [payment] = paying.payments
    paid = paying.with_payment(payment.replace(status=PaymentStatus.PAID))

    assert not running(decided, "decide")
    assert running(decided, "pay")
    assert running(with_deadlines(paying, MONDAY), "pay")
    assert not running(with_deadlines(paid, MONDAY), "pay")


def test_a_denial_owes_no_money_and_a_closed_claim_owes_nothing():
    claim = acknowledged(make_claim(), "GB", MONDAY)

    denied = with_deadlines(
        claim.decided(record(Decision.DENIED, "0"), limit_usage=(), counts=False), MONDAY
    )
    closed = with_deadlines(claim.replace(handling=Handling.CLOSED), MONDAY)

    assert [each.code for each in denied.deadlines if each.is_running] == []
    assert [each.code for each in closed.deadlines if each.is_running] == []


def test_an_act_that_is_owed_again_has_a_fresh_clock():
    claim = acknowledged(make_claim(), "GB", MONDAY)
    closed = with_deadlines(claim.replace(handling=Handling.CLOSED), MONDAY)

    later = MONDAY + timedelta(days=30)
    reopened = with_deadlines(closed.replace(handling=Handling.REOPENED), later)

    assert deadline(reopened, "decide").started_at == later
    assert len(reopened.deadlines) == 2


def test_a_claim_from_before_clocks_has_none():
    assert with_deadlines(make_claim(), MONDAY) == make_claim()


def test_a_clock_that_ran_out_is_noted_once_and_becomes_somebodys_task():
    claim = acknowledged(make_claim(), "GB", MONDAY)
    due = deadline(claim, "decide").due_at

    assert miss_deadlines(claim, due - timedelta(seconds=1)) is None
    breached = noticed(claim, due)

    assert deadline(breached, "decide").missed_at == due
    assert breached.task == Task(role="claims_handler", code=TaskCode.DEADLINE_MISSED, since=due)
    assert miss_deadlines(breached, due + timedelta(days=9)) is None


def test_a_breach_leaves_a_task_that_is_there_alone():
    task = Task(role="claims_handler", code=TaskCode.REFERRED, since=MONDAY)
    claim = acknowledged(make_claim(task=task), "GB", MONDAY)

    assert noticed(claim, MONDAY + timedelta(days=365)).task == task


def test_a_claim_waits_from_the_first_of_task_diary_and_clocks():
    claim = acknowledged(make_claim(), "GB", MONDAY)
    due = deadline(claim, "decide").due_at
    soon, sooner = due - timedelta(days=9), due - timedelta(days=20)

    noted_down = add_diary_entry(claim, soon, "Ask again.", "staff-hana")
    tasked = noted_down.replace(
        task=Task(role="finance", code=TaskCode.CONFIRM_DECISION, since=sooner)
    )

    assert waits_from(make_claim()) is None
    assert waits_from(claim) == due
    assert waits_from(noted_down) == soon
    assert waits_from(tasked) == sooner
    assert [waits_for(claim), waits_for(tasked)] == ["claims_handler", "finance"]


def test_notes_and_diary_entries_have_an_end():
    claim = make_claim()
    note = Note(text="Called.", by="staff-hana", at=MONDAY)
    for _ in range(NOTES_MAX):
        claim = add_note(claim, note)
    for _ in range(DIARY_MAX):
        claim = add_diary_entry(claim, MONDAY, "Again.", "staff-hana")

    with pytest.raises(ClaimFull):
        add_note(claim, note)
    with pytest.raises(ClaimFull):
        add_diary_entry(claim, MONDAY, "Again.", "staff-hana")


def test_a_diary_entry_is_struck_by_its_number_and_no_other():
    claim = add_diary_entry(make_claim(), MONDAY, "One.", "staff-hana")
    claim = add_diary_entry(claim, MONDAY, "Two.", "staff-hana")

    left = remove_diary_entry(claim, 1)

    assert [entry.about for entry in left.diary] == ["Two."]
    with pytest.raises(DiaryEntryNotFound):
        remove_diary_entry(left, 1)


def test_what_people_write_is_sealed():
    claim = add_note(
        make_claim(channel=ReportChannel.PORTAL), Note(text="Ada.", by="staff-hana", at=MONDAY)
    )
    claim = add_diary_entry(claim, MONDAY, "Ring Ada.", "staff-hana")

    opened, personal = claim.split_personal()

    assert "Ada" not in str(opened)
    assert "Ring Ada." in str(personal)
    assert Claim.merge_personal(opened, personal) == claim
    assert Claim.merge_personal(opened, {}).notes == ()


def test_the_first_running_clock_is_the_next_unnoticed():
    owed = {"acknowledge": True, "decide": True}
    deadlines = update_deadlines((), owed, GB.claims, GB, MONDAY)

    assert next_deadline(deadlines) == min(each.due_at for each in deadlines)
    assert next_deadline([each.met(MONDAY) for each in deadlines]) is None
    assert next_deadline([each.replace(missed_at=MONDAY) for each in deadlines]) is None


def test_nothing_is_reserved_or_paid_by_a_clock():
    claim = reserved(acknowledged(make_claim(), "GB", MONDAY), CostType.INDEMNITY, "300")

    late = noticed(claim, MONDAY + timedelta(days=99))

    assert postings_between(claim, late) == ()
    assert claim.reserve == gbp("300")
