"""What operations on policies are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.claim import Claim
    from insurance.domain.core.event import Event
    from insurance.domain.core.stored import Stored
    from insurance.domain.policy import Policy
    from insurance.domain.quote.quote import Quote
    from insurance.operations.idempotency import Idempotency


class PolicyReads(Protocol):
    def get(self, policy_id: str) -> Stored[Policy]:
        """Raise PolicyNotFound when there is none."""

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        """The policy as its last event up to then left it; PolicyNotFound when there was none."""


class Policies(PolicyReads, Protocol):
    def load_quote(self, quote_id: str, receipt: Idempotency) -> Stored[Quote]:
        """The quote to issue, in one read with the receipt (see `Quotes.load`)."""

    def issue(
        self,
        event: Event,
        policy: Policy,
        *,
        bound: Event,
        bound_quote: Quote,
        before: Stored[Quote],
        receipt: Idempotency,
    ) -> None:
        """Store the policy and the bound quote, or neither.

        Raise QuoteAlreadyIssued when the policy exists, StaleRevision when the quote has moved on.
        """

    def events(self, policy_id: str, *, after: int, limit: int) -> Sequence[Event]:
        """The policy's events in order, from the one that follows number `after`."""


class PolicyChanges(PolicyReads, Protocol):
    """Policies for those who change them: without what issuing one needs."""

    def load(self, policy_id: str, receipt: Idempotency) -> Stored[Policy]:
        """As `get`, in one read with the receipt: raise AlreadyAnswered or KeyReused if it is there."""

    def change(
        self, event: Event, policy: Stored[Policy], *, before: Stored[Policy], receipt: Idempotency
    ) -> None:
        """Store the policy as the event left it; raise StaleRevision when it has moved on."""


class Renewals(Protocol):
    def expiring(self, policy_id: str) -> tuple[Stored[Policy], Sequence[Claim]]:
        """The policy and its claims; raise PolicyNotFound when there is none."""
