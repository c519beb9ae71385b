"""Ids: related by suffix, separate by mode and kind, and never the same by chance."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.domain.core import identity
from insurance.domain.core.identity import Mode
from pydantic import TypeAdapter, ValidationError

QUOTE = TypeAdapter(identity.QuoteId)
CLAIM = TypeAdapter(identity.ClaimId)
PAYMENT = TypeAdapter(identity.PaymentId)
modes = st.sampled_from(list(Mode))
words = st.text(min_size=1, max_size=40)


@given(mode=modes, principal=words, key=words)
def test_kin_find_each_other_from_any_id(mode, principal, key):
    quote_id = identity.new_quote_id(mode, principal, key)
    policy_id = identity.policy_id_for(quote_id)
    claim_id = identity.new_claim_id(policy_id, principal, key)
    payment_id = identity.payment_id_for(claim_id, 1)

    assert QUOTE.validate_python(quote_id)
    assert CLAIM.validate_python(claim_id)
    assert PAYMENT.validate_python(payment_id)
    assert identity.quote_id_for(policy_id) == quote_id
    assert identity.quote_id_for(identity.party_id_for(policy_id)) == quote_id
    assert identity.policy_id_for(claim_id) == policy_id
    assert identity.party_id_for(claim_id) == identity.party_id_for(quote_id)
    assert identity.claim_id_for(payment_id) == claim_id
    assert {identity.mode_of(id) for id in (quote_id, policy_id, claim_id, payment_id)} == {mode}


@given(principal=words, key=words)
def test_live_and_test_never_share_an_id(principal, key):
    live = identity.new_quote_id(Mode.LIVE, principal, key)
    test = identity.new_quote_id(Mode.TEST, principal, key)

    assert live.removeprefix("quo_") != test.removeprefix("quo_test_")


@given(one=st.tuples(words, words), other=st.tuples(words, words))
def test_two_callers_or_keys_never_make_one_quote(one, other):
    same = identity.new_quote_id(Mode.LIVE, *one) == identity.new_quote_id(Mode.LIVE, *other)

    assert same == (one == other)


def test_a_payments_id_fits_the_banks_reference():
    claim_id = identity.new_claim_id(
        identity.policy_id_for(identity.new_quote_id(Mode.TEST, "a", "b")), "a", "b"
    )

    assert len(identity.payment_id_for(claim_id, 50)) <= 35


@pytest.mark.parametrize(
    "odd",
    ["quo_", "quo_test_", "quo_ABCDEFGHJKMNPQRS", "quo_0123456789abcdeu", "pol_0123456789abcdef"],
)
def test_an_id_of_another_form_is_refused(odd):
    with pytest.raises(ValidationError):
        QUOTE.validate_python(odd)


def test_no_letter_of_an_id_is_taken_for_a_digit():
    assert re.search("[ilou]", identity.ALPHABET) is None


def test_a_live_party_and_one_of_test_data_have_no_match():
    with pytest.raises(ValueError, match="two modes"):
        identity.match_id_for("pty_0123456789abcdef", "pty_test_0123456789abcdef")
