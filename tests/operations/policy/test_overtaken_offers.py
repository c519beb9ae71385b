"""The offer of a next term follows the policy that ends, or cannot be taken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.core.errors import QuoteChanged, WrongState
from insurance.domain.quote.event_types import QuoteEventType
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.quoting.accept_quote import accept_quote

from tests.support.platform import Platform
from tests.support.policy_life import WITH_A_TEENAGER

IN_TIME = datetime(2026, 12, 20, 9, tzinfo=UTC)


@pytest.fixture
def platform() -> Platform:
    platform = Platform()
    platform.issue()
    platform.now = IN_TIME
    return platform


def accepted(platform: Platform) -> Any:
    quote = platform.offer_renewal()
    return accept_quote(quote.id, platform.command("accept"), platform.quoting_ports).record


def issued(platform: Platform, quote: Quote) -> Any:
    return issue_policy(quote.id, platform.command("issue"), platform.issuing_ports).record


def offer(platform: Platform, quote_id: str) -> Any:
    """The offer as it is stored."""
    return platform.stores.quotes.get(quote_id).record


def followed(platform: Platform) -> None:
    """The scheduler works off what the change has given rise to."""
    platform.turn_to(platform.now + timedelta(hours=1))


def test_an_offer_that_a_change_has_overtaken_is_not_issued_and_is_made_again_by_itself(platform):
    quote = accepted(platform)
    platform.endorse(platform.now, **WITH_A_TEENAGER)

    with pytest.raises(QuoteChanged):
        issued(platform, quote)
    followed(platform)

    again = offer(platform, quote.id)
    assert again.status is QuoteStatus.BINDABLE  # other terms are a new offer
    assert again.premium.total > quote.premium.total
    assert len(again.answers["drivers"]) == len(quote.answers["drivers"]) + 1
    events = platform.memory.events[quote.id]
    assert events[-1].type == QuoteEventType.OFFERED_AGAIN
    policy: Any = platform.take_renewal(again)
    assert policy.answers["drivers"] == again.answers["drivers"]


def test_an_offer_that_comes_out_the_same_stays_accepted(platform):
    quote = accepted(platform)
    platform.endorse(platform.now, **WITH_A_TEENAGER)
    platform.change("reversal", number=2)
    followed(platform)

    again = offer(platform, quote.id)

    assert (again.status, again.premium) == (QuoteStatus.ACCEPTED, quote.premium)
    assert issued(platform, again).premium == quote.premium


def test_no_next_term_begins_where_the_policy_has_no_cover_at_its_end(platform):
    quote = accepted(platform)
    platform.cancel(platform.now)
    followed(platform)

    with pytest.raises(WrongState):
        issued(platform, quote)


def test_an_offer_of_a_release_that_did_not_count_changes_is_issued_as_it_was(platform):
    quote = accepted(platform)
    old = quote.replace(renewing=quote.renewing.replace(changes=None))
    stored = platform.memory.quotes[quote.id]
    platform.memory.quotes[quote.id] = replace(stored, record=old)
    platform.endorse(platform.now, **WITH_A_TEENAGER)

    assert issued(platform, quote).premium == quote.premium


def test_an_invited_policyholder_is_invited_once_and_the_offer_follows_all_the_same(platform):
    followed(platform)  # the scheduler invites
    invited = platform.policy.invitation
    platform.endorse(platform.now, **WITH_A_TEENAGER)
    followed(platform)

    assert invited is not None
    assert platform.policy.invitation == invited
    assert len(offer(platform, invited.quote_id).answers["drivers"]) == 2
