"""What operations on parties are given: keys, access, screening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.event import Event, StreamPosition
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.party.party import Access
    from insurance.domain.policy import Policy
    from insurance.domain.screening.screening import ScreeningMatch
    from insurance.operations.command import Command
    from insurance.operations.idempotency import Idempotency


class Keys(Protocol):
    def new(self) -> PartyKey:
        """A key for a party that has none yet."""

    def open(self, wrapped: bytes) -> PartyKey:
        """The key that a stored item carries, wrapped."""


class Screening(Protocol):
    version: str
    """Of the list."""

    def matches(self, name: str) -> Sequence[ScreeningMatch]:
        """Entries of the sanctions list that a name resembles, the closest first."""


@dataclass(frozen=True, slots=True)
class AccessContext:
    """A policy, and what a person has access to so far."""

    policy: Stored[Policy]
    access: Stored[Access] | None


class Accesses(Protocol):
    def load(self, policy_id: str, person_id: str, receipt: Idempotency) -> AccessContext:
        """Both in one read with the receipt; raise PolicyNotFound when there is no such policy."""

    def store(
        self, event: Event, access: Access, *, before: Stored[Access] | None, receipt: Idempotency
    ) -> None:
        """Store the access as the event left it; raise StaleRevision when it has moved on."""


class Parties(Protocol):
    def load(self, party_id: str, command: Command) -> StreamPosition:
        """The position of the party's stream, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PartyNotFound: There is no such party.
            AlreadyErased: The party was erased before.
        """

    def erase(self, event: Event, *, party_id: str, command: Command) -> None:
        """Destroy the party's key everywhere, and store the event and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            AlreadyErased: The key was destroyed before.
        """
