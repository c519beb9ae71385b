"""Payments in suspense that go back, and lists on which everybody stands."""

import pytest
from insurance.domain.bank.report import BankOutcome
from insurance.domain.core.errors import SamePerson
from insurance.domain.core.identity import refund_id_for
from insurance.domain.screening.screening import ScreeningMatch
from insurance.operations.billing.report_refund import report_return
from insurance.operations.billing.resolve_suspense import decide_return, request_return
from insurance.operations.billing.suspense_context import SuspenseResult

from tests.support.billing import BANK, bank_report, granted, person
from tests.support.platform import Platform


class Everybody:
    """Every name is on a list."""

    version = "1"

    def matches(self, name: str) -> list[ScreeningMatch]:
        return [ScreeningMatch(entry="X-1", listed_name=name, score=100, list_version="1")]


def returned(platform: Platform, suspense_id: str) -> SuspenseResult:
    """A payment in suspense goes back: one person asks, another agrees, the bank pays."""
    fiona, frank = person("fiona"), person("frank")
    ports = platform.refund_ports
    request_return(suspense_id, "payer_unknown", platform.command("ask", caller=fiona), ports)
    own = platform.command("own decision", caller=fiona)
    with pytest.raises(SamePerson):
        decide_return(suspense_id, granted(fiona), own, ports)
    decide_return(suspense_id, granted(frank), platform.command("decide", caller=frank), ports)
    report = bank_report(refund_id_for(suspense_id, 1), BankOutcome.PAID)
    return report_return(report, platform.command("report", caller=BANK), ports)
