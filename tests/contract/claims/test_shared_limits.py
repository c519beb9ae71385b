"""Limits that a policy's claims share: taken in the claim's own transaction, in both stores."""

import pytest
from insurance.domain.claim import Claim, LimitUsage
from insurance.domain.claim.context import ClaimContext
from insurance.domain.core.errors import LimitMoved
from insurance.domain.core.identity import Mode, new_quote_id, policy_id_for

from tests.support.builders import gbp, make_command
from tests.support.stores import (
    SETTLE,
    Stores,
    change,
    two_claims,
)


def load(stores: Stores, claim: Claim, key: str) -> ClaimContext:
    return stores.claims.load(claim.id, make_command(key, operation=SETTLE))


def take(stores: Stores, file: ClaimContext, amount: str, key: str, *, whole: str = "1000") -> None:
    limit_usage = (LimitUsage(code="term", kind="limit", amount=gbp(amount), whole=gbp(whole)),)
    change(
        stores,
        file,
        file.claim.record.replace(limit_usage=limit_usage if amount != "0" else ()),
        key,
    )


def test_what_one_claim_takes_the_next_one_reads(stores):
    first, second = two_claims(stores)

    take(stores, load(stores, first, "s-1"), "600", "s-1")

    assert load(stores, second, "s-2").used == {"term": 60_000}
    assert stores.claims.load_policy(first.policy_id, None).used == {"term": 60_000}


def test_more_than_the_whole_is_never_taken_and_nothing_is_stored_then(stores):
    first, second = two_claims(stores)
    file = load(stores, second, "s-2")
    take(stores, load(stores, first, "s-1"), "600", "s-1")

    with pytest.raises(LimitMoved):
        take(stores, file, "400.01", "s-2")

    assert stores.claims.get(second.id).record == second
    assert load(stores, second, "s-3").used == {"term": 60_000}


def test_limits_of_a_life_stand_with_the_first_term_and_apart_from_those_of_a_term(stores):
    first, second = two_claims(stores)
    other = policy_id_for(new_quote_id(Mode.TEST, "app_one", "the first term"))
    limit_usage = tuple(
        LimitUsage(code=code, kind="limit", amount=gbp(amount), whole=gbp("1000"), pool=pool)
        for code, amount, pool in (
            ("term", "100", None),
            ("life", "200", first.policy_id),
            ("older", "300", other),
        )
    )
    file = load(stores, first, "s-1")
    change(stores, file, file.claim.record.replace(limit_usage=limit_usage), "s-1")

    assert load(stores, second, "s-2").used == {"term": 10_000, "life": 20_000}
    file = load(stores, second, "s-3")
    more = (limit_usage[2].replace(amount=gbp("700.01")),)
    with pytest.raises(LimitMoved):
        change(stores, file, file.claim.record.replace(limit_usage=more), "s-3")


def test_claims_that_fit_beside_each_other_do_not_wait_for_one_another(stores):
    first, second = two_claims(stores)
    one, other = load(stores, first, "s-1"), load(stores, second, "s-2")

    take(stores, one, "600", "s-1")
    take(stores, other, "400", "s-2")

    assert load(stores, first, "s-3").used == {"term": 100_000}


def test_what_is_given_back_can_be_taken_again(stores):
    first, second = two_claims(stores)
    take(stores, load(stores, first, "s-1"), "1000", "s-1")

    take(stores, load(stores, first, "s-2"), "300", "s-2")
    take(stores, load(stores, second, "s-3"), "700", "s-3")
    take(stores, load(stores, first, "s-4"), "0", "s-4")

    assert load(stores, second, "s-5").used == {"term": 70_000}


def test_several_limits_move_together_or_not_at_all(stores):
    first, second = two_claims(stores)
    take(stores, load(stores, first, "s-1"), "600", "s-1")
    file = load(stores, second, "s-2")
    limit_usage = (
        LimitUsage(code="own_share", kind="deductible", amount=gbp("50"), whole=gbp("300")),
        LimitUsage(code="term", kind="limit", amount=gbp("500"), whole=gbp("1000")),
    )

    with pytest.raises(LimitMoved):
        change(stores, file, file.claim.record.replace(limit_usage=limit_usage), "s-2")

    assert load(stores, second, "s-3").used == {"term": 60_000}
