"""What operations on parties are given: keys, access and screening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from insurance.domain.core.event import Event, StreamPosition
    from insurance.domain.core.identity import Mode
    from insurance.domain.core.stored import PartyKey, Stored
    from insurance.domain.party.party import Access
    from insurance.domain.policy import Policy
    from insurance.domain.screening.screening import (
        ScreeningCase,
        ScreeningMatch,
        ScreeningSubject,
    )
    from insurance.operations.command import Command
    from insurance.operations.listing import ListEntry, ListRange


class Keys(Protocol):
    def new(self) -> PartyKey:
        """A key for a new party."""

    def open(self, wrapped: bytes) -> PartyKey:
        """The key that a stored item has in wrapped form."""


class IndexKeys(Protocol):
    """The keyed hash by which an index finds a personal value without holding it."""

    def token(self, mode: Mode, field: str, value: str) -> str:
        """What stands for the value of this field: 26 letters and digits, always the same.

        Equal values of two fields, or of live and test, have different tokens. The caller
        normalises the value first.
        """


class Screening(Protocol):
    version: str
    """The version of the list."""

    def matches(self, name: str) -> Sequence[ScreeningMatch]:
        """Entries of the sanctions list whose names are similar to this name, the closest first."""


@dataclass(frozen=True, slots=True)
class AccessContext:
    """A policy, and the person's access so far."""

    policy: Stored[Policy]
    access: Stored[Access] | None


class Accesses(Protocol):
    def load(self, policy_id: str, person_id: str, command: Command) -> AccessContext:
        """The policy and the access, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PolicyNotFound: There is no such policy.
        """

    def store(
        self, event: Event, access: Access, *, before: Stored[Access] | None, command: Command
    ) -> None:
        """Store the access as the event left it, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The access has changed since it was loaded.
        """


class Screenings(Protocol):
    """Screening cases."""

    def find(self, subject: ScreeningSubject, key: PartyKey) -> Stored[ScreeningCase] | None:
        """The policyholder's case, opened with their key; None if there is none."""

    def load(self, screening_id: str, command: Command) -> Stored[ScreeningCase]:
        """The case, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            ScreeningNotFound: There is no such case.
        """

    def store(self, event: Event, *, before: Stored[ScreeningCase] | None) -> None:
        """Store the case as the event left it.

        Raises:
            StaleRevision: The case has changed since it was read.
        """

    def decide(self, event: Event, *, before: Stored[ScreeningCase], command: Command) -> None:
        """As `store`, with the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The case has changed since it was loaded.
        """

    def list_open(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[ScreeningCase]]:
        """Open cases in the order of their ids, without personal data."""


class PolicyRange(NamedTuple):
    """Some of the policies in force, and the position to go on from; None at the end."""

    policies: Sequence[Stored[Policy]]
    next: str | None


class PoliciesInForce(Protocol):
    """Every policy that was issued."""

    def read(self, mode: Mode, after: str) -> PolicyRange:
        """Some policies behind the position `after`, whatever their status is now."""


@dataclass(frozen=True, slots=True)
class ScreeningPorts:
    """What the screening of policyholders needs from outside."""

    list: Screening
    """The sanctions list."""
    cases: Screenings
    policies: PoliciesInForce


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
        """Destroy the party's key, and store the event and the command's answer.

        The copies of the key with the party's contracts go in the same transaction, as far as they
        are known and fit; `remove_copies` removes the others.

        Raises:
            AlreadyAnswered: This call was answered before.
            AlreadyErased: The key was destroyed before.
        """


class KeyCopies(Protocol):
    def remove_copies(self, party_id: str, erased_at: datetime) -> None:
        """Remove every copy of an erased party's key that its contracts carry. Safe to repeat."""
