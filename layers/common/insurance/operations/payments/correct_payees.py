"""Have a person look at what is on its way to a customer whose name, address or account was corrected.

Nothing follows by itself: a call that corrects an address must not turn a payment. A payment that waits for the
bank is recalled, and those that come wait, until somebody has looked at the payee.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

from insurance.domain.bank.outgoing_payment import OPEN, OutgoingPayment, Payees
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.claim.change import ClaimChange
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.lifecycle import Handling
from insurance.domain.claim.payee import with_payee_corrected
from insurance.domain.complaint import ComplaintEventType
from insurance.domain.core.errors import AlreadyErased, PartyNotFound
from insurance.domain.core.identity import PartyId, mode_of
from insurance.domain.party.paid_party import is_paid
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.privacy.legal_hold import ContractRecords
from insurance.operations.billing.account_context import AccountStep, load_account, store_account
from insurance.operations.claims.claim_context import load_claim, store_claim
from insurance.operations.command import Command
from insurance.operations.complaints.change_complaint import load_complaint, store_complaint
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.payments.ports import CorrectedPayeePorts
from insurance.operations.system_command import command_for

STEP: Final = "payee corrected"


def correct_payees(party_id: PartyId, now: datetime, *, ports: CorrectedPayeePorts) -> None:
    """Hold what is on its way to the party, on all of its contracts: each record once for a correction.

    Raises:
        StaleRevision: A record changed meanwhile, or a file has claimed a payment: the job is tried again.
    """
    with suppress(PartyNotFound, AlreadyErased):
        party = ports.parties.get(party_id).record
        if party.payee_corrected_in is not None:
            look = _Look(party, party.payee_corrected_in, now, ports)
            for contract in ports.contracts.read(party.ids):
                look.at(contract)


class _Look(NamedTuple):
    """A look at what is on its way to a party, after the correction of a revision."""

    party: Party
    revision: int
    now: datetime
    ports: CorrectedPayeePorts

    def at(self, contract: ContractRecords) -> None:
        """Hold what is on its way on a contract."""
        for claim in (stored.record for stored in contract.claims):
            if claim.handling is not Handling.CLOSED or _waiting(claim.payments):
                self._once(claim.id, self._claim)
        if contract.account is not None and _waiting(contract.account.record.refunds):
            self._once(contract.account.record.policy_id, self._account)
        for complaint in (stored.record for stored in contract.complaints):
            if _waiting(complaint.redress):
                self._once(complaint.id, self._complaint)

    def _once(self, id: str, hold: Callable[[str, Command], None]) -> None:
        command = command_for(mode_of(id), STEP, f"{id} {self.revision}", self.now)
        with suppress(AlreadyAnswered):
            hold(id, command)

    def _claim(self, claim_id: str, command: Command) -> None:
        context = load_claim(claim_id, command, self.ports.claims)
        claim = context.claim.record
        holder = self._holder(context.policy)
        unsent = self.ports.unsent.of(_waiting(claim.payments))
        held = with_payee_corrected(claim, self.party, holder, unsent, self.now)
        if held is not None:
            change = ClaimChange(held, ClaimEventType.PAYEE_CORRECTED)
            store_claim(change, context.claim, command, self.ports.claims)

    def _account(self, policy_id: str, command: Command) -> None:
        context = load_account(policy_id, command, self.ports.billing)
        account, holder = context.account, self._holder(context.policy)
        refunds = self._held(account.refunds, account.payees, holder)
        if refunds:
            for refund in refunds:
                account = account.with_refund(refund)
            step = AccountStep(account, BillingEventType.REFUND_SCREENED)
            store_account(step, context, command, self.ports.billing)

    def _complaint(self, complaint_id: str, command: Command) -> None:
        before = load_complaint(complaint_id, command, self.ports.complaints)
        complaint, complainant = before.record, before.record.complainant
        is_theirs = complaint.party in self.party.ids
        holder = complainant.name if is_theirs and complainant else None
        redress = self._held(complaint.redress, complaint.payees, holder)
        if redress:
            for payment in redress:
                complaint = complaint.with_redress(payment, self.now)
            step = ComplaintEventType.REDRESS_SUSPECTED
            store_complaint(complaint, step, before, command, self.ports.complaints)

    def _held[P: OutgoingPayment](
        self, payments: Sequence[P], payees: Payees | None, holder: str | None
    ) -> list[P]:
        """Those to the party that are not sent yet, as they are held."""
        waiting = _waiting(payments)
        unsent = self.ports.unsent.of(waiting)
        return [
            payment.with_payee_corrected(self.now)
            for payment in payments
            if payment.id in waiting
            and (payment.id in unsent or payment.status is not PaymentStatus.EXECUTING)
            and (payee := (payees or {}).get(payment.id)) is not None
            and is_paid(self.party, payee, holder)
        ]

    def _holder(self, policy: Policy) -> str | None:
        """The party's name on a policy, where they hold it."""
        if policy.party not in self.party.ids or policy.policyholder is None:
            return None
        return policy.policyholder.name


def _waiting(payments: Iterable[OutgoingPayment]) -> list[str]:
    """The payments that nobody has paid, refused or lost yet."""
    return [payment.id for payment in payments if payment.status in OPEN]
