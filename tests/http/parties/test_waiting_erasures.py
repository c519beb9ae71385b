"""An erasure is refused in each situation in which the law holds the data, and is done by itself once it has ended.

Each situation is played over HTTP: it begins, an erasure is refused and one that may wait is asked for, the
scheduler looks while the situation lasts, it ends, and the scheduler erases when nothing is kept any more.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from insurance.operations.scheduler.schedule_jobs import schedule_jobs

from tests.support.backend import Backend, environment
from tests.support.calls import BANK, LOSS_CLOCK, NAME, PARTNER, PRIVACY, Answer
from tests.support.claims import HANDLER, SUPERVISOR
from tests.support.personal_data import found_in, open_words
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

DECADES_LATER = "2045-01-01T09:00:00Z"
"""No rule of retention keeps anything of what ended in 2027 or 2028."""
ENDED_AT = "2045-01-02T09:00:00Z"
AT_LAST = "2070-01-01T09:00:00Z"
"""Nor of what ended then."""
KIM = "complaints-test"
PAYEE = {"name": NAME, "iban": "GB33BUKB20201555555555"}


class Situation(NamedTuple):
    """What holds the data of a party, and how somebody ends it; None: it ends with the time."""

    policy_id: str
    end: Callable[[], Any] | None = None


def on_risk(platform: Platform) -> Situation:
    return Situation(platform.issued()["id"])


def claim_open(platform: Platform) -> Situation:
    claim = platform.notified()

    def withdrawn() -> None:
        path = f"/v1/claims/{claim['id']}/closure"
        platform.post(path, {"reason": "withdrawn"}, by=HANDLER, clock=ENDED_AT)

    return Situation(claim["policy_id"], withdrawn)


def claim_payment_open(platform: Platform) -> Situation:
    claim = platform.settled()
    [payment] = claim["payments"]
    return Situation(claim["policy_id"], lambda: paid(platform, payment["instruction_id"]))


def recovery_open(platform: Platform) -> Situation:
    claim = platform.paid()
    path = f"/v1/claims/{claim['id']}/recoveries"
    recovery = {
        "kind": "subrogation",
        "against": "The other driver's insurer",
        "expected": {"amount": 50_000, "currency": "GBP"},
    }
    platform.post(path, recovery, by=HANDLER, clock=LOSS_CLOCK)
    gone = {"reason_code": "not_economic"}
    return Situation(
        claim["policy_id"],
        lambda: platform.post(f"{path}/1/abandonment", gone, by=SUPERVISOR, clock=ENDED_AT),
    )


def complaint_open(platform: Platform) -> Situation:
    policy = platform.issued()
    body = {
        "about": policy["id"],
        "category": "delay",
        "complainant": NAME,
        "text": "Nobody rang back.",
    }
    complaint = platform.post("/v1/complaints", body, by=KIM, clock=LOSS_CLOCK)

    def answered() -> None:
        path = f"/v1/complaints/{complaint['id']}"
        for step, told in (
            ("acknowledgement", {}),
            ("investigation", {}),
            ("final-response", {"outcome": "rejected", "text": "We rang.", "root_cause": "people"}),
            ("closure", {"reason": "accepted"}),
        ):
            platform.post(f"{path}/{step}", told, by=KIM, clock=ENDED_AT)

    return Situation(policy["id"], answered)


def refund_open(platform: Platform) -> Situation:
    policy = platform.issued()
    owed = platform.get(f"/v1/policies/{policy['id']}/billing", clock=LOSS_CLOCK)["owed"]
    receipt = {
        "policy_id": policy["id"],
        "reference": "REF-1",
        "amount": owed | {"amount": owed["amount"] + 5_000},
        "received_on": "2027-01-10",
        "payer": PAYEE,
    }
    platform.post("/v1/payments", receipt, by=BANK, clock=LOSS_CLOCK)
    path = f"/v1/policies/{policy['id']}/refunds"
    asked = {"amount": owed | {"amount": 5_000}, "payee": PAYEE, "reason": "Too much."}
    [refund] = platform.post(path, asked, clock=LOSS_CLOCK)["refunds"]
    agreed = {"decision": "approve", "reason": "Seen."}
    platform.post(f"{path}/{refund['id']}/approval", agreed, by=SUPERVISOR, clock=LOSS_CLOCK)
    return Situation(policy["id"], lambda: paid(platform, refund["id"]))


def paid(platform: Platform, instruction_id: str) -> None:
    report = {
        "instruction_id": instruction_id,
        "outcome": "paid",
        "bank_reference": "BK-1",
        "executed_at": ENDED_AT,
    }
    platform.post("/v1/bank-reports", report, by=BANK, clock=ENDED_AT)


SITUATIONS: dict[str, Callable[[Platform], Situation]] = {
    "on_risk": on_risk,
    "claim_open": claim_open,
    "claim_payment_open": claim_payment_open,
    "recovery_open": recovery_open,
    "complaint_open": complaint_open,
    "refund_open": refund_open,
}


class Waiting(NamedTuple):
    """A party whose erasure was asked for."""

    platform: Platform
    backend: Backend
    party_id: str

    def erasure(self, **asked: Any) -> Answer:
        body = {"reason": "requested"} | asked
        path = f"/v1/parties/{self.party_id}/erasure"
        return self.platform.call("POST", path, body, by=PRIVACY, clock=LOSS_CLOCK)

    def scheduled(self) -> None:
        """What the delivery of the party's events schedules."""
        scheduler: Any = self.platform.apps["scheduler"]
        with environment(self.backend.environment()):
            for event in streams(self.backend)[self.party_id]:
                schedule_jobs(event, products=self.platform.products, schedule=scheduler.scheduled)

    def time_passes(self, clock: str) -> None:
        """Everything that is due by then is done."""
        path, more = "/v1/scheduler/runs", True
        while more:
            run = self.platform.post(path, {}, key=None, clock=clock, by=PARTNER)
            assert run["failed"] == 0, run
            more = not run["finished"]

    def held_by(self, clock: str) -> set[str]:
        """The codes of the holds; none of a party that was erased."""
        path = f"/v1/parties/{self.party_id}/legal-hold"
        answer = self.platform.call("GET", path, by=PRIVACY, clock=clock)
        if answer.code == "already-erased":
            return set()
        return {str(one["code"]) for one in answer.body["holds"]} or {"nothing, and not erased"}


@pytest.mark.parametrize("code", SITUATIONS)
def test_an_erasure_is_refused_while_the_situation_lasts_and_done_by_itself_later(
    code: str, handlers: Platform, backend: Backend
):
    situation = SITUATIONS[code](handlers)
    policy = f"/v1/policies/{situation.policy_id}"
    waiting = Waiting(handlers, backend, situation.policy_id.replace("pol_", "pty_"))

    refused = waiting.erasure()
    kept = waiting.erasure(when_permitted=True)
    waiting.scheduled()

    assert (refused.status, refused.code) == (409, "legal-hold")
    assert code in {one["code"] for one in refused.body["holds"]}
    assert kept.status == 200, kept.text
    assert "erased_at" not in kept.body
    if situation.end:
        waiting.time_passes(DECADES_LATER)
        assert code in waiting.held_by(DECADES_LATER)
        assert found_in(handlers.call("GET", policy, clock=DECADES_LATER).body)
        situation.end()
        assert code not in waiting.held_by(ENDED_AT)
    waiting.time_passes(AT_LAST)

    assert waiting.held_by(AT_LAST) == set()
    assert not found_in(handlers.call("GET", policy, clock=AT_LAST).body)
    assert open_words(backend) == {}
    assert_chains_hold(backend)
