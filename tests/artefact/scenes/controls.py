"""Scenes of stops: set, met, and lifted by two people."""

from collections.abc import Iterator

from insurance.domain.core.identity import Mode, application_id_for, new_stop_id

from tests.artefact.scenes.common import (
    ACCEPTED,
    DUTY,
    GUARD,
    HANDLER,
    HARBOUR,
    QUOTE,
    THIRD,
    Json,
    Scene,
)

WANTED: Json = {
    "activities": ["quote", "bind"],
    "product": "personal_motor",
    "cause": "rate_error",
}
STOP: Json = {
    "variables": {
        "stop_id": new_stop_id(Mode.TEST, DUTY["claims"]["sub"], "set"),
    }
}
LIFT = "POST /v1/stops/{stop_id}/lift"
WHY: Json = {"reason": "rates_mended"}


MEADOW = application_id_for(Mode.TEST, "meadow-web")
HOURS: Json = {"variables": {"policy": "office_hours"}}
WRITTEN: Json = {
    "zone": "Europe/London",
    "rules": [
        {
            "code": "no_nights",
            "reason": "out_of_hours",
            "operations": ["createQuote", "issuePolicy"],
            "when": "kind == 'application' and (hour < 7 or hour >= 22)",
        },
        {
            "code": "motor_only",
            "reason": "product_not_agreed",
            "scope": "application",
            "name": MEADOW,
            "operations": ["createQuote"],
            "when": "given(product) and product != 'personal_motor'",
        },
        {
            "code": "least_data",
            "reason": "not_needed",
            "mask": "personal",
            "when": "kind == 'application' and not scopes.claims_read",
        },
        {
            "code": "slow_previews",
            "reason": "pilot",
            "operations": ["previewQuote"],
            "rate": {"calls": 1, "per": "day"},
        },
    ],
}
CALL: Json = {
    "kind": "application",
    "principal": MEADOW,
    "partner": "meadow",
    "operation": "createQuote",
    "product": "travel",
    "at": "2026-11-20T09:00:00Z",
}


def access_policy_scenes() -> Iterator[Scene]:
    draft, steps = (f"POST /v1/access-policies/{{policy}}/{end}" for end in ("draft", "steps"))
    yield Scene("controls/draft", draft, DUTY, WRITTEN, **HOURS)
    wrong = WRITTEN | {"rules": [WRITTEN["rules"][1] | {"when": "product == 'travel'"}]}
    yield Scene("controls/draft_what_cannot_be_decided", draft, DUTY, wrong, **HOURS)
    done: tuple[str, ...] = ("controls/draft",)
    submit = {"step": "submit", "reason": "agreed_with_sales"}
    yield Scene("controls/submit", steps, DUTY, submit, done, **HOURS)
    done = (*done, "controls/submit")
    approve = {"step": "approve", "reason": "read_and_tested"}
    yield Scene("controls/approve_what_one_wrote", steps, DUTY, approve, done, **HOURS)
    yield Scene("controls/approve_policy", steps, GUARD, approve, done, **HOURS)
    done = (*done, "controls/approve_policy")
    yield Scene("controls/list_policies", "GET /v1/access-policies", GUARD, None, done)
    one = "GET /v1/access-policies/{policy}"
    yield Scene("controls/read_policy", one, GUARD, None, done, **HOURS)
    yield Scene("controls/read_unknown_policy", one, GUARD, None, **HOURS)
    replay = "POST /v1/access-policies/{policy}/replay"
    yield Scene("controls/replay", replay, GUARD, None, done, key="-", **HOURS)
    yield Scene("controls/replay_what_nobody_wrote", replay, GUARD, None, key="-", **HOURS)
    check = "POST /v1/policy-checks"
    yield Scene("controls/check", check, GUARD, CALL, done, key="-")
    yield Scene(
        "controls/check_an_unknown_operation",
        check,
        GUARD,
        CALL | {"operation": "quote"},
        done,
        key="-",
    )
    withdraw = {"step": "withdraw", "reason": "agreement_ended"}
    yield Scene("controls/withdraw_policy", steps, GUARD, withdraw, done, **HOURS)


def controls_scenes() -> Iterator[Scene]:
    yield from access_policy_scenes()
    yield Scene("controls/set", "POST /v1/stops", DUTY, WANTED)
    yield Scene("controls/set_by_a_handler", "POST /v1/stops", HANDLER, WANTED)
    nothing = WANTED | {"activities": []}
    yield Scene("controls/set_what_holds_nothing", "POST /v1/stops", DUTY, nothing)
    unknown = WANTED | {"product": "personal_moter"}
    yield Scene("controls/set_for_an_unknown_product", "POST /v1/stops", DUTY, unknown)
    done: tuple[str, ...] = ("controls/set",)
    yield Scene("controls/list", "GET /v1/stops", GUARD, None, done)
    issue: Json = {"quote_id": QUOTE}
    given = (*ACCEPTED, *done)
    yield Scene("policy_issuance/issue_held_by_a_stop", "POST /v1/policies", HARBOUR, issue, given)
    yield Scene("controls/ask_for_the_lift", LIFT, GUARD, WHY, done, **STOP)
    asked = (*done, "controls/ask_for_the_lift")
    yield Scene("controls/lift_again_alone", LIFT, GUARD, WHY, asked, **STOP)
    yield Scene("controls/lift_what_one_set", LIFT, DUTY, WHY, asked, **STOP)
    yield Scene("controls/lift", LIFT, THIRD, WHY, asked, **STOP)
    yield Scene(
        "controls/lift_what_was_lifted", LIFT, GUARD, WHY, (*asked, "controls/lift"), **STOP
    )
