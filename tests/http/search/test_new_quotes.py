"""A new quote is listed and found from the start, before anything happened to it; a deleted one no more."""

from insurance.operations.delivery.index_event import remove_quote

from tests.support.driving.http import Json
from tests.support.lists import listed, searched
from tests.support.platform import Platform
from tests.support.search import ADA, PLATES, insured, quoted

PARTNER, OTHER, CALL_CENTRE = "harbour-test", "meadow-test", "call-centre-test"
BY_EMAIL, BY_PLATE = {"email": ADA["email"]}, {"registration": PLATES[0]}


def delivered(platform: Platform, holder: Json = ADA) -> Json:
    quote = quoted(platform, holder)
    platform.deliver()
    return quote


def test_a_new_quote_is_listed_and_found_by_its_partys_email_and_by_its_plate(platform):
    quote = delivered(platform)

    assert listed(platform, "/v1/quotes", PARTNER) == [quote["id"]]
    assert listed(platform, "/v1/quotes", CALL_CENTRE, status="bindable") == [quote["id"]]
    assert listed(platform, "/v1/quotes", OTHER) == []
    assert searched(platform, "/v1/quotes/search", CALL_CENTRE, BY_PLATE) == [quote["id"]]
    assert searched(platform, "/v1/parties/search", OTHER, BY_EMAIL) == []
    [party] = searched(platform, "/v1/parties/search", CALL_CENTRE, BY_EMAIL)
    assert listed(platform, "/v1/quotes", CALL_CENTRE, party_id=party) == [quote["id"]]


def test_a_quote_that_was_deleted_is_found_no_more_nor_is_the_party_that_it_made(platform):
    quote = delivered(platform)

    remove_quote(quote["id"], platform.index_ports())

    assert listed(platform, "/v1/quotes", PARTNER) == []
    assert searched(platform, "/v1/quotes/search", CALL_CENTRE, BY_PLATE) == []
    assert searched(platform, "/v1/parties/search", CALL_CENTRE, BY_EMAIL) == []


def test_a_customer_stays_when_one_of_their_quotes_was_deleted(platform):
    policy = insured(platform)
    party = policy["party_id"]
    quote = delivered(platform, {"party_id": party})

    remove_quote(quote["id"], platform.index_ports())

    assert listed(platform, "/v1/quotes", PARTNER) == [policy["quote_id"]]
    assert searched(platform, "/v1/parties/search", CALL_CENTRE, BY_EMAIL) == [party]
