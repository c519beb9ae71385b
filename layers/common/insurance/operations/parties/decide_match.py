"""Say whether two parties are one customer, and read what was found and said."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import MatchNotFound, StaleRevision, Unavailable
from insurance.domain.core.identity import MatchId, PartyId, match_id_for, mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.party.event_types import MatchEventType
from insurance.domain.party.match import Match, MatchDecision, MatchReason, MatchStatus
from insurance.domain.party.record import Party
from insurance.operations.command import Command, Query
from insurance.operations.listing import ListPage, ListRange, page_of
from insurance.operations.parties.change_party import check_sees_party, standing_party
from insurance.operations.parties.find_matches import FoundMatches, find_matches, link, part
from insurance.operations.parties.match_ports import MatchPorts
from insurance.operations.parties.ports import PartyChange

TRIES: Final = 5
"""Of one call: somebody may change one of the parties while it compares them."""


def decide_match(
    match_id: MatchId, reason: MatchReason, command: Command, ports: MatchPorts, *, is_same: bool
) -> Stored[Match]:
    """Link two parties, keep them apart, or part them again. Parting leaves nothing of a link but the events that say it.

    Where a mark says that they are two, one person proposes the link and another one confirms it.

    Raises:
        MatchNotFound: There is no such match in the caller's mode.
        StaleRevision: It has changed since the caller read it.
        WrongState: It was decided so before, or one of the parties is merged with a third, or waits for an answer about its data.
        SamePerson: The caller proposed what another person must confirm.
        AlreadyErased: One of the parties was erased.
        PartyFull: As many parties are merged into one as can be.
    """
    before = ports.matches.load(match_id, command)
    check_sees_match(before.record, command.caller)
    command.check_revision(before, match_id)
    said = MatchDecision(is_same, reason, command.actor, command.now)
    after = before.record.decided(said)
    proposed = after.status is before.record.status
    changes = () if proposed else _changes(before, after, command, ports)
    type = MatchEventType.PROPOSED if proposed else MatchEventType.DECIDED
    event = command.event(match_id, after, type, before)
    decided = Stored(after, event.head, None)
    ports.matches.store(event, before, changes, command.with_answer(decided))
    return decided


def _changes(
    before: Stored[Match], after: Match, command: Command, ports: MatchPorts
) -> Sequence[PartyChange]:
    """What becomes of the parties. Only those that were linked can be parted."""
    if after.status is MatchStatus.LINKED:
        pair = ports.matches.load_pair(after.id, after.parties)
        one, other = (each.record for each in pair.parties)
        if other.id in one.members or one.id in other.members:
            return ()  # somebody merged them by hand
        return link(pair, command)
    if before.record.status is MatchStatus.LINKED:
        return part(ports.matches.load_pair(after.id, after.parties), command)
    return ()


def read_match(match_id: MatchId, query: Query, ports: MatchPorts) -> Stored[Match]:
    """A match.

    Raises:
        MatchNotFound: There is no such match in the caller's mode.
    """
    stored = ports.matches.get(match_id)
    check_sees_match(stored.record, query.caller)
    return stored


def list_matches(
    status: MatchStatus, part: ListRange, query: Query, ports: MatchPorts
) -> ListPage[Match]:
    """Part of the matches of a status, the earliest first."""
    entries = ports.matches.list_by(query.caller.mode, status, part)
    return page_of(entries, part.limit, lambda match: match)


class MatchedNow(NamedTuple):
    """The matches of a party, and whether all were compared who share a search key with it."""

    matches: Sequence[Match]
    is_complete: bool


def match_now(
    party_id: PartyId, named: PartyId | None, query: Query, ports: MatchPorts
) -> MatchedNow:
    """Look for other records of a customer at once: what was found now or earlier, and what they are linked by.

    Raises:
        PartyNotFound: There is no such party, or nobody so named, that the caller may see.
        AlreadyErased: One of the parties was erased.
        WrongState: Who is named is another partner's customer.
        Unavailable: Somebody changed one of the parties each time.
    """
    for _ in range(TRIES):
        with suppress(StaleRevision):
            return _match_once(party_id, named, query, ports)
    raise Unavailable("What you are matching")


def _match_once(
    party_id: PartyId, named: PartyId | None, query: Query, ports: MatchPorts
) -> MatchedNow:
    party = standing_party(party_id, ports.parties).record
    check_sees_party(party, query.caller)
    other = None if named is None else standing_party(named, ports.parties).record
    if other is not None:
        check_sees_party(other, query.caller)
    known = {match.record.id: match.record for match in _of_members(party, ports)}
    found = find_matches(party.id, query.now, ports=ports, named=other) or FoundMatches()
    known.update({match.record.id: match.record for match in found.matches})
    return MatchedNow(list(known.values()), found.is_complete)


def _of_members(party: Party, ports: MatchPorts) -> Iterator[Stored[Match]]:
    """The matches by which others were merged into a party. A merge by hand has none."""
    for member in party.members:
        with suppress(MatchNotFound):
            yield ports.matches.get(match_id_for(party.id, member))


def check_sees_match(match: Match, caller: Caller) -> None:
    """Check that the caller may see the match.

    Raises:
        MatchNotFound: It is of the other mode.
    """
    if mode_of(match.id) is not caller.mode:
        raise MatchNotFound(match.id)
