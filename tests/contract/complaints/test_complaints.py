"""What the store of complaints promises, in memory and on a real engine alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from insurance.api.paging import Page
from insurance.domain.claim.diary import ReportChannel
from insurance.domain.complaint import Category, Complainant, Complaint, Step
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.complaint.redress import RedressOffer
from insurance.domain.core.errors import ComplaintNotFound, KeyReused, StaleRevision
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.identity import Mode, new_complaint_id, party_id_for
from insurance.domain.core.money import Currency
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Payee
from insurance.operations.idempotency import AlreadyAnswered

from tests.support.builders import (
    LATER,
    NOW,
    QUOTE_ID,
    gbp,
    make_claim,
    make_command,
    make_policy,
    make_quote,
    next_event,
)
from tests.support.stores import Stores, accept, add_quote, erase, issue, notify

COMPLAIN, HANDLE = "test POST /v1/complaints", "test POST /v1/complaints/{complaint_id}/notes"
POLICY = make_policy()
ABOUT = {
    "quote": QUOTE_ID,
    "policy": POLICY.id,
    "claim": make_claim(POLICY).id,
}
MADE: dict[str, Callable[[Stores], object]] = {
    "quote": add_quote,
    "policy": lambda stores: issue(stores, accept(stores, add_quote(stores))),
    "claim": lambda stores: (MADE["policy"](stores), notify(stores, make_claim(POLICY))),
}


def complaint(number: int = 1, **changes: Any) -> Complaint:
    made = Complaint(
        id=new_complaint_id(POLICY.id, "app_one", f"complain-{number}"),
        about=POLICY.id,
        partner=POLICY.partner,
        opened_by="app_one",
        channel=ReportChannel.BROKER,
        category=Category.DELAY,
        received_at=NOW,
        complainant=Complainant(name="Ada Lovelace"),
        text="Nobody rang back.",
        jurisdiction="GB",
        currency=Currency.GBP,
        since=NOW,
    )
    return made.with_deadlines(NOW).replace(**changes)


def add(stores: Stores, number: int = 1, **changes: Any) -> Stored[Complaint]:
    made = complaint(number, **changes)
    command = make_command(f"complain-{number}", operation=COMPLAIN)
    context = stores.complaints.load_context(made.about, command)
    assert context is not None
    assert context.key is not None
    event = next_event(
        StreamPosition(), made, context.key, type=ComplaintEventType.RECEIVED, now=NOW
    )
    kept = Stored(made, event.head, context.key)
    stores.complaints.add(event, made, key=context.key, command=command.with_answer(kept))
    return kept


def change(
    stores: Stores, before: Stored[Complaint], changed: Complaint, key: str = "note-1"
) -> Stored[Complaint]:
    event = next_event(before.head, changed, before.key, type=ComplaintEventType.NOTED)
    kept = Stored(changed, event.head, before.key)
    command = make_command(key, operation=HANDLE).with_answer(kept)
    stores.complaints.change(event, changed, before=before, command=command)
    return kept


@pytest.mark.parametrize("kind", ABOUT)
def test_the_cause_is_read_whatever_it_is(stores, kind):
    MADE[kind](stores)

    context = stores.complaints.load_context(ABOUT[kind], make_command("x", operation=COMPLAIN))

    assert context is not None
    assert (context.partner, context.product) == (make_quote().partner, make_quote().product)
    assert context.key is not None


@pytest.mark.parametrize("kind", ABOUT)
def test_what_was_never_made_is_no_cause(stores, kind):
    if kind != "quote":
        add_quote(stores)  # related, but not the object asked for

    command = make_command("x", operation=COMPLAIN)
    assert stores.complaints.load_context(ABOUT[kind], command) is None


@pytest.mark.parametrize("kind", ["quote", "policy"])
def test_of_an_erased_party_the_cause_is_there_and_its_key_is_not(stores, kind):
    MADE[kind](stores)
    erase(stores, party_id_for(QUOTE_ID))

    context = stores.complaints.load_context(ABOUT[kind], make_command("x", operation=COMPLAIN))

    assert context is not None
    assert context.key is None


def test_a_stored_complaint_comes_back_unchanged(stores):
    MADE["policy"](stores)
    kept = add(stores)

    for found in (
        stores.complaints.get(kept.record.id),
        stores.complaints.load(kept.record.id, make_command("n", operation=HANDLE)),
    ):
        assert (found.record, found.head) == (kept.record, kept.head)


def test_a_complaint_about_a_quote_is_readable_when_it_became_a_policy(stores):
    quote = add_quote(stores)
    kept = add(stores, about=QUOTE_ID)

    issue(stores, accept(stores, quote))

    assert stores.complaints.get(kept.record.id).record == kept.record


def test_a_complaint_that_nobody_made_is_not_found(stores):
    for read in (
        lambda: stores.complaints.get(complaint().id),
        lambda: stores.complaints.load(complaint().id, make_command("n", operation=HANDLE)),
    ):
        with pytest.raises(ComplaintNotFound):
            read()


def test_complaining_again_by_one_key_is_answered_as_at_first(stores):
    MADE["policy"](stores)
    kept = add(stores)
    other = make_command("complain-1", operation=COMPLAIN, request=b"o" * 32)

    with pytest.raises(AlreadyAnswered) as earlier:
        add(stores)
    with pytest.raises(KeyReused):
        stores.complaints.load_context(POLICY.id, other)

    assert earlier.value.answer.body == kept.record.id


def test_an_id_is_given_once(stores):
    MADE["policy"](stores)
    kept = add(stores)
    event = next_event(
        StreamPosition(), kept.record, kept.key, type=ComplaintEventType.RECEIVED, now=NOW
    )
    command = make_command("another", operation=COMPLAIN).with_answer(kept)

    with pytest.raises(StaleRevision):
        stores.complaints.add(event, kept.record, key=kept.key, command=command)


def test_a_change_is_kept_once_and_only_over_what_it_was_decided_on(stores):
    MADE["policy"](stores)
    before = add(stores)
    changed = before.record.moved(Step.ACKNOWLEDGE, LATER)

    now = change(stores, before, changed)

    assert stores.complaints.get(changed.id).record == changed
    assert stores.complaints.get(changed.id).head == now.head
    with pytest.raises(AlreadyAnswered):
        change(stores, before, changed)
    with pytest.raises(AlreadyAnswered):
        stores.complaints.load(changed.id, make_command("note-1", operation=HANDLE))
    with pytest.raises(StaleRevision):
        change(stores, before, changed, key="note-2")
    assert stores.complaints.get(changed.id).head == now.head


def test_what_is_personal_is_gone_with_the_party_and_the_rest_stays(stores):
    MADE["policy"](stores)
    kept = add(stores)
    ada = Payee(name="Ada Lovelace", iban="GB33BUKB20201555555555")
    worked_on = kept.record.moved(Step.ACKNOWLEDGE, LATER).moved(Step.INVESTIGATE, LATER)
    offered = worked_on.with_redress_offer(
        RedressOffer(gbp("50"), ada, "For Ada's trouble."), by="kim", at=LATER
    )
    change(stores, kept, offered)

    erase(stores, party_id_for(QUOTE_ID))

    found = stores.complaints.get(kept.record.id)
    assert found.key is None
    assert (found.record.complainant, found.record.text, found.record.payees) == (None, None, None)
    assert found.record.redress[0].reason is None
    assert found.record.redress[0].amount == gbp("50")
    assert (found.record.status, found.record.deadlines) == (offered.status, offered.deadlines)


def test_a_complaint_is_in_the_register_of_its_month_and_in_the_list_of_who_must_act(stores):
    MADE["policy"](stores)
    first, second = add(stores, 1), add(stores, 2, received_at=NOW + timedelta(hours=1))
    add(stores, 3, received_at=NOW + timedelta(days=62))

    def registered(after: str = "", limit: int = 10) -> list[Any]:
        month = f"{NOW:%Y-%m}"
        return list(stores.work_lists.complaints_received(Mode.TEST, month, Page("", after, limit)))

    def waiting(role: str) -> set[str]:
        until = NOW + timedelta(days=99)
        found = stores.work_lists.waiting(Mode.TEST, role, until, Page("", "", 10))
        return {each.record.id for each in found if each.record}

    ids = [first.record.id, second.record.id]
    [one] = registered(limit=1)
    assert [each.record.id for each in registered()] == ids
    assert [each.record.id for each in registered(after=one.position)] == ids[1:]
    assert stores.work_lists.complaints_received(Mode.LIVE, f"{NOW:%Y-%m}", Page("", "", 10)) == []
    assert set(ids) < waiting("complaints_handler")

    change(stores, first, first.record.closed("withdrawn", Step.WITHDRAW, LATER))

    assert first.record.id not in waiting("complaints_handler")
    assert [each.record.id for each in registered()] == ids
