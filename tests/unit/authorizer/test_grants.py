"""Who gets which answer, and that the answer stays right while the gateway keeps it."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insurance.access.grants import METHODS
from insurance.access.notices import SunsetNotice
from insurance.access.usage_key import usage_key
from insurance.api_products import API_PRODUCTS, READ_ONLY_PATHS

from local.aws.gateway.policy import grant_of
from tests.unit.authorizer.house import (
    ARN,
    AUDIENCE,
    BOUND,
    CLAIMS,
    HARBOUR,
    NOW,
    PARTNERS_OWN,
    SECRET,
    STAFF,
    STAFF_KEY,
    STAGE,
    House,
    published,
    signed,
)

QUOTING_AND_ISSUANCE = (
    "GET/v1/products",
    "GET/v1/products/personal_motor",
    "POST/v1/quotes",
    "POST/v1/quotes/preview",
    "GET/v1/quotes/quo_1",
    "GET/v1/quotes/quo_1/explanation",
    "POST/v1/quotes/quo_1/acceptance",
    "POST/v1/policies",
    "GET/v1/policies/pol_1",
    "GET/v1/policies/pol_1/events",
)
CLAIMS_ROUTES = (
    "POST/v1/claims",
    "GET/v1/claims/clm_1",
    "POST/v1/claims/clm_1/settlement",
    "POST/v1/coverage-checks",
)


def with_application(house: House, **changes: object) -> House:
    house.applications["harbour"] = dataclasses.replace(HARBOUR, **changes)  # type: ignore[arg-type] # any field
    return house


def assert_denied(house: House, token: str, *, principal: str = "unknown") -> None:
    answer = house.answer(token)
    assert answer["principalId"] == principal
    # Whom it denies is counted by the access log; functions are not called.
    known = {"application": principal, "partner": "harbour", "mode": "live"}
    assert answer.get("context") == (known if principal != "unknown" else None)
    assert answer.keys() - {"context"} == {"principalId", "policyDocument"}
    for route in (*QUOTING_AND_ISSUANCE, *CLAIMS_ROUTES):
        assert grant_of(answer).verdict(f"{STAGE}/{route}") == "deny"


@pytest.mark.parametrize("asked", ["POST/v1/quotes", "GET/v1/policies/pol_1", "POST/v1/claims"])
def test_an_answer_that_is_kept_serves_every_granted_route_and_no_other(
    house: House, asked: str
) -> None:
    kept = grant_of(house.answer(signed(), arn=f"{STAGE}/{asked}"))

    assert {kept.verdict(f"{STAGE}/{route}") for route in QUOTING_AND_ISSUANCE} == {"allow"}
    assert {kept.verdict(f"{STAGE}/{route}") for route in CLAIMS_ROUTES} == {"silent"}


def test_every_method_under_a_granted_prefix_is_allowed(house: House) -> None:
    kept = grant_of(house.answer(signed()))

    for method in METHODS:
        assert kept.verdict(f"{STAGE}/{method}/v1/quotes/quo_1") == "allow"


@pytest.mark.parametrize(
    "route",
    [
        "GET/v1/quotesque",
        "GET/v1",
        "GET/",
        "GET/v2/quotes",
        "GET/v1/claims/x/v1/quotes/y",
        "GET/v1/claims/v1/quotes",
        "GET/v1/bank-reports",
        "POST/v1/partiesque/pty_1/erasure",
        "GET/v1/work-items",
    ],
)
def test_a_prefix_opens_nothing_that_only_looks_like_it(house: House, route: str) -> None:
    assert grant_of(house.answer(signed())).verdict(f"{STAGE}/{route}") == "silent"


def test_an_answer_is_for_this_api_and_stage_only(house: House) -> None:
    kept = grant_of(house.answer(signed()))

    assert kept.verdict(ARN.replace("/prod/", "/dev/")) == "silent"
    assert kept.verdict(ARN.replace("a1b2c3d4e5", "other")) == "silent"
    assert kept.verdict(ARN.replace("123456789012", "210987654321")) == "silent"


@pytest.mark.parametrize(
    "arn", ["", "*", "arn:aws:execute-api:eu-west-2:1:*/prod/GET/x", f"{STAGE[:-4]}*/GET/x", STAGE]
)
def test_what_is_not_a_methods_arn_gets_no_answer(house: House, arn: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        house.answer(signed(), arn=arn)


@given(st.frozensets(st.sampled_from(sorted(API_PRODUCTS)), min_size=1), st.text(max_size=40))
def test_an_answer_grants_exactly_the_subscribed_products(
    products: frozenset[str], rest: str
) -> None:
    answer = with_application(House(), products=products, binding=BOUND).answer(signed())

    granted = {prefix for product in products for prefix in API_PRODUCTS[product].paths}
    for prefix in {each for offer in API_PRODUCTS.values() for each in offer.paths}:
        verdict = grant_of(answer).verdict(f"{STAGE}/GET{prefix}/{rest}")
        assert verdict == ("allow" if prefix in granted else "silent")


def test_what_is_only_read_is_opened_to_nothing_else(house: House) -> None:
    products = frozenset(API_PRODUCTS)
    for answer in (
        with_application(house, products=products, binding=BOUND).answer(signed()),
        house.answer(signed(STAFF)),
    ):
        for path in READ_ONLY_PATHS:
            for rest in ("", "/one"):
                assert grant_of(answer).verdict(f"{STAGE}/GET{path}{rest}") == "allow"
                assert grant_of(answer).verdict(f"{STAGE}/POST{path}{rest}") == "silent"


@pytest.mark.parametrize("token", [signed(), signed(STAFF)], ids=["every product", "staff"])
def test_the_largest_answer_stays_small(house: House, token: str) -> None:
    products = frozenset(API_PRODUCTS)
    answer = with_application(house, products=products, binding=BOUND).answer(token)

    assert len(json.dumps(answer["policyDocument"])) < 6_000
    assert all(len(one) < 512 for one in answer["policyDocument"]["Statement"][0]["Resource"])


# ── Applications ──


def test_handlers_learn_who_the_application_is(house: House) -> None:
    assert house.answer(signed())["context"] == {
        "principal": "app_harbour",
        "kind": "application",
        "partner": "harbour",
        "roles": "",
        "scopes": "quotes:write",
        "plan": "gold",
        "mode": "live",
        "parties": "",
        "application": "app_harbour",
    }


def test_an_application_has_the_scopes_that_token_and_registration_share(house: House) -> None:
    scope = "coverwright/quotes:read coverwright/claims:settle quotes:write other/policies:write"

    assert house.answer(signed({**CLAIMS, "scope": scope}))["context"]["scopes"] == "quotes:read"


@pytest.mark.parametrize(
    "scope", ["", " ", None, 7, ["coverwright/quotes:read"], "coverwright/", "coverwright/\ud800"]
)
def test_a_token_without_readable_scopes_has_none(house: House, scope: object) -> None:
    for claims in (CLAIMS, STAFF):
        assert house.answer(signed({**claims, "scope": scope}))["context"]["scopes"] == ""


def test_an_application_in_test_mode_says_so(house: House) -> None:
    assert with_application(house, mode="test").answer(signed())["context"]["mode"] == "test"


def test_a_suspended_application_is_denied(house: House) -> None:
    assert_denied(with_application(house, is_active=False), signed(), principal="app_harbour")


def test_an_unknown_application_is_denied(house: House) -> None:
    assert_denied(house, signed({**CLAIMS, "sub": "nobody", "client_id": "nobody"}))


@pytest.mark.parametrize("products", [frozenset(), frozenset({"no-such-product"})])
def test_an_application_without_a_subscription_is_denied(
    house: House, products: frozenset[str]
) -> None:
    assert_denied(with_application(house, products=products), signed(), principal="app_harbour")


def test_a_person_who_signed_in_through_an_application_is_not_the_application(house: House) -> None:
    token = signed({**CLAIMS, "sub": "a-policyholder", "username": "pat"})

    assert_denied(house, token, principal="app_harbour")


def test_another_trusted_issuer_cannot_speak_for_our_applications(house: House) -> None:
    house.documents[PARTNERS_OWN] = published()

    assert_denied(house, signed({**CLAIMS, "iss": PARTNERS_OWN, "aud": AUDIENCE}))


def test_an_application_may_be_vouched_for_by_the_issuer_it_is_registered_with(
    house: House,
) -> None:
    house.documents[PARTNERS_OWN] = published()
    with_application(house, issuer=PARTNERS_OWN)

    assert house.verdict(signed({**CLAIMS, "iss": PARTNERS_OWN, "aud": AUDIENCE})) == "allow"
    assert_denied(house, signed())


# ── Staff ──


def test_handlers_learn_who_the_member_of_staff_is(house: House) -> None:
    assert house.answer(signed(STAFF))["context"] == {
        "principal": STAFF["sub"],
        "kind": "staff",
        "partner": "",
        "roles": "supervisor underwriter",
        "scopes": "quotes:read quotes:underwrite",
        "plan": "internal",
        "mode": "live",
        "parties": "",
    }


def test_handlers_learn_when_the_member_of_staff_signed_in(house: House) -> None:
    context = house.answer(signed({**STAFF, "auth_time": NOW - 90}))["context"]

    assert context["auth_time"] == str(NOW - 90)


def test_staff_reach_every_shared_route(house: House) -> None:
    kept = grant_of(house.answer(signed(STAFF)))

    for route in (*QUOTING_AND_ISSUANCE, *CLAIMS_ROUTES):
        assert kept.verdict(f"{STAGE}/{route}") == "allow"


def test_the_group_test_is_a_mode_and_no_role(house: House) -> None:
    context = house.answer(signed({**STAFF, "cognito:groups": ["test", "underwriter"]}))["context"]

    assert (context["mode"], context["roles"]) == ("test", "underwriter")


@pytest.mark.parametrize("modes", [[], ["live", "test"]])
def test_staff_who_are_registered_for_no_mode_or_for_both_are_denied(
    house: House, modes: list[str]
) -> None:
    assert_denied(house, signed({**STAFF, "cognito:groups": [*modes, "underwriter"]}))


def test_staff_without_a_role_are_denied(house: House) -> None:
    assert_denied(house, signed({**STAFF, "cognito:groups": ["test"]}))


@pytest.mark.parametrize(
    "groups", ["underwriter", {"underwriter": 1}, [["underwriter"]], ["a b"], 7]
)
def test_groups_that_cannot_be_read_make_nobody_staff(house: House, groups: object) -> None:
    assert_denied(house, signed({**STAFF, "cognito:groups": groups}))


def test_another_trusted_issuer_cannot_make_anybody_staff(house: House) -> None:
    house.documents[PARTNERS_OWN] = published()

    assert_denied(house, signed({**STAFF, "iss": PARTNERS_OWN, "aud": AUDIENCE}))


# ── Usage keys ──


def test_the_usage_key_is_the_hmac_of_the_principal(house: House) -> None:
    expected = hmac.new(SECRET, b"app_harbour", hashlib.sha256).hexdigest()

    assert house.answer(signed())["usageIdentifierKey"] == expected


def test_the_usage_key_is_stable_over_time_tokens_and_processes(house: House) -> None:
    first = house.answer(signed())["usageIdentifierKey"]
    house.now += 60
    house.restart()

    assert house.answer(signed({**CLAIMS, "jti": "another"}))["usageIdentifierKey"] == first


def test_all_staff_are_counted_by_one_key(house: House) -> None:
    colleague = STAFF | {"sub": "another-person"}

    for person in (STAFF, colleague):
        assert house.answer(signed(person))["usageIdentifierKey"] == STAFF_KEY


def test_each_application_has_a_usage_key_of_its_own(house: House) -> None:
    keys = {house.answer(signed())["usageIdentifierKey"]}
    keys.add(house.answer(signed(STAFF))["usageIdentifierKey"])
    keys.add(usage_key(SECRET, "app_other"))
    keys.add(usage_key(b"another secret", "app_harbour"))

    assert len(keys) == 4
    assert {len(key) for key in keys} == {64}  # API Gateway takes 20 to 128 characters


def test_the_secret_is_not_in_the_answer(house: House) -> None:
    assert SECRET.decode() not in json.dumps(house.answer(signed()))


# ── API products that end ──

ENDS = SunsetNotice("quoting", NOW, NOW + 1_000, "/v2/quotes")


def test_handlers_learn_which_of_the_callers_products_end(house: House) -> None:
    house.notices["live"] = {"quoting": ENDS, "claims": ENDS}

    told = json.loads(house.answer(signed())["context"]["notices"])

    assert told == {
        "/v1/batches": list(ENDS),
        "/v1/products": list(ENDS),
        "/v1/quotes": list(ENDS),
    }


def test_live_callers_are_told_nothing_of_what_ends_in_test_mode(house: House) -> None:
    house.notices["test"] = {"quoting": ENDS}

    assert "notices" not in house.answer(signed())["context"]
    assert "notices" in with_application(house, mode="test").answer(signed())["context"]


def test_staff_are_told_on_every_shared_route(house: House) -> None:
    house.notices["live"] = {"claims": ENDS}

    assert "/v1/claims" in json.loads(house.answer(signed(STAFF))["context"]["notices"])
