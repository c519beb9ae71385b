"""Refunds of one policy in memory, and the people of finance who decide on them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from insurance.domain.bank.approval import Approval
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.billing import BillingSummary
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    SamePerson,
)
from insurance.domain.core.identity import Mode, refund_id_for
from insurance.domain.party.party import Payee
from insurance.domain.screening.screening import ScreeningMatch
from insurance.operations.billing.decide_refund import decide_refund
from insurance.operations.billing.report_refund import report_refund, report_return
from insurance.operations.billing.request_refund import RefundInput, request_refund
from insurance.operations.billing.resolve_suspense import decide_return, request_return
from insurance.operations.billing.suspense_context import SuspenseResult
from insurance.operations.parties.ports import Screening

from tests.support.billing import BANK, NOBODY, PolicyBilling
from tests.support.policy_life import PARTNER, gbp

ADA = Payee(name="Ada Merton", iban="GB33BUKB20201555555555")


def person(name: str, role: str = "finance") -> Caller:
    return Caller(
        principal=name,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset({role}),
        scopes=frozenset({"refunds:approve", "suspense:resolve"}),
        mode=Mode.TEST,
    )


class Everybody:
    """Every name is on a list."""

    version = "1"

    def matches(self, name: str) -> list[ScreeningMatch]:
        return [ScreeningMatch(entry="X-1", listed_name=name, score=100, list_version="1")]


class PolicyRefunds(PolicyBilling):
    """The billing of one policy, with refunds."""

    def cancelled(self) -> None:
        """Paid in full, and cancelled half way: 22.33 are not owed any more."""
        self.pay("169.26", "REF-1")
        self.house.now = datetime(2026, 6, 20, tzinfo=UTC)
        self.house.cancel(date(2026, 7, 2))

    def ask(self, amount: str = "22.33", by: Caller = PARTNER) -> BillingSummary:
        refund = RefundInput(gbp(amount), ADA, "The car is sold.")
        return request_refund(self.house.policy_id, refund, self.command(by), self.ports)

    def decide(
        self, by: Caller, *, approve: bool = True, list: Screening = NOBODY
    ) -> BillingSummary:
        return decide_refund(
            self.house.policy_id,
            self.refund_id,
            Approval(granted=approve, by=by.principal, reason="Checked."),
            self.command(by),
            replace(self.ports, screening=list),
        )

    def report(self, outcome: BankOutcome) -> BillingSummary:
        return report_refund(bank_report(self.refund_id, outcome), self.command(BANK), self.ports)

    @property
    def refund_id(self) -> str:
        return refund_id_for(self.house.policy_id, 1)


def bank_report(id: str, outcome: BankOutcome) -> BankReport:
    return BankReport(id, outcome, "BK-1", datetime(2026, 6, 21, tzinfo=UTC), None)


def returned(desk: PolicyRefunds, suspense_id: str) -> SuspenseResult:
    fiona, frank = person("fiona"), person("frank")
    request_return(suspense_id, "payer_unknown", desk.command(fiona), desk.ports)
    with pytest.raises(SamePerson):
        decide_return(suspense_id, granted(fiona), desk.command(fiona), desk.ports)
    decide_return(suspense_id, granted(frank), desk.command(frank), desk.ports)
    report = bank_report(refund_id_for(suspense_id, 1), BankOutcome.PAID)
    return report_return(report, desk.command(BANK), desk.ports)


def granted(by: Caller) -> Approval:
    return Approval(granted=True, by=by.principal, reason="checked")
