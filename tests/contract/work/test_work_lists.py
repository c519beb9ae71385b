"""Lists over many policies: in order, apart by mode and role, page by page, never of what moved on."""

from datetime import timedelta

from insurance.api.paging import Page
from insurance.domain.claim import Claim, Task
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.contract.terms import Finding, ImposedTerms
from insurance.domain.core.identity import Mode, new_claim_id, new_quote_id
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import QuoteStatus, UnderwriterDecision

from tests.support.builders import (
    NOW,
    make_claim,
    make_command,
    make_policy,
    make_quote,
    next_event,
)
from tests.support.stores import Stores, accept, add_quote, issue, notify

FAR = NOW + timedelta(days=999)
POLICY = make_policy()


def policy(stores: Stores) -> None:
    issue(stores, accept(stores, add_quote(stores)))


def waits(stores: Stores, number: int, **changes: object) -> Stored[Claim]:
    """A claim that has waited since so many hours after noon."""
    task = Task(role="claims_handler", code=TaskCode.REFERRED, since=NOW + timedelta(hours=number))
    claim = make_claim(POLICY, id=new_claim_id(POLICY.id, "app_one", f"claim-{number}"))
    return notify(stores, claim.replace(**({"task": task} | changes)), key=f"claim-{number}")


def move(stores: Stores, before: Stored[Claim], **changes: object) -> Stored[Claim]:
    claim = before.record.replace(**changes)
    event = next_event(before.head, claim, before.key, type=ClaimEventType.NOTED)
    kept = Stored(claim, event.head, before.key)
    command = make_command(f"move-{event.sequence}", operation="test move").with_answer(kept)
    stores.claims.change(event, claim, before=before, command=command)
    return kept


def waiting(
    stores: Stores, role: str = "claims_handler", mode: Mode = Mode.TEST, limit: int = 50
) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        page = stores.work_lists.waiting(mode, role, FAR, Page("", after, limit))
        found += [each.record.id for each in page if each.record is not None]
        if len(page) < limit:
            return found
        after = page[-1].position


def test_what_waits_is_listed_the_longest_first_whatever_the_size_of_a_page(stores):
    policy(stores)
    ids = [waits(stores, number).record.id for number in range(7)]

    for limit in (1, 2, 3, 50):
        assert waiting(stores, limit=limit) == ids


def test_two_that_wait_from_one_instant_are_both_listed_once(stores):
    policy(stores)
    task = Task(role="claims_handler", code=TaskCode.REFERRED, since=NOW)
    ids = {waits(stores, number, task=task).record.id for number in range(4)}

    found = waiting(stores, limit=1)

    assert len(found) == len(ids)
    assert set(found) == ids


def test_nothing_is_listed_before_its_time(stores):
    policy(stores)
    early, late = waits(stores, 1), waits(stores, 5)

    page = stores.work_lists.waiting(
        Mode.TEST, "claims_handler", NOW + timedelta(hours=2), Page("", "", 50)
    )

    assert [each.record.id for each in page] == [early.record.id]
    assert waiting(stores) == [early.record.id, late.record.id]


def test_live_and_test_and_the_roles_are_apart(stores):
    policy(stores)
    waits(stores, 1)

    assert waiting(stores, mode=Mode.LIVE) == []
    assert waiting(stores, role="finance") == []


def test_what_moved_on_is_listed_no_more(stores):
    policy(stores)
    kept = waits(stores, 1)

    move(stores, kept, task=None)

    assert waiting(stores) == []


def test_a_list_shows_nothing_personal(stores):
    policy(stores)
    waits(stores, 1)

    [listed] = stores.work_lists.waiting(Mode.TEST, "claims_handler", FAR, Page("", "", 5))

    assert listed.record.claimant is None
    assert listed.record.facts is None


def test_a_referred_quote_waits_for_an_underwriter_until_it_is_decided(stores):
    referred = add_quote(stores, make_quote(status=QuoteStatus.REFERRED))
    assert waiting(stores, role="underwriter") == [referred.record.id]

    accept(stores, referred)

    assert waiting(stores, role="underwriter") == []


def test_a_quote_waits_for_each_role_that_must_decide_a_step_in_turn(stores):
    steps = (("quote", "underwriter"), ("issue", "medical_officer"))
    referrals = tuple(
        Finding(code=step, outcome="refer", reason="Seen.", blocks=step, authority=role)
        for step, role in steps
    )
    quote = make_quote(status=QuoteStatus.REFERRED, findings=referrals)
    add_quote(stores, quote)

    def lists() -> list[list[str]]:
        return [waiting(stores, role=role) for _, role in steps]

    def decide() -> None:
        kept = stores.quotes.load(quote.id, make_command("load"))
        made = UnderwriterDecision(underwriter="staff", reason="Seen.", decided_at=NOW)
        before = kept.record
        assert before.premium is not None
        taken = before.referral_accepted(
            decision=made,
            looked_up=before.looked_up,
            imposed=ImposedTerms(),
            covers=before.covers,
            premium=before.premium,
        )
        event = next_event(kept.head, taken, kept.key, type=QuoteEventType.REFERRAL_ACCEPTED)
        command = make_command(f"decide-{event.sequence}", operation="test decide")
        answered = command.with_answer(Stored(taken, event.head, kept.key))
        stores.quotes.change(event, taken, before=kept, command=answered)

    assert lists() == [[quote.id], []]
    decide()
    assert lists() == [[], [quote.id]]
    decide()
    assert lists() == [[], []]


def test_a_quote_that_needs_nobody_waits_for_nobody(stores):
    add_quote(stores, make_quote(id=new_quote_id(Mode.TEST, "app_one", "another")))

    assert waiting(stores, role="underwriter") == []
