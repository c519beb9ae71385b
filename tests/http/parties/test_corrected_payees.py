"""A person looks at whom money goes to, once the customer's name, address or account was corrected."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from insurance import delivery_bundles
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.identity import Mode
from insurance.domain.schedule.scheduled_job import JobKind, partition_for
from insurance.operations.payments.correct_payees import correct_payees
from insurance.operations.scheduler.run_jobs import run_jobs
from insurance.operations.scheduler.schedule_jobs import schedule_jobs

from tests.support.backend import Backend, environment
from tests.support.bank import FILES, at_the_bank
from tests.support.calls import LOSS_CLOCK, PARTNER, Json, staff
from tests.support.claims import (
    AFTER_THE_LOSS,
    AT_FAULT,
    HANDLER,
    SUPERVISOR,
    issued,
    loss,
    money,
    reported,
)
from tests.support.personal_data import SUE
from tests.support.platform import Platform
from tests.support.streams import streams

CLERK, FINANCE, BANK, KIM = "call-centre-test", "finance-test", "bank-test", "complaints-test"
HERS: Json = {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"}
NEW_ACCOUNT: Json = {"account": {"holder": "Ada Merton", "iban": "GB94BARC10201530093459"}}
NEW_NAME: Json = {"name": "Ada Kingfisher"}
NEW_ADDRESS: Json = {
    "address": {"lines": ["3 Ember Passage"], "postcode": "EF3 3CC", "country": "GB"}
}
CORRECTIONS = {"account": NEW_ACCOUNT, "name": NEW_NAME, "address": NEW_ADDRESS}
DECISION = {"decision": "approve", "reason_code": "covered", "reason": "All is in order."}
APPROVE = {"decision": "approve", "reason": "Seen."}
CLEAR = {"decision": "clear", "reason": "She rang us from the number that we have."}


@pytest.fixture
def policy(platform: Platform) -> str:
    policy_id = issued(platform)
    platform.now = AFTER_THE_LOSS
    return policy_id


def corrected(platform: Platform, policy: str, correction: Json) -> None:
    """The correction, and what the scheduler makes of it in its next run."""
    path = f"/v1/parties/{policy.replace('pol_', 'pty_')}/corrections"
    platform.now += timedelta(hours=1)
    platform.post(path, correction | {"reason": "She rang."}, by=CLERK)
    worked_off(platform)


def worked_off(platform: Platform) -> None:
    """What the events schedule for parties is done, as often as the scheduler likes."""
    platform.deliver()
    for event in platform.events():
        if event.stream.startswith("pty_"):
            scheduled = platform.stores.scheduled_jobs
            schedule_jobs(event, products=platform.products, schedule=scheduled)
    platform.now += timedelta(hours=1)
    report = run_jobs(
        partition_for(Mode.TEST, "harbour"),
        {JobKind.PAYEE: partial(correct_payees, ports=delivery_bundles.corrected_payee_ports())},
        scheduled=platform.stores.scheduled_jobs,
        now=platform.now,
        time_is_up=lambda: False,
    )
    assert report.failed == 0


def sent(platform: Platform) -> list[str]:
    """The names of those to whom the next file for the bank sends money."""
    platform.deliver()
    before = len(at_the_bank(platform))
    platform.post(FILES, {"currency": "GBP"}, by=FINANCE)
    return [each.name for file in at_the_bank(platform)[before:] for each in file.transfers]


def settled(platform: Platform, policy: str, **changes: Any) -> Json:
    """A claim that rules alone have settled: its payment waits for the bank."""
    body = loss(policy, "accidental_damage", "1000", facts=AT_FAULT) | {"settle": True}
    return platform.post("/v1/claims", body | changes)


def named_again(platform: Platform, claim: Json, payee: Json = HERS) -> None:
    platform.post(f"/v1/claims/{claim['id']}/payee", payee, by=CLERK)


def read(platform: Platform, claim: Json) -> Json:
    return platform.get(f"/v1/claims/{claim['id']}", by=HANDLER)


@pytest.mark.parametrize("detail", CORRECTIONS)
def test_a_claims_payment_that_waits_for_the_bank_is_recalled_and_let_go_by_a_person(
    platform: Platform, policy: str, detail: str
):
    claim = settled(platform, policy)
    platform.deliver()

    corrected(platform, policy, CORRECTIONS[detail])

    held = read(platform, claim)
    assert held["payments"][0]["status"] == "screening"
    assert sent(platform) == []
    path = f"/v1/claims/{claim['id']}/payments/{held['payments'][0]['id']}/screening"
    assert platform.refused(path, CLEAR, by=SUPERVISOR) == "payee-unsettled"
    named_again(platform, claim)
    cleared = platform.post(path, CLEAR, by=SUPERVISOR)
    assert cleared["payments"][0]["status"] == "executing"
    assert sent(platform) == [HERS["name"]]


def test_an_open_claim_stands_in_the_handlers_list_and_pays_nobody_until_the_payee_is_named_again(
    platform: Platform, policy: str
):
    body = loss(policy, "accidental_damage", "1000", facts=AT_FAULT)
    claim = platform.post("/v1/claims", body)
    path = f"/v1/claims/{claim['id']}"

    corrected(platform, policy, NEW_ACCOUNT)

    listed = platform.get("/v1/work-items?role=claims_handler", by=HANDLER)["items"]
    assert [(item["id"], item["code"]) for item in listed] == [(claim["id"], "confirm_payee")]
    waiting = platform.post(f"{path}/settlement")
    assert waiting["status"] == "assessing"
    platform.post(f"{path}/payee", HERS)  # the partner's own word ends nothing
    assert read(platform, claim)["payee_corrected_at"]
    named = platform.post(f"{path}/payee", HERS, by=CLERK)
    assert "payee_corrected_at" not in named
    assert [task["code"] for task in [named["task"]] if task] != ["confirm_payee"]
    decided = platform.post(f"{path}/decision", DECISION, by=HANDLER)
    assert [payment["status"] for payment in decided["payments"]] == ["executing"]


def test_a_payment_that_waits_for_approval_is_not_approved_before_the_payee_is_named_again(
    platform: Platform, policy: str
):
    body = loss(policy, "accidental_damage", "1000", facts=AT_FAULT)
    path = f"/v1/claims/{platform.post('/v1/claims', body)['id']}"
    corrected(platform, policy, NEW_ADDRESS)
    [payment] = platform.post(f"{path}/decision", DECISION, by=HANDLER)["payments"]
    approval = f"{path}/payments/{payment['id']}/approval"

    assert payment["status"] == "awaiting_approval"
    assert platform.refused(approval, APPROVE, by=SUPERVISOR) == "payee-unsettled"
    named = platform.post(f"{path}/payee", HERS, by=CLERK)
    assert named["task"]["code"] == "approve_payment"
    platform.post(approval, APPROVE, by=SUPERVISOR)
    assert sent(platform) == [HERS["name"]]


def test_what_stands_in_a_file_for_the_bank_is_not_recalled(platform: Platform, policy: str):
    claim = settled(platform, policy)
    assert sent(platform) == [HERS["name"]]

    corrected(platform, policy, NEW_ACCOUNT)

    after = read(platform, claim)
    assert after["payments"][0]["status"] == "executing"
    assert after["task"]["code"] == "confirm_payee"


@pytest.mark.parametrize(
    ("payee", "correction"),
    [
        ({"name": "Bent Metal Repairs Ltd", "iban": "GB94BARC10201530093459"}, NEW_ADDRESS),
        (HERS, {"language": "en-IE"}),
        (HERS, {"phone": "+441632960001"}),
    ],
)
def test_money_to_somebody_else_and_a_correction_of_something_else_hold_nothing(
    platform: Platform, policy: str, payee: Json, correction: Json
):
    claim = platform.post(
        "/v1/claims", loss(policy, "accidental_damage", "1000", facts=AT_FAULT) | {"payee": payee}
    )

    corrected(platform, policy, correction)

    assert read(platform, claim)["revision"] == claim["revision"]


def test_a_payment_that_was_recalled_is_refused_and_its_premium_is_owed_again(
    platform: Platform, policy: str
):
    """The premium is overdue: it was set off against the payment."""
    claim = settled(platform, policy, payee=HERS | {"is_policyholder": True})
    billing = f"/v1/policies/{policy}/billing"
    assert platform.get(billing)["overdue"] == money("0")
    corrected(platform, policy, NEW_ACCOUNT)
    [payment] = read(platform, claim)["payments"]
    path = f"/v1/claims/{claim['id']}/payments/{payment['id']}/screening"

    refused = platform.post(path, {"decision": "refuse", "reason": "Not hers."}, by=SUPERVISOR)

    assert refused["payments"][0]["status"] == "cancelled"
    assert platform.get(billing)["overdue"] == payment["premium_set_off"]


def test_a_payment_that_was_recalled_has_premium_set_off_once(platform: Platform, policy: str):
    claim = settled(platform, policy, payee=HERS | {"is_policyholder": True})
    [before] = claim["payments"]
    corrected(platform, policy, NEW_ACCOUNT)
    path = f"/v1/claims/{claim['id']}/payments/{before['id']}/screening"

    named_again(platform, claim, HERS | {"is_policyholder": True})
    [after] = platform.post(path, CLEAR, by=SUPERVISOR)["payments"]

    assert before["premium_set_off"]["amount"] > 0
    assert (after["premium_set_off"], after["net"]) == (before["premium_set_off"], before["net"])
    assert len(platform.get(f"/v1/policies/{policy}/billing")["payments"]) == 1


def refunded(platform: Platform, policy: str) -> str:
    """The path of a refund of hers that somebody asked for, to the account from which she paid."""
    received = {
        "policy_id": policy,
        "reference": "REF-1",
        "amount": money("300"),
        "received_on": "2026-12-20",
        "payer": HERS,
    }
    platform.post("/v1/payments", received, by=BANK)
    asked = {"amount": money("10"), "payee": HERS, "reason": "Paid twice."}
    path = f"/v1/policies/{policy}/refunds"
    return f"{path}/{platform.post(path, asked)['refunds'][-1]['id']}"


def test_a_refund_that_waits_for_the_bank_is_recalled(platform: Platform, policy: str):
    path = refunded(platform, policy)
    approved = platform.post(f"{path}/approval", APPROVE, by=FINANCE)
    assert approved["refunds"][0]["status"] == "executing"
    platform.deliver()

    corrected(platform, policy, NEW_ACCOUNT)

    assert sent(platform) == []
    [refund] = platform.get(f"/v1/policies/{policy}/billing", by=FINANCE)["refunds"]
    assert refund["status"] == "screening"
    assert "was corrected since" in refund["referred_because"]
    platform.post(f"{path}/screening", CLEAR, by=SUPERVISOR)
    assert sent(platform) == [HERS["name"]]


def test_a_refund_that_waits_for_approval_needs_a_third_person_then(
    platform: Platform, policy: str
):
    path = refunded(platform, policy)

    corrected(platform, policy, NEW_NAME)

    approved = platform.post(f"{path}/approval", APPROVE, by=FINANCE)
    assert approved["refunds"][0]["status"] == "screening"


def test_redress_that_waits_for_the_bank_is_recalled_and_is_not_owed_until_it_is_let_go(
    platform: Platform, policy: str
):
    words = {"about": policy, "category": "delay", "complainant": HERS["name"], "text": "Late."}
    path = f"/v1/complaints/{platform.post('/v1/complaints', words, by=CLERK)['id']}"
    for step in ("acknowledgement", "investigation"):
        platform.post(f"{path}/{step}", by=KIM)
    offer = {"amount": money("50"), "reason": "We were late."} | HERS
    redress = platform.post(f"{path}/redress", offer, by=KIM)["redress"][-1]["id"]
    approved = platform.post(f"{path}/redress/{redress}/approval", APPROVE, by=SUE)
    assert approved["redress"][-1]["status"] == "executing"
    platform.deliver()

    corrected(platform, policy, NEW_ACCOUNT)

    assert sent(platform) == []
    [held] = platform.get(path, by=KIM)["redress"]
    assert held["status"] == "screening"
    assert "was corrected since" in held["referred_because"]
    platform.post(f"{path}/redress/{redress}/screening", CLEAR, by=SUPERVISOR)
    assert sent(platform) == [HERS["name"]]


@pytest.mark.parametrize("role", ["joint holder", "mortgagee"])
def test_a_customer_who_is_paid_on_anothers_policy_is_looked_at_too(
    platform: Platform, policy: str, role: str
):
    person = {"kind": "person", "name": "Ben Okri", "email": "ben@okri.example"}
    ben = platform.post("/v1/parties", person)["id"]
    if role == "mortgagee":
        lender: Json = {"interested_parties": [{"interest": role, "party_id": ben}]}
        platform.post(f"/v1/policies/{policy}/interested-parties", lender)
    else:
        joins: Json = {"reason": "joint_holder_in", "consents": ["holder", "new_holder"]}
        joins |= {"party_id": ben, "holder": {"name": "Ben Okri"}}
        platform.post(f"/v1/policies/{policy}/transfers", joins)
    body = loss(policy, "accidental_damage", "1000", facts=AT_FAULT)
    claim = platform.post("/v1/claims", body | {"payee": HERS | {"name": "Ben Okri"}})

    corrected(platform, ben.replace("pty_", "pol_"), NEW_NAME)

    assert read(platform, claim)["task"]["code"] == "confirm_payee"


def test_a_customer_who_stands_for_another_is_looked_at_on_the_others_policies(
    platform: Platform, policy: str
):
    person = {"kind": "person", "name": "Ada M. Merton", "email": "ada@merton.example"}
    known = platform.post("/v1/parties", person)["id"]
    other = {"party_id": policy.replace("pol_", "pty_")}
    platform.post(f"/v1/parties/{known}/merges", other)
    claim = platform.post("/v1/claims", loss(policy, "windscreen", "400"))

    corrected(platform, known.replace("pty_", "pol_"), NEW_ACCOUNT)

    assert read(platform, claim)["task"]["code"] == "confirm_payee"


def test_each_correction_is_looked_at_once_however_often_the_job_runs(
    platform: Platform, policy: str
):
    body = loss(policy, "accidental_damage", "1000", facts=AT_FAULT)
    claim = platform.post("/v1/claims", body)
    corrected(platform, policy, NEW_ACCOUNT)
    named = platform.post(f"/v1/claims/{claim['id']}/payee", HERS, by=CLERK)

    corrected(platform, policy, {"language": "en-IE"})
    worked_off(platform)

    assert read(platform, claim)["revision"] == named["revision"]
    corrected(platform, policy, NEW_ADDRESS)
    assert read(platform, claim)["task"]["code"] == "confirm_payee"


class _NothingClaimed:
    """What a job has read just before a file claimed a payment."""

    def of(self, payment_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(payment_ids)


def test_a_payment_that_a_file_claims_in_the_same_moment_is_not_recalled(
    platform: Platform, policy: str
):
    claim, refund = settled(platform, policy), refunded(platform, policy)
    platform.post(f"{refund}/approval", APPROVE, by=FINANCE)
    assert len(sent(platform)) == 2
    party = f"/v1/parties/{policy.replace('pol_', 'pty_')}"
    platform.post(f"{party}/corrections", NEW_NAME | {"reason": "She married."}, by=CLERK)
    ports = replace(delivery_bundles.corrected_payee_ports(), unsent=_NothingClaimed())

    with pytest.raises(StaleRevision):
        correct_payees(policy.replace("pol_", "pty_"), platform.now, ports=ports)

    assert read(platform, claim)["payments"][0]["status"] == "executing"
    worked_off(platform)
    billing = platform.get(f"/v1/policies/{policy}/billing", by=FINANCE)
    assert billing["refunds"][0]["status"] == "executing"


def test_the_deployed_scheduler_may_recall_what_it_must(handlers: Platform, backend: Backend):
    claim = handlers.settled()
    party = claim["policy_id"].replace("pol_", "pty_")
    right = {"account": NEW_ACCOUNT["account"], "reason": "Another bank."}
    clerk = staff("staff-clara", "call_centre", "parties:write")
    handlers.post(f"/v1/parties/{party}/corrections", right, by=clerk, clock=LOSS_CLOCK)
    scheduler: Any = handlers.apps["scheduler"]
    with environment(backend.environment()):
        for event in streams(backend)[party]:
            schedule_jobs(event, products=handlers.products, schedule=scheduler.scheduled)

    run = handlers.post("/v1/scheduler/runs", {}, key=None, clock=LOSS_CLOCK, by=PARTNER)

    assert (run["failed"], run["finished"]) == (0, True)
    held = handlers.get(f"/v1/claims/{claim['id']}", by=PARTNER, clock=LOSS_CLOCK)
    assert held["payments"][0]["status"] == "screening"


def test_a_claim_that_closes_leaves_the_work_list(platform: Platform, policy: str):
    """One is paid by a file of before the correction, and one is withdrawn."""
    paid = settled(platform, policy)
    assert sent(platform) == [HERS["name"]]
    body = loss(policy, "windscreen", "400")
    withdrawn = platform.post("/v1/claims", body)
    corrected(platform, policy, NEW_ACCOUNT)
    assert read(platform, withdrawn)["task"]["code"] == "confirm_payee"

    reported(platform, paid["payments"][0]["id"], "paid")
    closure = f"/v1/claims/{withdrawn['id']}/closure"
    platform.post(closure, {"reason": "withdrawn"}, by=HANDLER)

    for claim in (paid, withdrawn):
        closed = read(platform, claim)
        assert (closed["status"], closed.get("task")) == ("closed", None)
    assert platform.get("/v1/work-items?role=claims_handler", by=HANDLER)["items"] == []
