"""Random lives of claims: whatever people, partners and the bank do, the books agree."""

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from insurance.domain.bank.outgoing_payment import OPEN
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing import BillingAccount
from insurance.domain.claim import CostType
from insurance.domain.core.event import first_broken_link
from insurance.domain.core.house_authority import RunningTotal
from insurance.domain.core.identity import billing_id_for
from insurance.domain.core.posting import Account
from insurance.domain.ledger.sources import Balances, moved_by, source_of
from insurance.domain.policy.conditions import Conditions

from tests.support.claims import bill, issued, loss, money
from tests.support.platform import platform_in_memory
from tests.support.products import shared_limits

ADA = {"name": "Ada Merton", "iban": "GB33BUKB20201555555555", "is_policyholder": True}
HANDLER, SUPERVISOR = "handler-test", "supervisor-test"
WHOLE = {"term_limit": 100_000, "own_share": 30_000, "reinstated": 100_000}
FIRST_DAY = datetime(2026, 12, 2, 8, tzinfo=UTC)
WAITING = {PaymentStatus.AWAITING_APPROVAL, PaymentStatus.SCREENING}
pounds = st.integers(min_value=1, max_value=1200)
people = st.sampled_from([HANDLER, SUPERVISOR])
REFUSALS = {
    "wrong-state",
    "claim-on-hold",
    "claim-still-open",
    "reserve-too-low",
    "decision-not-possible",
    "same-person",
    "no-authority",
    "invalid-fields",
}


