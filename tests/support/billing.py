"""Who pays, who is paid and who decides in the tests of billing."""

from datetime import UTC, datetime

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.payer import Payer
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.party.party import Payee
from insurance.domain.screening.screening import ScreeningMatch
from insurance.operations.command import Query

from tests.support.policy_life import PARTNER

BANK = Caller(
    principal="bank",
    kind=CallerKind.MACHINE,
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


ADA = Payee(name="Ada Lovelace", iban="GB33BUKB20201555555555")
ADAS = Payer.of(ADA.iban, ADA.name)


def person(name: str, role: str = "finance") -> Caller:
    return Caller(
        principal=name,
        kind=CallerKind.STAFF,
        partner="",
        roles=frozenset({role}),
        scopes=frozenset({"refunds:approve", "suspense:resolve"}),
        mode=Mode.TEST,
    )


def bank_report(id: str, outcome: BankOutcome) -> BankReport:
    return BankReport(id, outcome, "BK-1", datetime(2026, 6, 21, tzinfo=UTC), None)


def granted(by: Caller) -> Approval:
    return Approval(granted=True, by=by.principal, reason="checked")
