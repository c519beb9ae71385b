"""Claims on the platform: noticed and settled in one call, checked before, and paid by the bank."""

from datetime import timedelta
from typing import Any

from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.claim import Claim, Payment
from insurance.domain.claim.notice import LossInput, NoticeInput
from insurance.domain.claim.verdict import Verdict
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.party.party import Claimant, Payee
from insurance.operations.claims.check_coverage import check_coverage
from insurance.operations.claims.notify_claim import notify_claim
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.claims.report_payment import report_payment
from insurance.operations.command import Query
from insurance.screening import BundledScreening

from tests.support.billing import BANK
from tests.support.driving.policy import Policies
from tests.support.policy_life import gbp

ADA = Payee(name="Ada Lovelace", iban="GB33BUKB20201555555555", is_policyholder=True)
CLAIMS_PARTNER = Caller(
    principal="app_one",
    kind=CallerKind.APPLICATION,
    partner="ptn_one",
    roles=frozenset(),
    scopes=frozenset({"claims:write", "claims:settle"}),
    mode=Mode.TEST,
)


class Claims(Policies):
    """Claims on the policy: damage of two hours ago."""

    @property
    def claim_ports(self) -> ClaimPorts:
        return ClaimPorts(self.products, self.stores.claims, BundledScreening())

    def notify(self, claimed: str = "1000", payee: Payee | None = ADA, **changes: Any) -> Claim:
        """Noticed and settled in one call."""
        asked = self._loss(claimed)
        told: dict[str, Any] = {
            "claimant": Claimant(name="Ada Lovelace"),
            "payee": payee,
            "narrative": None,
            "loss_payee": None,
            "catastrophe_event": None,
            "reference": None,
            "channel": None,
            **changes,
        }
        notice = NoticeInput(**{name: getattr(asked, name) for name in asked.__slots__}, **told)
        command = self.command("claim", caller=CLAIMS_PARTNER)
        return notify_claim(notice, command, self.claim_ports, settle=True).record

    def check_coverage(self, claimed: str = "1000") -> Verdict:
        query = Query(CLAIMS_PARTNER, self.now, self.now)
        return check_coverage(self._loss(claimed), query, self.claim_ports)

    def report_payment(self, payment: Payment, outcome: str, claims: Any = None) -> Claim:
        """The bank's word on a payment; `claims`: another store than the platform's."""
        report = BankReport(payment.id, BankOutcome(outcome), "FP-1", self.now, None)
        command = self.command("report", caller=BANK)
        return report_payment(report, command, claims or self.stores.claims).record

    def _loss(self, claimed: str) -> LossInput:
        return LossInput(
            policy_id=self.policy_id,
            cover="accidental_damage",
            occurred_at=self.now - timedelta(hours=2),
            claimed=gbp(claimed),
            facts={"driver_age": 35, "fault": True},
            item=None,
        )
