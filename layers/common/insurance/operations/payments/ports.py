"""What operations on payments need from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from insurance.domain.bank import Instruction, Payable, PaymentFile, StatusReport
    from insurance.domain.bank.kept_report import ReportReview
    from insurance.domain.bank.outgoing_payment import OutgoingPayment
    from insurance.domain.bank.payment_status import PaymentStatus
    from insurance.domain.bank.report import BankReport
    from insurance.domain.control.stop import Stops
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.money import Currency
    from insurance.domain.core.stored import Stored
    from insurance.domain.policy import Policy
    from insurance.operations.billing.ports import BillingPorts
    from insurance.operations.claims.ports import Claims
    from insurance.operations.command import Command, Query
    from insurance.operations.complaints.ports import Complaints
    from insurance.operations.files.ports import Objects
    from insurance.operations.parties.ports import Parties, PartyContracts
    from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class PaymentQueue:
    """What waits for the bank in one mode and currency."""

    waiting: Sequence[Instruction]
    """Payments that stand in no file yet, from the place on."""
    unwritten: Sequence[Stored[PaymentFile]]
    """Files whose payments were claimed, but that were not written."""
    own: Stored[PaymentFile] | None
    """The file that this call has made before."""
    stops: Stops
    """Of the mode: they may hold payments."""
    place: str
    """The last payment that the call before looked at; empty: it came to the end, or there was none."""


class Instructions(Protocol):
    def add(self, instruction: Instruction) -> None:
        """Queue a payment for the bank, once: one that was queued before stays as it is."""


class PaymentOrders(Protocol):
    """Payments from when they are approved until they stand in a file, and the files."""

    def load(self, mode: Mode, currency: Currency, file_id: str, command: Command) -> PaymentQueue:
        """What waits, at most one file of it.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def waiting_after(
        self, mode: Mode, currency: Currency, payment_id: str
    ) -> Sequence[Instruction]:
        """As much again of what waits, in the order of their ids, from the payment that follows; after none: the first."""

    def note_place(self, mode: Mode, currency: Currency, *, before: str, after: str) -> None:
        """Where the next call begins to look, and where this one did.

        Raises:
            StaleRevision: Another call has noted one since.
        """

    def get(self, file_id: str) -> Stored[PaymentFile]:
        """A file.

        Raises:
            PaymentFileNotFound: There is no such file.
        """

    def drop(self, payment_ids: Sequence[str]) -> None:
        """Take payments off the queue that need no file any more.

        Raises:
            StaleRevision: One of them is claimed by a file.
        """

    def make(self, event: Event, file: PaymentFile) -> None:
        """Store a new file and claim its payments for it.

        Raises:
            StaleRevision: One of them is claimed by another file.
        """

    def mark_written(self, event: Event, *, before: Stored[PaymentFile]) -> None:
        """Store the file as written.

        Raises:
            StaleRevision: It was stored as written before.
        """

    def record_answer(self, command: Command) -> None:
        """Store the command's answer, once all of it is done.

        Raises:
            AlreadyAnswered: This call was answered before.
        """


class UnsentPayments(Protocol):
    def of(self, payment_ids: Sequence[str]) -> frozenset[str]:
        """Those of the payments that no file for the bank has claimed."""


class Payers(Protocol):
    """The areas that pay out: claims, policies' accounts, complaints."""

    def payables(self, payment_ids: Sequence[str]) -> Mapping[str, Payable]:
        """Those of the payments that the bank must still carry out."""

    def statuses(self, payment_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        """How far each payment has come."""

    def payment(self, payment_id: str, query: Query) -> OutgoingPayment:
        """The payment.

        Raises:
            NotFound: There is no such payment in the caller's mode.
        """

    def review(self, review: ReportReview, command: Command) -> OutgoingPayment:
        """Propose or decide what becomes of a report that was kept.

        Raises:
            AlreadyAnswered: This call was answered before.
            NotFound: There is no such payment in the caller's mode, or no such report.
            WrongState: Something is proposed already, or nothing is, or the money is used by now.
            SamePerson: Who proposed it, or requested the payment, cannot approve it.
            ReserveTooLow: A claim has less reserved than was paid.
            RefundTooLarge: A policy has less to give back than was paid.
        """

    def report(self, report: BankReport, command: Command) -> OutgoingPayment:
        """Record what the bank did with a payment.

        Raises:
            AlreadyAnswered: This call was answered before.
            NotFound: There is no such payment in the caller's mode.
            WrongState: The payment is not with the bank, or the bank has reported already.
        """


class PaidPolicies(Protocol):
    def of(self, payment_ids: Sequence[str]) -> Mapping[str, Policy]:
        """The policy that each payment belongs to, without what is personal. Payments of none are left out."""


class PaymentMessages(Protocol):
    """Payments as the bank reads them, and its reports."""

    def write(self, file: PaymentFile, payables: Sequence[Payable]) -> bytes:
        """The same bytes for the same file and payments."""

    def payments_in(self, message: bytes) -> frozenset[str]:
        """Which payments a message holds; none in an empty one."""

    def read_report(self, document: str) -> StatusReport:
        """The bank's report on a file.

        Raises:
            UnreadableReport: It is no pain.002, or is not safe to read.
        """


@dataclass(frozen=True, slots=True)
class CorrectedPayeePorts:
    """What a look at payees needs whose details were corrected."""

    parties: Parties
    contracts: PartyContracts
    unsent: UnsentPayments
    claims: Claims
    billing: BillingPorts
    complaints: Complaints


@dataclass(frozen=True, slots=True)
class PaymentPorts:
    """What operations on payments need from outside."""

    orders: PaymentOrders
    payers: Payers
    policies: PaidPolicies
    products: Products
    objects: Objects
    messages: PaymentMessages
