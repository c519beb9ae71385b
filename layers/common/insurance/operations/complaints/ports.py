"""What operations on complaints are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insurance.domain.complaint import Complaint
    from insurance.domain.contract.terms import ProductRef
    from insurance.domain.core.event import Event
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.operations.idempotency import Idempotency


@dataclass(frozen=True, slots=True)
class Cause:
    """What a complaint is about, as far as opening one needs it."""

    partner: str
    product: ProductRef
    territory: str
    """Where the risk is; empty: in the product's first."""
    key: PartyKey | None


class Complaints(Protocol):
    def load_cause(self, about: str, receipt: Idempotency) -> Cause | None:
        """The quote, policy or claim, in one read with the receipt; None when there is none."""

    def add(
        self, event: Event, complaint: Complaint, *, key: PartyKey, receipt: Idempotency
    ) -> None:
        """Store a new complaint; raise StaleRevision when it is there already."""

    def get(self, complaint_id: str) -> Stored[Complaint]:
        """Raise ComplaintNotFound when there is none."""

    def load(self, complaint_id: str, receipt: Idempotency) -> Stored[Complaint]:
        """As `get`, in one read with the receipt: raise AlreadyAnswered or KeyReused if it is there."""

    def change(
        self, event: Event, complaint: Complaint, *, before: Stored[Complaint], receipt: Idempotency
    ) -> None:
        """Store the complaint as the event left it; raise StaleRevision when it has moved on."""
