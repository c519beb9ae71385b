"""What operations on complaints are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insurance.domain.complaint import Complaint
    from insurance.domain.contract.terms import ProductRef
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode, PartyId
    from insurance.domain.core.running_totals import LimitMovement
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.operations.command import Command
    from insurance.operations.listing import ListEntry, ListRange
    from insurance.operations.parties.ports import Screening
    from insurance.operations.products.ports import Products
    from insurance.operations.running_totals import RunningTotals


@dataclass(frozen=True, slots=True)
class ComplaintContext:
    """What a new complaint needs of the quote, policy or claim that it is about."""

    partner: str
    party_id: PartyId
    """The party that holds the contract."""
    product: ProductRef
    territory: str
    """Where the risk is; empty: the product's first territory."""
    key: PartyKey | None
    """The party's key; None: their data were erased."""


class Complaints(Protocol):
    def load_context(self, about: str, command: Command) -> ComplaintContext | None:
        """The quote, policy or claim, in one read with the command's idempotency record.

        None if it does not exist.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def add(self, event: Event, complaint: Complaint, *, key: PartyKey, command: Command) -> None:
        """Store a new complaint and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The complaint exists already.
        """

    def get(self, complaint_id: str) -> Stored[Complaint]:
        """The complaint as it stands.

        Raises:
            ComplaintNotFound: There is none.
        """

    def load(self, complaint_id: str, command: Command) -> Stored[Complaint]:
        """The complaint as it stands, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            ComplaintNotFound: There is none.
        """

    def change(
        self,
        event: Event,
        complaint: Complaint,
        *,
        before: Stored[Complaint],
        command: Command,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        """Store the complaint as the event left it, what counts to running totals, and the command's answer.

        Raises:
            LimitMoved: Others have left too little room in a total.
            AlreadyAnswered: This call was answered before.
            StaleRevision: The complaint has changed since it was loaded.
        """


class ComplaintRegister(Protocol):
    def complaints_received(
        self, mode: Mode, month: str, part: ListRange
    ) -> Sequence[ListEntry[Complaint]]:
        """Complaints received in a month ("2027-01"), in order of receipt, without personal data."""


@dataclass(frozen=True, slots=True)
class ComplaintPorts:
    """What operations on complaints need from outside."""

    products: Products
    complaints: Complaints
    screening: Screening
    totals: RunningTotals
    register: ComplaintRegister
