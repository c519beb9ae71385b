"""Scenes of stops: set, met, and lifted by two people."""

from collections.abc import Iterator

from insurance.domain.core.identity import Mode, new_stop_id

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


def controls_scenes() -> Iterator[Scene]:
    yield Scene("controls/set", "POST /v1/stops", DUTY, WANTED)
    yield Scene("controls/set_by_a_handler", "POST /v1/stops", HANDLER, WANTED)
    nothing = WANTED | {"activities": []}
    yield Scene("controls/set_what_holds_nothing", "POST /v1/stops", DUTY, nothing)
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
