"""Open quotes follow a correction of their customer: their details, answers and price."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from insurance.domain.core.errors import (
    ReferralOpen,
    WrongState,
)
from insurance.domain.core.event import first_broken_link
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.operations.policy.correct_party import (
    WRITES_MAX,
    WRITES_OF_QUOTE,
)
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.quoting.accept_quote import accept_quote
from insurance.operations.quoting.make_quote import RiskInput, make_quote
from insurance.operations.quoting.quoted_party import PartyInput
from insurance.products import product

from tests.support.customers import ADA, CONTENTS, IN_THE_FLOOD, NEAR_THIEVES, NOW, Customer, ids
from tests.support.platform import Platform
from tests.support.policy_life import UNDERWRITER


@pytest.fixture
def owner() -> Customer:
    """Two homes' contents: one where she lives, one elsewhere."""
    customer = Customer(Platform(product("home_contents")))
    customer.insured(CONTENTS)
    customer.insured(CONTENTS | {"postcode": "GH4 4DD"}, start=date(2026, 2, 1))
    customer.platform.now = NOW
    return customer


def quoted(owner: Customer, **changed: Any) -> Any:
    """An open quote for one more home of the customer."""
    risk = RiskInput(
        product="home_contents",
        start=date(2026, 9, 1),
        party=PartyInput(None, owner.party_id),
        answers=CONTENTS | changed,
        options=(),
        territory="",
        producer=None,
    )
    command = owner.platform.command("POST /v1/quotes")
    return make_quote(risk, command, owner.platform.quoting_ports).record


def quote_of(owner: Customer, quote: Quote) -> Any:
    return owner.platform.stores.quotes.get(quote.id).record


def accept(owner: Customer, quote: Quote) -> Quote:
    command = owner.platform.command("accept")
    return accept_quote(quote.id, command, owner.platform.quoting_ports).record


def test_an_open_quote_follows_and_its_policy_has_what_is_right(owner):
    quote = quoted(owner)

    made = owner.correct(name="Ada King")

    [followed] = made.quotes
    assert (followed.before.id, followed.after.premium) == (quote.id, quote.premium)
    assert quote_of(owner, quote).policyholder == ADA.replace(name="Ada King")
    events = owner.platform.memory.events[quote.id]
    assert [event.type for event in events] == ["quote.made", "quote.corrected"]
    assert first_broken_link(events) is None
    issued = owner.platform.take_renewal(quote)
    assert issued.policyholder == ADA.replace(name="Ada King")


def test_an_open_quote_for_where_she_lived_is_priced_for_where_she_lives(owner):
    here, elsewhere = quoted(owner), quoted(owner, postcode="GH4 4DD")

    previewed = owner.preview(address=NEAR_THIEVES)
    owner.correct(address=NEAR_THIEVES)

    moved, stayed = quote_of(owner, here), quote_of(owner, elsewhere)
    assert moved.answers["postcode"] == "EF3 3CC"
    assert moved.premium.total.amount > here.premium.total.amount
    assert moved.looked_up != here.looked_up
    assert (stayed.answers, stayed.premium) == (elsewhere.answers, elsewhere.premium)
    assert stayed.policyholder.address == NEAR_THIEVES
    assert {quote.after.id: quote.after for quote in previewed.quotes} == {
        quote.id: quote for quote in (moved, stayed)
    }
    assert owner.platform.take_renewal(moved).premium == moved.premium


def test_an_accepted_quote_at_another_price_is_a_new_offer_and_at_the_same_stays_accepted(owner):
    here, elsewhere = quoted(owner), quoted(owner, postcode="GH4 4DD")
    for quote in (here, elsewhere):
        accept(owner, quote)

    owner.correct(address=NEAR_THIEVES)

    assert quote_of(owner, here).status is QuoteStatus.BINDABLE
    assert quote_of(owner, elsewhere).status is QuoteStatus.ACCEPTED
    with pytest.raises(WrongState):
        issue_policy(here.id, owner.platform.command("issue"), owner.platform.issuing_ports)


def test_an_open_quote_whose_risk_is_not_taken_any_more_is_referred_and_an_underwriter_decides(
    owner,
):
    owner.platform.now = NOW
    quote = quoted(owner)
    leaving = {"caller": UNDERWRITER}  # who may take the policy of the same home

    owner.correct(address=IN_THE_FLOOD, **leaving)

    followed = quote_of(owner, quote)
    assert followed.status in {QuoteStatus.REFERRED, QuoteStatus.QUOTED}
    assert followed.decision is None
    with pytest.raises(ReferralOpen):
        accept(owner, quote)


def test_the_offer_of_a_next_term_follows_with_the_premium_that_it_is_compared_with(owner):
    owner.platform.policy_id = owner.home
    owner.platform.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    offer = owner.platform.offer_renewal()

    owner.correct(address=NEAR_THIEVES, effective_on=date(2026, 12, 20))

    followed = quote_of(owner, offer)
    last = owner.policy(owner.home).at(datetime(2026, 12, 31, tzinfo=UTC)).premium
    assert followed.renewing.last == last != offer.renewing.last
    assert followed.answers["postcode"] == "EF3 3CC"
    assert owner.platform.take_renewal(followed).policyholder.address == NEAR_THIEVES


def test_a_quote_that_came_to_nothing_is_left(owner):
    quote = quoted(owner)
    owner.platform.now = quote.valid_until

    made = owner.correct(name="Ada King")

    assert made.quotes == []
    assert quote_of(owner, quote) == quote


def test_a_detail_that_no_quote_has_changes_none(owner):
    quote = quoted(owner)

    assert owner.correct(phone="+441632960002").quotes == []
    assert quote_of(owner, quote) == quote


def test_policies_and_open_quotes_are_counted_together(owner):
    for _ in range((WRITES_MAX - 2 * len(ids(owner))) // WRITES_OF_QUOTE + 1):
        quoted(owner)

    assert owner.obstacles(name="Ada King") == [("too_many_policies", owner.party_id)]
