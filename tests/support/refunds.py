"""A desk that pays refunds back, and the people of finance at it."""

from datetime import UTC, date, datetime

import pytest
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.billing import BillingSummary
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    SamePerson,
)
from insurance.domain.core.identity import Mode, refund_id_for
from insurance.domain.party.party import Payee
from insurance.domain.screening.screening import ScreeningMatch
from insurance.operations.billing.billing_desk import BillingDesk
from insurance.operations.billing.refund_premium import (
    decide_refund,
    report_refund,
    request_refund,
)
from insurance.operations.billing.resolve_suspense import (
    SuspenseResult,
    decide_return,
    report_return,
    request_return,
)
from insurance.operations.parties.ports import Screening

from tests.support.billing import BANK, Desk
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


class Nobody:
    """No name is on any list."""

    version = "1"

    def matches(self, name: str) -> list[ScreeningMatch]:  # noqa: ARG002 - any name
        return []


class Everybody:
    """Every name is on a list."""

    version = "1"

    def matches(self, name: str) -> list[ScreeningMatch]:
        return [ScreeningMatch(entry="X-1", listed_name=name, score=100, list_version="1")]


NOBODY = Nobody()


class RefundDesk(Desk):
    """A billing desk that gives back as well."""

    def desk(self, caller: Caller) -> BillingDesk:
        receipt = self.house.receipt("refund")
        return BillingDesk(caller, self.ports["products"], self.ports["billing"], receipt)

    def cancelled(self) -> None:
        """Paid in full, and cancelled half way: 22.33 are not owed any more."""
        self.pay("169.26", "REF-1")
        self.house.now = datetime(2026, 6, 20, tzinfo=UTC)
        self.house.cancel(date(2026, 7, 2))

    def ask(self, amount: str = "22.33", by: Caller = PARTNER) -> BillingSummary:
        return request_refund(
            self.house.policy_id, gbp(amount), ADA, "The car is sold.", desk=self.desk(by)
        )

    def decide(
        self, by: Caller, *, approve: bool = True, list: Screening = NOBODY
    ) -> BillingSummary:
        return decide_refund(
            self.house.policy_id,
            self.refund_id,
            approve=approve,
            reason="Checked.",
            screening=list,
            desk=self.desk(by),
        )

    def report(self, outcome: BankOutcome) -> BillingSummary:
        return report_refund(_report(self.refund_id, outcome), desk=self.desk(BANK))

    @property
    def refund_id(self) -> str:
        return refund_id_for(self.house.policy_id, 1)


def _report(id: str, outcome: BankOutcome) -> BankReport:
    return BankReport(id, outcome, "BK-1", datetime(2026, 6, 21, tzinfo=UTC), None)


def returned(desk: RefundDesk, suspended: str) -> SuspenseResult:
    request_return(suspended, "payer_unknown", desk=desk.desk(person("fiona")))
    with pytest.raises(SamePerson):
        decide_return(suspended, approve=True, reason="checked", desk=desk.desk(person("fiona")))
    decide_return(suspended, approve=True, reason="checked", desk=desk.desk(person("frank")))
    id = refund_id_for(suspended, 1)
    return report_return(_report(id, BankOutcome.PAID), desk=desk.desk(BANK))
