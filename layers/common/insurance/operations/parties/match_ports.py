"""What the search for matching parties is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import MatchId, Mode, PartyId
    from insurance.domain.core.stored import Stored
    from insurance.domain.party.match import Match, MatchStatus
    from insurance.domain.party.record import Party
    from insurance.operations.command import Command
    from insurance.operations.listing import ListEntry, ListRange
    from insurance.operations.parties.ports import Parties, PartyChange
    from insurance.operations.search.ports import SearchPorts


class Pair(NamedTuple):
    """Two parties, and the match of them."""

    parties: tuple[Stored[Party], Stored[Party]]
    match: Stored[Match] | None


class Matches(Protocol):
    """Matches, each beside the parties that it is of."""

    def get(self, match_id: MatchId) -> Stored[Match]:
        """A match as it stands.

        Raises:
            MatchNotFound: There is none.
        """

    def load(self, match_id: MatchId, command: Command) -> Stored[Match]:
        """A match, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            MatchNotFound: There is none.
        """

    def load_pair(self, match_id: MatchId, parties: tuple[PartyId, PartyId]) -> Pair:
        """Two parties and their match, in one read.

        Raises:
            PartyNotFound: One of them does not exist.
            AlreadyErased: One of them was erased.
        """

    def any_different(self, match_ids: Sequence[MatchId]) -> bool:
        """Whether one of these matches, at most `MEMBERS_MAX` and one, says that two parties are two customers. One that
        is not there says nothing."""

    def store(
        self,
        event: Event,
        before: Stored[Match] | None,
        changes: Sequence[PartyChange],
        command: Command,
    ) -> None:
        """Store the match as the event left it, the parties as theirs left them, and the command's answer: all or none.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The match or one of the parties has changed since it was loaded.
        """

    def list_by(
        self, mode: Mode, status: MatchStatus, part: ListRange
    ) -> Sequence[ListEntry[Match]]:
        """Matches of a status, the earliest first. One may appear a moment late."""


@dataclass(frozen=True, slots=True)
class MatchPorts:
    """What operations on matches need from outside."""

    matches: Matches
    parties: Parties
    search: SearchPorts