class ClaimLives(RuleBasedStateMachine):
    """Claims on one policy whose covers share limits; every call is one an HTTP caller can make."""

    def __init__(self) -> None:
        super().__init__()
        self._patches = ExitStack()
        self.platform, self.memory = self._patches.enter_context(platform_in_memory())
        self.claims: list[str] = []
        self.received = 0

    def teardown(self) -> None:
        self._patches.close()

    @initialize()
    def buy(self) -> None:
        self.platform.offering(shared_limits())
        self.policy = issued(self.platform, "shared_limits", {})
        self.platform.now = datetime(2027, 11, 20, 9, tzinfo=UTC)

    @rule(cover=st.sampled_from(["breakdown", "dental", "cyber"]), claimed=pounds)
    def notify(self, cover: str, claimed: int) -> None:
        day = FIRST_DAY + timedelta(days=len(self.claims))
        body = loss(self.policy, cover, str(claimed), occurred_at=day.isoformat(), payee=ADA)
        self.claims.append(self.platform.post("/v1/claims", body)["id"])

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def settle(self, data: Any) -> None:
        self._try(data, "settlement", {}, by="harbour-test")

    @precondition(lambda self: self.claims)
    @rule(
        data=st.data(),
        decision=st.sampled_from(["approve", "part_approve", "deny", "goodwill"]),
        amount=pounds,
        by=people,
    )
    def decide(self, data: Any, decision: str, amount: int, by: str) -> None:
        asked: dict[str, Any] = {
            "decision": decision,
            "reason_code": "because",
            "reason": "It is so.",
        }
        if decision in {"part_approve", "goodwill"}:
            asked |= {"amount": money(str(amount))}
        self._try(data, "decision", asked, by=by)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), word=st.sampled_from(["confirm", "refuse"]), by=people)
    def confirm(self, data: Any, word: str, by: str) -> None:
        self._try(data, "decision/confirmation", {"decision": word, "reason": "Seen."}, by=by)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), cost=st.sampled_from(["indemnity", "expense"]), amount=pounds, by=people)
    def reserve(self, data: Any, cost: str, amount: int, by: str) -> None:
        body = {"cost_type": cost, "outstanding": money(str(amount)), "reason": "legal_advice"}
        self._try(data, "reserves", body, by=by)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), amount=pounds)
    def pay_expense(self, data: Any, amount: int) -> None:
        self._try(data, "payments", bill(str(amount)), by=HANDLER)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), hold=st.booleans())
    def hold_or_release(self, data: Any, hold: bool) -> None:
        body = {"reason": "Wait."} if hold else {}
        self._try(data, "hold" if hold else "release", body, by=HANDLER)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), reason=st.sampled_from(["settled", "withdrawn", "duplicate"]))
    def close(self, data: Any, reason: str) -> None:
        self._try(data, "closure", {"reason": reason}, by=HANDLER)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def reopen(self, data: Any) -> None:
        self._try(data, "reopening", {"reason": "More was found."}, by=HANDLER)

    @precondition(lambda self: self._payments())
    @rule(data=st.data(), step=st.sampled_from(["approve", "refuse", "cancel"]), by=people)
    def treat_payment(self, data: Any, step: str, by: str) -> None:
        claim_id, payment_id = data.draw(st.sampled_from(self._payments()))
        path = f"/v1/claims/{claim_id}/payments/{payment_id}"
        if step == "cancel":
            self._called(f"{path}/cancellation", {"reason": "A slip."}, by=by)
        else:
            self._called(f"{path}/approval", {"decision": step, "reason": "Seen."}, by=by)

    @precondition(lambda self: self._payments())
    @rule(data=st.data(), outcome=st.sampled_from(["paid", "failed", "returned"]))
    def report(self, data: Any, outcome: str) -> None:
        _, payment_id = data.draw(st.sampled_from(self._payments()))
        body = {
            "instruction_id": payment_id,
            "outcome": outcome,
            "bank_reference": "FP-1",
            "executed_at": "2027-11-20T10:00:00Z",
        }
        self._called("/v1/bank-reports", body, by="bank-test")

    @rule(amount=pounds)
    def pay_premium(self, amount: int) -> None:
        self.received += 1
        body = {
            "policy_id": self.policy,
            "reference": f"REF-{self.received}",
            "amount": money(str(amount)),
            "received_on": "2027-11-20",
        }
        self._called("/v1/payments", body, by="bank-test")

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), kind=st.sampled_from(["subrogation", "salvage"]), expected=pounds)
    def expect_back(self, data: Any, kind: str, expected: int) -> None:
        body = {"kind": kind, "against": "Somebody", "expected": money(str(expected))}
        self._try(data, "recoveries", body, by=HANDLER)

    @precondition(lambda self: self._recoveries())
    @rule(data=st.data(), step=st.sampled_from(["pursuit", "receipts", "abandonment"]), came=pounds)
    def recover(self, data: Any, step: str, came: int) -> None:
        claim_id, number = data.draw(st.sampled_from(self._recoveries()))
        bodies: dict[str, dict[str, Any]] = {
            "pursuit": {},
            "receipts": {"amount": money(str(came))},
            "abandonment": {"reason_code": "not_economic"},
        }
        self._called(f"/v1/claims/{claim_id}/recoveries/{number}/{step}", bodies[step], by=HANDLER)

    @invariant()
    def the_ledger_says_what_the_claims_say(self) -> None:
        for claim_id in self.claims:
            claim = self.memory.claims[claim_id].record
            book: Counter[Account] = Counter()
            for event in self.memory.events[claim_id]:
                for posting in event.postings:
                    book[posting.debit] += posting.amount.amount
                    book[posting.credit] -= posting.amount.amount
            assert sum(book.values()) == 0
            held = book[Account.CASE_RESERVES] + book[Account.EXPENSE_RESERVES]
            assert -held == claim.reserve.amount
            spent = book[Account.CLAIMS_PAID] + book[Account.CLAIM_EXPENSES_PAID]
            assert spent == claim.paid.amount
            assert -book[Account.RECOVERIES] == claim.recovered.amount
            owed = claim.reserve_of(CostType.INSURED_SHARE).amount
            assert -book[Account.RECOVERIES_PAYABLE] == owed
            set_off = claim.set_off.amount
            assert -book[Account.PREMIUM_SET_OFF] == set_off
            assert -book[Account.CASH] == spent - claim.recovered.amount - owed - set_off

    @invariant()
    def what_claims_keep_back_is_what_the_account_was_paid_by_them(self) -> None:
        account = self._account()
        out = [
            payment
            for claim_id in self.claims
            for payment in self.memory.claims[claim_id].record.payments
            if payment.set_off and payment.status in {*OPEN, PaymentStatus.PAID}
        ]
        paid_in = account.valid_payments if account else ()
        assert {each.id: each.set_off.amount for each in out if each.set_off} == {
            each.reference: each.amount for each in paid_in if each.from_claim
        }
        if account is not None:
            assert account.received <= account.owed(self.memory.policies[self.policy].record)

    @invariant()
    def every_sub_ledger_is_what_the_facts_say(self) -> None:
        """As the house's books are kept: each event posted, each aggregate held against its source."""
        posted: Balances = Counter()
        source: Balances = Counter()
        for stream, events in self.memory.events.items():
            if stream.startswith(("clm_", "bil_")):
                for event in events:
                    posted.update(moved_by(event))
                found = source_of(events[-1], _no_conditions)
                assert found is not None
                source.update(found.balances)
        assert +posted == +source
        assert -posted == -source

    @invariant()
    def every_chain_of_events_holds(self) -> None:
        assert all(first_broken_link(self.memory.events[id]) is None for id in self.claims)

    @invariant()
    def shared_limits_are_what_the_claims_took_and_never_more_than_the_whole(self) -> None:
        took: Counter[str] = Counter()
        for claim_id in self.claims:
            for usage in self.memory.claims[claim_id].record.limit_usage:
                took[usage.code] += usage.amount.amount
        used = Counter(self.memory.used.get(getattr(self, "policy", ""), {}))
        used.pop(RunningTotal.POLICY, None)  # a running total is never given back
        assert +took == +used
        assert all(0 <= amount <= WHOLE[code] for code, amount in used.items())

    @invariant()
    def what_is_closed_has_nothing_open(self) -> None:
        """But what was recovered for the insured: that leaves a closed claim closed, and is a task."""
        for claim_id in self.claims:
            claim = self.memory.claims[claim_id].record
            if claim.handling == "closed":
                assert not claim.reserve
                open_types = {each.cost_type for each in claim.payments if each.status in OPEN}
                assert open_types <= {CostType.INSURED_SHARE}
                assert claim.proposed is None

    @invariant()
    def what_waits_for_a_second_person_is_somebodys_task(self) -> None:
        for claim_id in self.claims:
            claim = self.memory.claims[claim_id].record
            if any(each.status in WAITING for each in claim.payments) or claim.proposed:
                assert claim.task is not None

    @invariant()
    def what_is_on_its_way_is_reserved(self) -> None:
        for claim_id in self.claims:
            claim = self.memory.claims[claim_id].record
            for line in claim.reserves:
                assert line.outstanding >= claim.open_of(line.cost_type)

    def _account(self) -> BillingAccount | None:
        kept = self.memory.accounts.get(billing_id_for(getattr(self, "policy", "pol_test_0")))
        return kept.record if kept else None

    def _payments(self) -> list[tuple[str, str]]:
        return [
            (claim_id, payment.id)
            for claim_id in self.claims
            for payment in self.memory.claims[claim_id].record.payments
        ]

    def _recoveries(self) -> list[tuple[str, int]]:
        return [
            (claim_id, recovery.number)
            for claim_id in self.claims
            for recovery in self.memory.claims[claim_id].record.recoveries
        ]

    def _try(self, data: Any, step: str, body: dict[str, Any], *, by: str) -> None:
        claim_id = data.draw(st.sampled_from(self.claims))
        self._called(f"/v1/claims/{claim_id}/{step}", body, by=by)

    def _called(self, path: str, body: dict[str, Any], *, by: str) -> None:
        """A success or a refusal that the API documents: never a fault."""
        answered = self.platform.call("POST", path, body, by=by)
        if answered.status >= 400:
            assert answered.body["code"] in REFUSALS, answered.body


def _no_conditions(_product: object) -> Conditions:
    raise AssertionError("neither claims nor accounts ask for them")


ClaimLives.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
TestClaimLives = ClaimLives.TestCase
