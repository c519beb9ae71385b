"""Scenes of claims: one HTTP event each."""

from collections.abc import Iterator, Mapping

from insurance.domain.core import identity

from tests.artefact.scenes.common import (
    BANK,
    CLAIM,
    CLAIMED_AT,
    GBP,
    HANDLER,
    HARBOUR,
    ISSUED,
    LARGE,
    NOTIFIED,
    NOTIFIED_LARGE,
    POLICY,
    SUPERVISOR,
    UNDERWRITER,
    UNKNOWN,
    Json,
    Scene,
    claim_id_of,
    loss,
    notice,
)


def claims_scenes() -> Iterator[Scene]:
    check, post = "POST /v1/coverage-checks", "POST /v1/claims"
    later: Json = {"at": CLAIMED_AT}
    checked = loss(POLICY, 300000)
    yield Scene("claim_intake/check", check, HARBOUR, checked, ISSUED, key="-", **later)
    silent = {**checked, "facts": {}}
    yield Scene(
        "claim_intake/check_without_facts", check, HARBOUR, silent, ISSUED, key="-", **later
    )
    yield Scene("claim_intake/notify", post, HARBOUR, notice(POLICY, 300000), ISSUED, **later)
    large = notice(POLICY, 1000000)
    is_straight_through = {**notice(POLICY, 300000), "settle": True}
    yield Scene(
        "claim_intake/notify_and_settle", post, HARBOUR, is_straight_through, ISSUED, **later
    )
    yield Scene("claim_intake/notify_large", post, HARBOUR, large, ISSUED, **later)
    unknown = notice(identity.policy_id_for(UNKNOWN), 300000)
    yield Scene("claim_intake/notify_unknown", post, HARBOUR, unknown, **later)
    get, claim = "GET /v1/claims/{claim_id}", {"claim_id": CLAIM}
    yield Scene("claim_intake/read", get, HARBOUR, None, NOTIFIED, claim, **later)
    listed: Json = {"given": NOTIFIED, "variables": {"policy_id": POLICY}}
    yield Scene(
        "claim_intake/list", "GET /v1/policies/{policy_id}/claims", HARBOUR, **listed, **later
    )
    bare = {**notice(POLICY, 300000), "facts": {"driver_age": 35}}
    yield Scene("claim_intake/notify_without_fault", post, HARBOUR, bare, ISSUED, **later)
    yield Scene(
        *("claim_intake/complete", "POST /v1/claims/{claim_id}/facts", HARBOUR),
        body={"facts": {"fault": True}},
        given=(*ISSUED, "claim_intake/notify_without_fault"),
        variables={"claim_id": claim_id_of("notify_without_fault")},
        **later,
    )
    nobody = {name: value for name, value in bare.items() if name != "payee"}
    unpaid = "notify_without_payee"
    yield Scene(f"claim_intake/{unpaid}", post, HARBOUR, nobody, ISSUED, **later)
    yield Scene(
        *("claim_intake/complete_with_payee", "POST /v1/claims/{claim_id}/facts", HARBOUR),
        body={"facts": {"fault": True}, "payee": bare["payee"]},
        given=(*ISSUED, f"claim_intake/{unpaid}"),
        variables={"claim_id": claim_id_of(unpaid)},
        **later,
    )


def arrears_scenes() -> Iterator[Scene]:
    """Nobody has paid the premium: claims keep it back from what they pay the policyholder."""
    post = "POST /v1/claims"
    later: Json = {"at": CLAIMED_AT}
    told = notice(POLICY, 300000)
    told["payee"] |= {"is_policyholder": True}
    noted, settled = "claim_intake/notify_policyholder", "claim_intake/notify_and_keep_back"
    yield Scene(noted, post, HARBOUR, told, ISSUED, **later)
    yield Scene(settled, post, HARBOUR, {**told, "settle": True}, ISSUED, **later)
    path, of_noted = "claim_assessment/approve_and_keep_back", {"claim_id": claim_id_of(noted[13:])}
    decide = "POST /v1/claims/{claim_id}/decision"
    agreed = {"decision": "approve", "reason_code": "covered", "reason": "All is in order."}
    yield Scene(path, decide, HANDLER, agreed, (*ISSUED, noted), of_noted, **later)
    settle = "POST /v1/claims/{claim_id}/settlement"
    path = "settlement/settle_less_overdue_premium"
    yield Scene(path, settle, HARBOUR, None, (*ISSUED, noted), of_noted, **later)
    failed = {
        "instruction_id": identity.payment_id_for(claim_id_of(settled[13:]), 1),
        "outcome": "failed",
        "bank_reference": "FPS-9",
        "executed_at": "2027-01-16T10:00:00Z",
        "reason": "The account is closed.",
    }
    path, reported = "payment_execution/report_failed_and_give_back", "POST /v1/bank-reports"
    yield Scene(path, reported, BANK, failed, (*ISSUED, settled), **later)


