"""Complaints through the API: opened by anybody, answered against the deadline, put right, registered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from insurance.bank.iso20022 import end_to_end_id
from insurance.domain.complaint import ComplaintStatus, Step
from insurance.domain.complaint.lifecycle import NEXT

from local.bank_messages.messages import read_payments, status_report
from tests.support.claims import AT_FAULT, HANDLER, MOTOR, issued, loss, notified
from tests.support.complaints import BANK, COMPLIANCE, KIM, SVEN, Json, opened, words
from tests.support.platform import Platform, platform_in_memory

PARTNER, OTHER = "harbour-test", "meadow-test"

ANSWER = {"text": "We are sorry.", "outcome": "upheld", "root_cause": "process"}
REDRESS = {
    "amount": {"amount": 5_000, "currency": "GBP"},
    "reason": "For the trouble.",
    "name": "Ada Merton",
    "iban": "GB33BUKB20201555555555",
}
AGREED = {"decision": "approve", "reason": "Fair."}


def investigating(platform: Platform, about: str | None = None) -> str:
    path = opened(platform, about)
    platform.post(f"{path}/acknowledgement", by=KIM)
    platform.post(f"{path}/investigation", by=KIM)
    return path


def redressed(platform: Platform, path: str) -> str:
    """The id of redress that a second person agreed to."""
    redress: str = platform.post(f"{path}/redress", REDRESS, by=KIM)["redress"][-1]["id"]
    platform.post(f"{path}/redress/{redress}/approval", AGREED, by=SVEN)
    return redress


def report(platform: Platform, redress: str, outcome: str = "paid", **arguments: Any) -> Json:
    body = {
        "instruction_id": redress,
        "outcome": outcome,
        "bank_reference": "B-1",
        "executed_at": platform.now.isoformat(),
    }
    return platform.post("/v1/bank-reports", body, by=BANK, **arguments)


BUSINESS: Json = {
    "trade": "office",
    "turnover": {"amount": 40_000_000, "currency": "EUR"},
    "employees": 5,
    "claims_5y": 1,
    "premises": [
        {
            "name": "Main",
            "construction": "brick",
            "sprinklers": False,
            "building": {"amount": 50_000_000, "currency": "EUR"},
            "stock": {"amount": 5_000_000, "currency": "EUR"},
        }
    ],
}


@pytest.mark.parametrize(
    ("territory", "last_day", "ombudsman"),
    [("IE", "2027-01-20T00:00:00Z", "Pensions Ombudsman"), ("DE", "2027-01-16T00:00:00Z", "your")],
)
def test_the_regulator_is_that_of_where_the_risk_is(platform, territory, last_day, ombudsman):
    quote = platform.post(
        "/v1/quotes",
        {
            "product": "business_combined",
            "territory": territory,
            "start": "2026-12-01",
            "policyholder": {"name": "Quay Traders"},
            "answers": BUSINESS,
        },
    )

    path = investigating(platform, quote["id"])

    deadlines = {
        deadline["code"]: deadline["due_at"] for deadline in platform.get(path)["deadlines"]
    }
    assert deadlines["final_response"] == last_day
    assert (
        ombudsman
        in platform.post(f"{path}/final-response", ANSWER, by=KIM)["response"]["ombudsman"]
    )


def test_a_complaint_is_answered_put_right_and_closed(platform):
    path = investigating(platform)
    redress = redressed(platform, path)
    answered = platform.post(f"{path}/final-response", ANSWER, by=KIM)
    report(platform, redress)

    closed = platform.post(f"{path}/closure", {"reason": "accepted"}, by=KIM)

    assert answered["outcome"] == "upheld"
    assert "Financial Ombudsman" in answered["response"]["ombudsman"]
    assert (closed["status"], closed["closed_as"]) == ("closed", "accepted")
    assert [each["status"] for each in closed["redress"]] == ["paid"]
    assert all("met_at" in deadline for deadline in closed["deadlines"])


@pytest.mark.parametrize("kind", ["quote", "policy", "claim"])
@pytest.mark.parametrize("by", [PARTNER, KIM])
def test_anybody_complains_about_a_quote_a_policy_or_a_claim(platform, kind, by):
    policy = issued(platform)
    abouts = {"policy": policy, "quote": policy.replace("pol_", "quo_")}
    if kind == "claim":
        claim = notified(platform, loss(policy, "accidental_damage", "1000", facts=AT_FAULT))
        abouts["claim"] = claim["id"]

    complaint = platform.post("/v1/complaints", words(abouts[kind]), by=by)

    assert (complaint["about"], complaint["status"]) == (abouts[kind], "received")
    assert complaint["channel"] == ("broker" if by == PARTNER else "call_centre")


def test_a_quote_that_became_no_policy_can_be_complained_about(platform):
    quote = platform.post(
        "/v1/quotes",
        {
            "product": "personal_motor",
            "start": "2026-12-01",
            "policyholder": {"name": "Ada Merton"},
            "answers": MOTOR,
        },
    )
    path = opened(platform, quote["id"], category="price")

    assert platform.get(path)["text"].startswith("Nobody rang")


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ("quo_test_0000000000000000", "quote-not-found"),
        ("pol_test_0000000000000000", "policy-not-found"),
        ("clm_test_0000000000000000000000", "claim-not-found"),
        ("pty_test_0000000000000000", "invalid-fields"),
    ],
)
def test_there_must_be_something_to_complain_about(platform, about, code):
    assert platform.refused("/v1/complaints", words(about)) == code


def test_a_policy_that_was_quoted_but_not_issued_is_unknown(platform):
    quote = platform.post(
        "/v1/quotes",
        {
            "product": "personal_motor",
            "start": "2026-12-01",
            "policyholder": {"name": "Ada Merton"},
            "answers": MOTOR,
        },
    )
    about = quote["id"].replace("quo_", "pol_")

    assert platform.refused("/v1/complaints", words(about)) == "policy-not-found"


def test_another_partners_things_and_complaints_are_unknown(platform):
    policy = issued(platform)
    path = opened(platform, policy)

    assert platform.refused("/v1/complaints", words(policy), by=OTHER) == "policy-not-found"
    assert platform.call("GET", path, by=OTHER).body["code"] == "complaint-not-found"
    assert platform.call("GET", f"{path}x", by=PARTNER).body["code"] == "complaint-not-found"


def test_a_partner_complains_and_reads_and_does_nothing_else(platform):
    path = opened(platform)

    for step in ("acknowledgement", "notes", "redress", "closure"):
        assert platform.refused(f"{path}/{step}", {"text": "x"}) == "missing-scope"
    assert platform.call("GET", f"{path}/internal").body["code"] == "missing-scope"
    assert (
        platform.call("GET", "/v1/complaint-register?month=2026-11").body["code"] == "missing-scope"
    )


def test_notes_handler_and_root_cause_are_for_our_own_people(platform):
    path = opened(platform)
    platform.post(f"{path}/notes", {"text": "A good customer."}, by=KIM)
    platform.post(f"{path}/assignment", {"handler": "staff-kim"}, by=KIM)

    platform.post(f"{path}/acknowledgement", by=KIM)
    platform.post(f"{path}/investigation", by=KIM)
    answered = platform.post(f"{path}/final-response", ANSWER, by=KIM)
    desk = platform.get(f"{path}/internal", by=KIM)

    assert desk["root_cause"] == "process"
    assert "root_cause" not in answered | platform.get(path)
    assert [note["text"] for note in desk["notes"]] == ["A good customer."]
    assert desk["handler"] == "staff-kim"
    assert "good customer" not in str(platform.get(path))


def test_redress_needs_a_second_person_with_the_role(platform):
    path = investigating(platform)
    redress = platform.post(f"{path}/redress", REDRESS, by=SVEN)["redress"][0]["id"]
    approval = f"{path}/redress/{redress}/approval"

    assert platform.refused(approval, AGREED, by=KIM) == "no-authority"
    assert platform.refused(approval, AGREED, by=SVEN) == "same-person"


def test_redress_that_is_refused_is_never_paid(platform):
    path = investigating(platform)
    redress = platform.post(f"{path}/redress", REDRESS, by=KIM)["redress"][0]["id"]
    refusal = {"decision": "refuse", "reason": "Too much."}

    refused = platform.post(f"{path}/redress/{redress}/approval", refusal, by=SVEN)

    assert refused["redress"][0]["status"] == "cancelled"
    body = {
        "instruction_id": redress,
        "outcome": "paid",
        "bank_reference": "B",
        "executed_at": "2027-01-18T09:00:00Z",
    }
    assert platform.refused("/v1/bank-reports", body, by=BANK) == "wrong-state"


def test_a_payee_on_a_sanctions_list_is_looked_at_first(platform):
    path = investigating(platform)
    listed = REDRESS | {"name": "Drago, Viktor MALENKOV"}
    redress = platform.post(f"{path}/redress", listed, by=KIM)["redress"][0]["id"]

    approved = platform.post(f"{path}/redress/{redress}/approval", AGREED, by=SVEN)
    assert approved["redress"][0]["status"] == "screening"

    assert platform.get(path)["redress"] == []  # who complains is not told of it

    cleared = {"decision": "clear", "reason": "Born on another day."}
    found = platform.post(f"{path}/redress/{redress}/screening", cleared, by=COMPLIANCE)
    assert found["redress"][0]["status"] == "executing"
    [told] = platform.get(path)["redress"]
    assert told == {name: found["redress"][0][name] for name in ("id", "status", "amount")}

    again = platform.post(f"{path}/redress", listed, by=KIM)["redress"][1]["id"]
    approved = platform.post(f"{path}/redress/{again}/approval", AGREED, by=SVEN)
    assert approved["redress"][1]["status"] == "executing"  # the same name is not asked about twice


def test_the_bank_is_told_of_the_payment_and_nothing_else(platform):
    path = investigating(platform)
    redress = redressed(platform, path)

    told = report(platform, redress)

    assert set(told) == {"instruction_id", "status", "amount", "kept"}
    assert platform.get(path)["redress"][0]["bank_reference"] == "B-1"


def test_redress_goes_to_the_bank_in_the_file_of_all_payments_and_its_report_pays_it(platform):
    path = investigating(platform)
    redress = redressed(platform, path)
    platform.deliver()

    [file] = platform.post("/v1/payment-files", {"currency": "GBP"}, by="finance-test")["files"]
    [body] = [body for body, _ in platform.objects.kept.values()]
    ordered = read_payments(body)
    document = status_report("R-1", ordered.message_id, group="ACSC", payments={})
    platform.post("/v1/bank-status-reports", {"document": document}, by=BANK)

    assert [each["id"] for each in file["payments"]] == [redress]
    assert [(each.reference, each.name, each.amount) for each in ordered.transfers] == [
        (end_to_end_id(redress), "Ada Merton", "50.00")
    ]
    assert platform.get(path)["redress"][0]["status"] == "paid"
    assert platform.post("/v1/payment-files", {"currency": "GBP"}, by="finance-test")["files"] == []


def test_redress_goes_to_whom_a_second_person_agreed_whatever_is_offered_after(platform):
    path = investigating(platform)
    redress = redressed(platform, path)
    other = REDRESS | {"name": "Mallory Quick", "iban": "DE89370400440532013000"}
    platform.post(f"{path}/redress", other, by=KIM)
    platform.deliver()

    platform.post("/v1/payment-files", {"currency": "GBP"}, by="finance-test")

    [body] = [body for body, _ in platform.objects.kept.values()]
    assert [(each.reference, each.name) for each in read_payments(body).transfers] == [
        (end_to_end_id(redress), "Ada Merton")
    ]


def test_redress_that_comes_back_opens_a_closed_complaint_again(platform):
    path = investigating(platform)
    redress = redressed(platform, path)
    platform.post(f"{path}/final-response", ANSWER, by=KIM)
    report(platform, redress)
    platform.post(f"{path}/closure", {"reason": "accepted"}, by=KIM)

    report(platform, redress, "returned")

    back = platform.get(path)
    assert (back["status"], back["redress"][0]["status"]) == ("reopened", "returned")
    assert "closed_as" not in back
    [line] = platform.get("/v1/work-items?role=complaints_handler", by=KIM)["items"]
    assert line["code"] == "complaint_reopened"


def test_redress_that_fails_while_the_ombudsman_has_it_is_somebodys_work(platform):
    path = investigating(platform)
    redress = redressed(platform, path)
    platform.post(f"{path}/final-response", ANSWER, by=KIM)
    platform.post(f"{path}/ombudsman-referral", {"reference": "FOS-1"}, by=KIM)
    assert platform.get("/v1/work-items?role=complaints_handler", by=KIM)["items"] == []

    report(platform, redress, "failed")

    [line] = platform.get("/v1/work-items?role=complaints_handler", by=KIM)["items"]
    assert line["code"] == "complaint_referred"


def test_a_complaint_is_in_the_work_list_of_who_must_act(platform):
    path = investigating(platform)
    complaint_id = path.rpartition("/")[2]

    [line] = platform.get("/v1/work-items?role=complaints_handler", by=KIM)["items"]
    assert (line["id"], line["code"]) == (complaint_id, "complaint_investigating")
    assert (line["kind"], line["deadline"]["code"]) == ("complaint", "final_response")

    platform.post(f"{path}/redress", REDRESS, by=KIM)
    assert platform.get("/v1/work-items?role=complaints_handler", by=KIM)["items"] == []
    [line] = platform.get("/v1/work-items?role=supervisor", by=SVEN)["items"]
    assert (line["id"], line["code"]) == (complaint_id, "approve_redress")


def test_the_register_lists_a_months_complaints_and_nobody_by_name(platform):
    policy = issued(platform)
    first, second = (opened(platform, policy).rpartition("/")[2] for _ in range(2))
    platform.now += timedelta(days=40)
    later = opened(platform, policy).rpartition("/")[2]
    november, december = (
        "/v1/complaint-register?month=2026-11",
        "/v1/complaint-register?month=2026-12",
    )

    page = platform.get(november, by=KIM, query={"limit": "1"})
    rest = platform.get(november, by=KIM, query={"after": page["next"]})
    text = platform.get("/v1/complaint-register/export?month=2026-11", by=KIM)["csv"]

    assert {page["items"][0]["id"], *(row["id"] for row in rest["items"])} == {first, second}
    assert [row["id"] for row in platform.get(december, by=KIM)["items"]] == [later]
    assert len(text.splitlines()) == 3
    assert "Ada" not in text + str(page)
    assert platform.call("GET", "/v1/complaint-register?month=2026-13", by=KIM).status == 422


def test_a_repeated_call_is_answered_as_at_first_whatever_came_since(platform):
    policy = issued(platform)
    first = platform.call("POST", "/v1/complaints", words(policy), key="complain")
    path = f"/v1/complaints/{first.body['id']}"
    platform.call("POST", f"{path}/acknowledgement", {}, by=KIM, key="ack")
    platform.post(f"{path}/investigation", by=KIM)

    again = platform.call("POST", "/v1/complaints", words(policy), key="complain")
    acknowledged = platform.call("POST", f"{path}/acknowledgement", {}, by=KIM, key="ack")

    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert acknowledged.body["status"] == "acknowledged"
    changed = words(policy, text="Something else.")
    assert platform.refused("/v1/complaints", changed, key="complain") == "key-reused"


def test_of_many_at_once_one_moves_the_complaint_and_redress_is_paid_once(platform):
    path = investigating(platform)
    redress = redressed(platform, path)

    with ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(
                lambda place: platform.call(
                    "POST",
                    "/v1/bank-reports",
                    {
                        "instruction_id": redress,
                        "outcome": "paid",
                        "bank_reference": "B-1",
                        "executed_at": "2027-01-18T09:00:00Z",
                    },
                    by=BANK,
                    key=f"report-{place % 2}",
                ),
                range(8),
            )
        )

    statuses = sorted({(each.status, each.body.get("code", "")) for each in answers})
    assert statuses == [(200, ""), (409, "wrong-state")]
    assert [each["status"] for each in platform.get(path)["redress"]] == ["paid"]


def test_a_stale_revision_is_refused(platform):
    path = opened(platform)

    answered = platform.call(
        "POST", f"{path}/acknowledgement", {}, by=KIM, headers={"If-Match": '"9-complaint"'}
    )

    assert (answered.status, answered.body["code"]) == (412, "stale-revision")


COMMANDS: dict[Step, tuple[str, Json]] = {
    Step.ACKNOWLEDGE: ("acknowledgement", {}),
    Step.INVESTIGATE: ("investigation", {}),
    Step.ANSWER: ("final-response", ANSWER),
    Step.CLOSE: ("closure", {"reason": "accepted"}),
    Step.WITHDRAW: ("closure", {"reason": "withdrawn"}),
    Step.REOPEN: ("reopening", {"reason": "There is more."}),
    Step.OFFER_REDRESS: ("redress", REDRESS),
    Step.ASSIGN: ("assignment", {"handler": "staff-kim"}),
    Step.NOTE: ("notes", {"text": "Rang."}),
    Step.REFER: ("ombudsman-referral", {"reference": "FOS-1"}),
}
PATHS: dict[ComplaintStatus, tuple[Step, ...]] = {
    ComplaintStatus.RECEIVED: (),
    ComplaintStatus.ACKNOWLEDGED: (Step.ACKNOWLEDGE,),
    ComplaintStatus.INVESTIGATING: (Step.ACKNOWLEDGE, Step.INVESTIGATE),
    ComplaintStatus.ANSWERED: (Step.ACKNOWLEDGE, Step.INVESTIGATE, Step.ANSWER),
    ComplaintStatus.REFERRED: (Step.ACKNOWLEDGE, Step.INVESTIGATE, Step.ANSWER, Step.REFER),
    ComplaintStatus.CLOSED: (Step.WITHDRAW,),
    ComplaintStatus.REOPENED: (Step.WITHDRAW, Step.REOPEN),
}


@pytest.mark.parametrize(("status", "step"), list(product(ComplaintStatus, COMMANDS)))
def test_a_command_does_what_the_table_says_or_is_refused_as_wrong_state(status, step):
    with platform_in_memory() as (platform, _):
        path = opened(platform)
        for before in PATHS[status]:
            ending, body = COMMANDS[before]
            platform.post(f"{path}/{ending}", body, by=KIM)
        assert platform.get(path)["status"] == status
        ending, body = COMMANDS[step]
        if step is Step.REFER:
            platform.now += timedelta(days=60)  # late: then nothing but the state stands in the way

        answered = platform.call("POST", f"{path}/{ending}", body, by=KIM)
        now = platform.get(path)["status"]

    if (status, step) in NEXT:
        assert (answered.status, now) == (200, NEXT[status, step])
    else:
        assert (answered.status, answered.body["code"]) == (409, "wrong-state")
        assert now == status


def test_only_those_who_handle_complaints_do(platform):
    path = opened(platform)

    assert platform.refused(f"{path}/acknowledgement", by=HANDLER) == "missing-scope"
