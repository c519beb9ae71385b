"""A desk that bills one policy: plans, payments and what is overdue."""

from datetime import UTC, date, datetime
from typing import Any

from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.billing import BillingSummary
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.operations.billing.bill_policy import (
    PaymentResult,
    choose_plan,
    read_billing,
    receive_payment,
)

from tests.fakes.billing import MemoryBilling
from tests.support.policy_life import PARTNER, House, gbp

BANK = Caller(
    principal="bank",
    kind=CallerKind.STAFF,
    partner="",
    roles=frozenset(),
    scopes=frozenset({"payments:report"}),
    mode=Mode.TEST,
)


UNKNOWN = "pol_test_0000000000000000"


class Desk:
    """A billing desk for one policy."""

    def __init__(self, house: House | None = None) -> None:
        self.house = house or House()
        if not self.house.policy_id:
            self.house.issue()
        self.ports: dict[str, Any] = {
            "products": self.house.products,
            "billing": MemoryBilling(self.house.memory),
        }

    def choose(self, code: str) -> BillingSummary:
        return choose_plan(
            self.house.policy_id,
            code,
            caller=PARTNER,
            receipt=self.house.receipt("plan"),
            **self.ports,
        )

    def pay(
        self, amount: str, reference: str, policy_id: str = "", on: date = date(2026, 1, 2)
    ) -> PaymentResult:
        told = IncomingPayment(reference, gbp(amount), on, policy_id or self.house.policy_id)
        return receive_payment(told, caller=BANK, receipt=self.house.receipt("pay"), **self.ports)

    def another_policy(self) -> str:
        first = self.house.policy_id
        self.house.issue()
        other, self.house.policy_id = self.house.policy_id, first
        assert other != first
        return other

    def on(self, day: date) -> BillingSummary:
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return read_billing(self.house.policy_id, at=at, caller=PARTNER, **self.ports)

    def balance(self, account: str) -> int:
        """Of all events: what was debited less what was credited."""
        return sum(
            posting.amount.amount * ((posting.debit == account) - (posting.credit == account))
            for events in self.house.memory.events.values()
            for event in events
            for posting in event.postings
        )