def assessment_scenes() -> Iterator[Scene]:
    decide, reserve = "POST /v1/claims/{claim_id}/decision", "POST /v1/claims/{claim_id}/reserves"
    claim, large = {"claim_id": CLAIM}, {"claim_id": LARGE}
    later: Json = {"at": CLAIMED_AT}
    denial = {
        "decision": "deny",
        "reason_code": "not_our_driver",
        "reason": "The driver at the wheel is not named on the policy.",
    }
    yield Scene("claim_assessment/deny", decide, HANDLER, denial, NOTIFIED, claim, **later)
    more = {
        "cost_type": "expense",
        "outstanding": {"amount": 40000, "currency": GBP},
        "reason": "new_information",
    }
    yield Scene("claim_assessment/reserve", reserve, HANDLER, more, NOTIFIED, claim, **later)
    nobody = "claim_assessment/deny_without_the_role"
    yield Scene(nobody, decide, UNDERWRITER, denial, NOTIFIED, claim, **later)
    yield Scene(
        "claim_assessment/deny_large", decide, HANDLER, denial, NOTIFIED_LARGE, large, **later
    )
    proposed = (*NOTIFIED_LARGE, "claim_assessment/deny_large")
    confirm = "POST /v1/claims/{claim_id}/decision/confirmation"
    agreed = {"decision": "confirm", "reason": "The policy names one driver."}
    yield Scene("claim_assessment/confirm", confirm, SUPERVISOR, agreed, proposed, large, **later)
    same = "claim_assessment/confirm_by_the_same_person"
    yield Scene(same, confirm, HANDLER, agreed, proposed, large, **later)
    yield from standstill_scenes(claim)
    yield from desk_scenes(claim)


def desk_scenes(claim: Mapping[str, str]) -> Iterator[Scene]:
    """What our people keep beside a claim, and the lists they work from."""
    path = "/v1/claims/{claim_id}"
    later: Json = {"at": CLAIMED_AT}
    asked: Json = {"given": NOTIFIED, "variables": claim, **later}
    mine = {"handler": HANDLER["claims"]["sub"]}
    yield Scene("claim_assessment/assign", f"POST {path}/assignment", HANDLER, mine, **asked)
    note = {"text": "The workshop opens again on Monday."}
    yield Scene("claim_assessment/note", f"POST {path}/notes", HANDLER, note, **asked)
    when = {"on": "2027-01-18T09:00:00Z", "about": "Ask the workshop for its estimate."}
    yield Scene(
        "claim_assessment/create_diary_entry", f"POST {path}/diary-entries", HANDLER, when, **asked
    )
    entered: Json = {
        "given": (*NOTIFIED, "claim_assessment/create_diary_entry"),
        "variables": {**claim, "number": "1"},
        **later,
    }
    done = f"POST {path}/diary-entries/{{number}}/completion"
    yield Scene("claim_assessment/complete_diary_entry", done, HANDLER, {}, **entered)
    noted = (*NOTIFIED, "claim_assessment/note", "claim_assessment/assign")
    yield Scene(
        "claim_assessment/internal", f"GET {path}/internal", HANDLER, None, noted, claim, **later
    )
    lists, work = "GET /v1/work-items", "claims_handler"
    waiting = ("claim_intake/notify_without_fault", "settlement/settle_incomplete")
    yield Scene(
        *("settlement/settle_incomplete", "POST /v1/claims/{claim_id}/settlement", HARBOUR, {}),
        given=(*ISSUED, "claim_intake/notify_without_fault"),
        variables={"claim_id": claim_id_of("notify_without_fault")},
        **later,
    )
    role: Json = {"query": {"role": work}, **later}
    yield Scene("work_list/claims_handler", lists, HANDLER, None, (*ISSUED, *waiting), **role)
    yield Scene("work_list/of_another_role", lists, UNDERWRITER, None, **role)
    yield Scene(
        *("work_list/underwriter", lists, UNDERWRITER, None, ("quoting/quote_referred",)),
        query={"role": "underwriter"},
        **later,
    )


def standstill_scenes(claim: Mapping[str, str]) -> Iterator[Scene]:
    """A claim held and released, closed and opened again."""
    hold, release = "POST /v1/claims/{claim_id}/hold", "POST /v1/claims/{claim_id}/release"
    close, reopen = "POST /v1/claims/{claim_id}/closure", "POST /v1/claims/{claim_id}/reopening"
    later: Json = {"variables": claim, "at": CLAIMED_AT}
    why = {"reason": "The police are asked first."}
    yield Scene("claim_assessment/hold", hold, HANDLER, why, NOTIFIED, **later)
    held = (*NOTIFIED, "claim_assessment/hold")
    yield Scene("claim_assessment/release", release, HANDLER, {}, held, **later)
    withdrawn = {"reason": "withdrawn"}
    yield Scene("claim_assessment/close", close, HANDLER, withdrawn, NOTIFIED, **later)
    closed = (*NOTIFIED, "claim_assessment/close")
    more = {"reason": "The driver wants it dealt with after all."}
    yield Scene("claim_assessment/reopen", reopen, HANDLER, more, closed, **later)
