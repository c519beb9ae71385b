"""The billing of one policy in memory: plans, payments and what is overdue."""

from datetime import UTC, date, datetime

from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.billing import BillingSummary
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.screening.screening import ScreeningMatch
from insurance.operations.billing.choose_plan import choose_plan
from insurance.operations.billing.ports import RefundPorts
from insurance.operations.billing.read_billing import read_billing
from insurance.operations.billing.receive_payment import PaymentResult, receive_payment
from insurance.operations.command import Command, Query

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


class Nobody:
    """No name is on any sanctions list."""

    version = "1"

    def matches(self, name: str) -> list[ScreeningMatch]:  # noqa: ARG002 - any name
        return []


NOBODY = Nobody()


def query_at(at: datetime, caller: Caller = PARTNER) -> Query:
    return Query(caller, at, at)


class PolicyBilling:
    """The billing of one policy."""

    def __init__(self, house: House | None = None) -> None:
        self.house = house or House()
        if not self.house.policy_id:
            self.house.issue()
        self.ports = RefundPorts(self.house.products, MemoryBilling(self.house.memory), NOBODY)

    def command(self, caller: Caller) -> Command:
        return self.house.command("billing", caller=caller)

    def choose(self, code: str) -> BillingSummary:
        return choose_plan(self.house.policy_id, code, self.command(PARTNER), self.ports)

    def pay(
        self, amount: str, reference: str, policy_id: str = "", on: date = date(2026, 1, 2)
    ) -> PaymentResult:
        payment = IncomingPayment(reference, gbp(amount), on, policy_id or self.house.policy_id)
        return receive_payment(payment, self.command(BANK), self.ports)

    def another_policy(self) -> str:
        first = self.house.policy_id
        self.house.issue()
        other, self.house.policy_id = self.house.policy_id, first
        assert other != first
        return other

    def on(self, day: date) -> BillingSummary:
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return read_billing(self.house.policy_id, at, query_at(at), self.ports)

    def balance(self, account: str) -> int:
        """Of all events: what was debited less what was credited."""
        return sum(
            posting.amount.amount * ((posting.debit == account) - (posting.credit == account))
            for events in self.house.memory.events.values()
            for event in events
            for posting in event.postings
        )
