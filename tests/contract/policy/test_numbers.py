"""A number is given once, in memory and on a real engine alike."""

import pytest
from insurance.domain.contract.number import ReferenceNumber
from insurance.domain.core.errors import (
    ClaimNotFound,
    NumberTaken,
    PolicyNotFound,
    QuoteAlreadyIssued,
    StaleRevision,
)
from insurance.domain.core.identity import policy_id_for
from insurance.domain.policy import Policy

from tests.support.builders import QUOTE_ID, make_claim, make_quote
from tests.support.stores import Stores, accept, add_quote, issue, notify

OTHER_QUOTE = QUOTE_ID[:-4] + "zzzz"


def number(text: str) -> ReferenceNumber:
    return ReferenceNumber(text=text, stem=text[:-3])


def another_policy(stores: Stores, text: str) -> None:
    quote = accept(stores, add_quote(stores, make_quote(id=OTHER_QUOTE)), key="accept-2")
    issue(stores, quote, key="issue-2", number=number(text))


def one_policy(stores: Stores, text: str = "POL-27-7K3M9QX0-45") -> Policy:
    return issue(stores, accept(stores, add_quote(stores)), number=number(text)).record


@pytest.mark.parametrize("same", ["POL-27-7K3M9QX0-45", "pol/27/7k3m9qxO/45"])
def test_a_policy_with_a_number_that_another_one_has_is_refused_and_not_stored(stores, same):
    one_policy(stores)

    with pytest.raises(NumberTaken):
        another_policy(stores, same)

    with pytest.raises(PolicyNotFound):
        stores.policies.get(policy_id_for(OTHER_QUOTE))
    assert stores.quotes.get(OTHER_QUOTE).head.sequence == 2


def test_two_policies_have_two_numbers(stores):
    one_policy(stores)

    another_policy(stores, "POL-27-7K3M9QX1-42")

    given = stores.policies.get(policy_id_for(OTHER_QUOTE)).record.number
    assert given == number("POL-27-7K3M9QX1-42")


def test_a_quote_that_was_issued_is_refused_as_issued_not_for_its_number(stores):
    accepted = accept(stores, add_quote(stores))
    issue(stores, accepted, number=number("POL-27-7K3M9QX0-45"))

    with pytest.raises((QuoteAlreadyIssued, StaleRevision)):
        issue(stores, accepted, key="issue-2", number=number("POL-27-7K3M9QX0-45"))


def test_a_claim_with_a_number_that_another_one_has_is_refused_and_not_stored(stores):
    policy = one_policy(stores)
    first = make_claim(policy, number="CLM-27-7K3M9QX0-45")
    second = first.replace(id=first.id[:-6] + "zzzzzz")
    notify(stores, first)

    with pytest.raises(NumberTaken):
        notify(stores, second, key="claim-2")

    with pytest.raises(ClaimNotFound):
        stores.claims.get(second.id)
    assert len(stores.claims.load_policy(policy.id, None).noticed) == 1
