"""Billing on the platform: plans, payments, what is overdue, refunds and suspense."""

from dataclasses import replace
from datetime import UTC, date, datetime

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.bank.payer import Payer
from insurance.domain.bank.report import BankOutcome
from insurance.domain.billing import BillingSummary
from insurance.domain.core.caller import Caller
from insurance.domain.core.event import Event
from insurance.domain.core.identity import billing_id_for, refund_id_for
from insurance.domain.core.money import Money
from insurance.domain.party.party import Payee
from insurance.operations.billing.choose_plan import choose_plan
from insurance.operations.billing.decide_refund import decide_refund
from insurance.operations.billing.ports import RefundPorts
from insurance.operations.billing.read_billing import read_billing
from insurance.operations.billing.receive_payment import PaymentResult, receive_payment
from insurance.operations.billing.report_refund import report_refund
from insurance.operations.billing.request_refund import RefundInput, request_refund
from insurance.operations.parties.ports import Screening

from tests.support.billing import ADA, ADAS, BANK, NOBODY, bank_report, query_at
from tests.support.driving.policy import Policies
from tests.support.policy_life import PARTNER, gbp


class Billing(Policies):
    """The account of the policy."""

    @property
    def refund_ports(self) -> RefundPorts:
        return RefundPorts(self.products, self.stores.billing, NOBODY, self.stores.running_totals)

    # -- plans and payments ---------------------------------------------------------------------

    def issue_on_plan(self, plan: str | None = "monthly", **risk: object) -> str:
        """Issue a policy and choose a plan, if one is named; the policy's id."""
        self.issue(**risk)  # type: ignore[arg-type]  # by name, as `issue` takes them
        if plan:
            self.choose(plan)
        return self.policy_id

    def choose(self, code: str) -> BillingSummary:
        return choose_plan(self.policy_id, code, self.command("plan"), self.refund_ports)

    def pay(
        self,
        amount: str,
        reference: str,
        policy_id: str = "",
        on: date = date(2026, 1, 2),
        *,
        payer: Payer | None = ADAS,
        by: Caller = BANK,
    ) -> PaymentResult:
        """The bank reports a payment, by default from Ada's account for the policy and of the second day of its cover."""
        payment = IncomingPayment(
            reference, gbp(amount), on, policy_id or self.policy_id, payer=payer
        )
        return self._receive(payment, by)

    def pay_today(
        self, amount: str | Money, *, on: date | None = None, reference: str = ""
    ) -> PaymentResult:
        """The bank reports a payment on the day on which it came in."""
        money = gbp(amount) if isinstance(amount, str) else amount
        named = reference or f"REF-{self.calls + 1}"
        day = on or self.now.date()
        return self._receive(IncomingPayment(named, money, day, self.policy_id, payer=ADAS), BANK)

    def _receive(self, payment: IncomingPayment, by: Caller) -> PaymentResult:
        return receive_payment(payment, self.command("pay", caller=by), self.refund_ports)

    def another_policy(self) -> str:
        """One more policy; the first one stays the platform's."""
        first = self.policy_id
        self.issue()
        other, self.policy_id = self.policy_id, first
        assert other != first
        return other

    # -- what is owed ---------------------------------------------------------------------------

    def billed(self) -> BillingSummary:
        return read_billing(self.policy_id, None, query_at(self.now), self.refund_ports)

    def billing_on(self, day: date) -> BillingSummary:
        """The account as it is at noon of a day."""
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        return read_billing(self.policy_id, at, query_at(at), self.refund_ports)

    @property
    def overdue(self) -> Money:
        return self.billed().statement.overdue

    @property
    def events_of_account(self) -> list[Event]:
        return self.memory.events[billing_id_for(self.policy_id)]

    def balance(self, account: str) -> int:
        """Of all events: what was debited less what was credited."""
        return sum(
            posting.amount.amount * ((posting.debit == account) - (posting.credit == account))
            for events in self.memory.events.values()
            for event in events
            for posting in event.postings
        )

    # -- refunds --------------------------------------------------------------------------------

    @property
    def refund_id(self) -> str:
        return refund_id_for(self.policy_id, 1)

    def cancel_half_way(self, payer: Payer | None = ADAS, *, by: Caller = BANK) -> None:
        """Paid in full, and cancelled half way: 22.33 are not owed any more."""
        self.pay("169.26", "REF-1", payer=payer, by=by)
        self.now = datetime(2026, 6, 20, tzinfo=UTC)
        self.cancel(date(2026, 7, 2))

    def ask_refund(
        self, amount: str = "22.33", by: Caller = PARTNER, payee: Payee = ADA
    ) -> BillingSummary:
        refund = RefundInput(gbp(amount), payee, "The car is sold.")
        command = self.command("refund", caller=by)
        return request_refund(self.policy_id, refund, command, self.refund_ports)

    def decide_refund(
        self, by: Caller, *, approve: bool = True, list: Screening = NOBODY
    ) -> BillingSummary:
        return decide_refund(
            self.policy_id,
            self.refund_id,
            Approval(granted=approve, by=by.principal, reason="Checked."),
            self.command("refund decision", caller=by),
            replace(self.refund_ports, screening=list),
        )

    def report_refund(self, outcome: BankOutcome) -> BillingSummary:
        report = bank_report(self.refund_id, outcome)
        return report_refund(report, self.command("refund report", caller=BANK), self.refund_ports)
