"""Policies on the platform: sold, changed, ended and brought back, by operations below HTTP."""

from datetime import date, datetime
from typing import Any

from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import policy_id_for
from insurance.domain.jurisdiction.jurisdiction import DispatchChannel
from insurance.domain.party.party import Policyholder
from insurance.domain.policy import Initiator, Policy, TransactionKind
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.renewal import RenewalOffer
from insurance.domain.quote.quote import Quote
from insurance.operations.command import Command, Query
from insurance.operations.idempotency import Idempotency, RecordedAnswer
from insurance.operations.policy.change_policy import (
    ChangeInput,
    PolicyChange,
    change_policy,
    preview_change,
)
from insurance.operations.policy.give_notice import give_notice
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.policy.ports import (
    InvitationPorts,
    IssuingPorts,
    PolicyChanges,
    RenewalPorts,
    ServicingPorts,
)
from insurance.operations.policy.renew_policy import offer_renewal, preview_renewal
from insurance.operations.policy.report_dispatch import DispatchInput, report_dispatch
from insurance.operations.policy.store_notice import NoticeResult
from insurance.operations.quoting.accept_quote import accept_quote
from insurance.operations.quoting.make_quote import RiskInput, make_quote
from insurance.operations.quoting.ports import QuotingPorts
from insurance.operations.quoting.quoted_party import PartyInput
from insurance.products import SampleLookUps

from tests.fakes.memory import Memory
from tests.fakes.quoting import quoting_ports
from tests.fakes.screening import screening_ports
from tests.support.driving.parts import Standing
from tests.support.motor import answers
from tests.support.policy_life import PARTNER, UNDERWRITER


class Policies(Standing):
    """One policy at a time: the one that was issued last, unless a test says another."""

    def issue(
        self,
        start: date = date(2026, 1, 1),
        covers: tuple[str, ...] = (),
        holder: Policyholder = Policyholder(name="Ada Lovelace"),  # noqa: B008 - a value
        party: PartyInput | None = None,
        **risk: Any,
    ) -> Policy:
        risk_input = RiskInput(
            product=self.product.code,
            start=start,
            party=party or PartyInput(holder),
            answers=risk.pop("all_answers", None) or answers(**risk),
            options=covers,
            territory=risk.pop("territory", ""),
            producer=None,
        )
        ports = self.quoting_ports
        quote_id = make_quote(risk_input, self.command("POST /v1/quotes"), ports).record.id
        accept_quote(quote_id, self.command("accept"), ports)
        issue_policy(quote_id, self.command("issue"), self.issuing_ports)
        self.policy_id = policy_id_for(quote_id)
        return self.policy

    @property
    def conditions(self) -> Conditions:
        return Conditions.of(self.product)

    @property
    def policy(self) -> Policy:
        return self.policies.get(self.policy_id).record

    @property
    def policies(self) -> PolicyChanges:
        return self.stores.policy_changes  # type: ignore[no-any-return]  # stores are fakes or real

    @property
    def quoting_ports(self) -> QuotingPorts:
        return quoting_ports(self.products, self.stores.quotes)

    @property
    def issuing_ports(self) -> IssuingPorts:
        """Nobody's name resembles one on a list."""
        return IssuingPorts(self.products, self.stores.policies, screening_ports(Memory()))

    @property
    def servicing_ports(self) -> ServicingPorts:
        stores = self.stores
        return ServicingPorts(self.products, SampleLookUps(), stores.policy_changes, stores.billing)

    @property
    def renewal_ports(self) -> RenewalPorts:
        stores = self.stores
        return RenewalPorts(self.products, SampleLookUps(), stores.renewals, stores.quotes)

    @property
    def invitation_ports(self) -> InvitationPorts:
        given = self.renewal_ports
        return InvitationPorts(
            given.products,
            given.look_ups,
            given.renewals,
            given.quotes,
            self.policies,
        )

    def preview(self, kind: str, on: date | datetime | None = None, **asked: Any) -> PolicyChange:
        caller = asked.pop("caller", PARTNER)
        return preview_change(
            self.policy_id,
            _change(kind, on, asked),
            Query(caller, self.now, self.now),
            self.servicing_ports,
        )

    def change(self, kind: str, on: date | datetime | None = None, **asked: Any) -> PolicyChange:
        caller = asked.pop("caller", PARTNER)
        return change_policy(
            self.policy_id,
            _change(kind, on, asked),
            self.command(kind, caller=caller),
            self.servicing_ports,
        )

    def endorse(self, on: date | datetime, **changed: Any) -> PolicyChange:
        return self.change("endorsement", on, answers=changed)

    def cancel(self, on: date | datetime, by: str = "policyholder") -> PolicyChange:
        caller = PARTNER if by == "policyholder" else UNDERWRITER
        return self.change("cancellation", on, by=Initiator(by), caller=caller)

    def announce(self, reason: str = "false_facts", on: date | None = None) -> NoticeResult:
        return give_notice(
            self.policy_id,
            reason,
            on,
            self.command("announce", caller=UNDERWRITER),
            self.servicing_ports,
        )

    def prove_dispatch(
        self,
        at: datetime | None = None,
        channel: DispatchChannel = DispatchChannel.POST,
        number: int | None = None,
        reference: str = "RR123456789GB",
    ) -> NoticeResult:
        return report_dispatch(
            self.policy_id,
            number or len(self.policy.notices),
            DispatchInput(channel, reference, at or self.now),
            self.command("dispatch", caller=UNDERWRITER),
            self.servicing_ports,
        )

    def reinstate(self, on: date | None = None, **asked: Any) -> PolicyChange:
        return self.change("reinstatement", on, **asked)

    def preview_renewal(self) -> RenewalOffer:
        query = Query(PARTNER, self.now, self.now)
        return preview_renewal(self.policy_id, query, self.renewal_ports)

    def offer_renewal(self) -> Quote:
        """A quote for the next term."""
        return offer_renewal(self.policy_id, self.command("renewal"), self.renewal_ports).record

    def take_renewal(self, quote: Quote) -> Policy:
        """The next term's policy; the platform's stays the one that ends."""
        accept_quote(quote.id, self.command("accept"), self.quoting_ports)
        return issue_policy(quote.id, self.command("issue"), self.issuing_ports).record

    def command(self, operation: str, *, caller: Caller = PARTNER) -> Command:
        return Command(caller, self.idempotency(operation))

    def idempotency(self, operation: str) -> Idempotency:
        self.calls += 1
        return Idempotency(
            principal="app_one",
            operation=operation,
            key=f"key-{self.calls}",
            request_hash=b"r" * 32,
            now=self.now,
            received_at=self.now,
            render=lambda _result: RecordedAnswer("{}"),
        )


def _change(kind: str, on: date | datetime | None, asked: dict[str, Any]) -> ChangeInput:
    instant = on if isinstance(on, datetime) else None
    return ChangeInput(
        kind=TransactionKind(kind),
        effective_on=None if instant or on is None else on,
        effective_at=instant,
        **asked,
    )
