"""Which rule of the access policies in force refuses a call, and what their conditions may say."""

from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.domain.control.access_policy import (
    AccessRule,
    MaskedClass,
    PolicyText,
    Rate,
    RatePeriod,
    RuleScope,
)
from insurance.domain.control.decision import (
    compile_policies,
    faults_of,
)
from insurance.domain.control.vocabulary import CallFacts, Sold

PERSONAL, SENSITIVE = MaskedClass.PERSONAL, MaskedClass.SENSITIVE
SOLD = Sold(lambda: {"personal_motor", "home_contents"}, lambda: {"GB", "IE"})
MONDAY_NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def facts(**changes: Any) -> CallFacts:
    given: dict[str, Any] = {
        "kind": "application",
        "application": "app_test_one",
        "partner": "harbour",
        "mode": "test",
        "operation": "createQuote",
        "api_products": ("quoting",),
        "at": MONDAY_NOON,
        "region": "eu-west-2",
        "scopes": frozenset({"quotes:read", "quotes:write"}),
        "product": "personal_motor",
        "territory": "GB",
    }
    return CallFacts(**given | changes)


def rule(code: str = "one", **changes: Any) -> AccessRule:
    return AccessRule(code=code, reason="not_agreed", **changes)


def text(*rules: AccessRule, zone: str = "Europe/London") -> PolicyText:
    return PolicyText(version=1, zone=zone, rules=rules)


def refusing(*rules: AccessRule, **changes: Any) -> str | None:
    found = compile_policies({"house": text(*rules)}).decide(facts(**changes)).refused_by
    return found.id if found else None


@pytest.mark.parametrize(
    ("when", "changes", "refused"),
    [
        ("true", {}, True),
        ("kind == 'application'", {}, True),
        ("kind == 'staff'", {}, False),
        ("partner in ('harbour', 'meadow')", {}, True),
        ("partner not in ('harbour', 'meadow')", {}, False),
        ("roles.underwriter", {}, False),
        ("roles.underwriter", {"roles": frozenset({"underwriter"})}, True),
        ("scopes.quotes_write and not scopes.claims_read", {}, True),
        ("given(product) and product not in ('travel',)", {}, True),
        ("given(product) and product not in ('travel',)", {"product": None}, False),
        ("given(territory) and territory == 'GB' and region != 'eu-west-2'", {}, False),
        (
            "given(territory) and territory == 'DE' and region != 'eu-central-1'",
            {"territory": "DE"},
            True,
        ),
        ("hour < 8 or hour >= 18", {}, False),
        ("hour < 8 or hour >= 18", {"at": datetime(2026, 7, 1, 17, 30, tzinfo=UTC)}, True),
        ("weekday >= 6", {"at": datetime(2026, 11, 28, 12, tzinfo=UTC)}, True),
        ("weekday >= 6", {}, False),
    ],
)
def test_a_condition_is_read_as_it_is_written(when, changes, refused):
    assert (refusing(rule(when=when), **changes) is not None) is refused


@pytest.mark.parametrize(
    ("about", "changes", "refused"),
    [
        ({"operations": ("createQuote",)}, {}, True),
        ({"operations": ("issuePolicy",)}, {}, False),
        ({"scope": RuleScope.API_PRODUCT, "name": "quoting"}, {}, True),
        ({"scope": RuleScope.API_PRODUCT, "name": "claims"}, {}, False),
        ({"scope": RuleScope.APPLICATION, "name": "app_test_one"}, {}, True),
        ({"scope": RuleScope.APPLICATION, "name": "app_test_two"}, {}, False),
        ({"scope": RuleScope.APPLICATION, "name": "app_test_one"}, {"kind": "policyholder"}, True),
        ({"scope": RuleScope.APPLICATION, "name": "app_test_one"}, {"application": ""}, False),
        (
            {"scope": RuleScope.APPLICATION, "name": "app_test_one", "operations": ("getQuote",)},
            {},
            False,
        ),
    ],
)
def test_a_rule_is_about_its_operations_and_its_scope(about, changes, refused):
    assert (refusing(rule(**about), **changes) is not None) is refused


def test_the_first_rule_that_holds_decides_and_policies_go_by_their_codes():
    never, first, second = (rule("never", when="hour > 22"), rule("first"), rule("second"))
    policies = {"b": text(second), "a": text(never, first)}

    found = compile_policies(policies).decide(facts()).refused_by

    assert found is not None
    assert found.id == "a/first"


def test_an_operation_that_was_decided_before_is_decided_again_by_its_own_facts():
    ruleset = compile_policies({"house": text(rule(when="partner == 'meadow'"))})

    assert [
        ruleset.decide(facts(partner=p)).refused_by is not None for p in ("harbour", "meadow")
    ] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    "when",
    [
        "product == 'personal_motor'",  # it may be missing
        "given(product) and product == 'personal_moter'",
        "given(product) and product not in ('home_contents', 'travel')",
        "given(territory) and territory == 'UK'",
        "kind == 'robot'",
        "roles.king",
        "scopes.everything",
        "premium > 3",
        "hour",
        "'GB'",
        "__import__('os')",
        "kind.upper()",
        "lambda: 1",
        "e.principal == 'x'",
    ],
)
def test_what_is_no_condition_is_refused_where_it_stands(when):
    [fault] = faults_of(text(rule(), rule("two", when=when)), SOLD)

    assert (fault.pointer, fault.code) == ("/rules/1/when", "wrong-form")


def test_what_is_in_force_decides_on_though_its_product_is_gone():
    gone = rule(when="given(product) and product == 'travel'")

    assert faults_of(text(gone), SOLD) != []
    assert refusing(gone, product="travel") == "house/one"


def test_rates_are_of_applications_alone_and_all_that_hold_count():
    few = Rate(calls=3, per=RatePeriod.HOUR)
    rules = text(
        rule("one", rate=few), rule("two", rate=few), rule("never", rate=few, when="hour > 22")
    )
    ruleset = compile_policies({"house": rules})

    assert [each.id for each in ruleset.decide(facts()).slowed_by] == ["house/one", "house/two"]
    assert ruleset.decide(facts(kind="policyholder")) == (None, None, ())


def test_the_widest_mask_counts_and_who_asks_for_a_file_is_refused_by_it():
    narrow, wide = (rule(mask.value, mask=mask) for mask in (SENSITIVE, PERSONAL))
    ruleset = compile_policies({"house": text(narrow, wide)})

    masking = ruleset.decide(facts()).masked_by
    refusing = ruleset.decide(facts(operation="getDocument")).refused_by

    assert [each and each.id for each in (masking, refusing)] == ["house/personal"] * 2
