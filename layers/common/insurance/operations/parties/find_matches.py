"""Look for other records of a customer: link the sure ones, and leave the doubtful ones to a person.

It may be killed anywhere and run again: each pair is one transaction, and one that has a match is not looked at again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from typing import Final, NamedTuple

from insurance.domain.core.errors import (
    AlreadyErased,
    PartyFull,
    PartyNotFound,
    StaleRevision,
    WrongState,
)
from insurance.domain.core.identity import PartyId, match_id_for, mode_of
from insurance.domain.core.stored import Stored
from insurance.domain.matching.blocks import BLOCK_MAX, keys_of, swapped_keys_of
from insurance.domain.matching.details import details_of
from insurance.domain.matching.weights import MatchVerdict, Score, bundled_weights
from insurance.domain.party.event_types import MatchEventType, PartyEventType
from insurance.domain.party.match import Match, MatchedMark, MatchScore
from insurance.domain.party.record import Party
from insurance.domain.search.entry import LAST, ObjectKind, SearchKey, open_partition
from insurance.domain.search.summaries import PartySummary
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.parties.change_party import party_event
from insurance.operations.parties.match_ports import MatchPorts, Pair
from insurance.operations.parties.ports import PartyChange
from insurance.operations.search.ports import SearchPorts
from insurance.operations.system_command import command_for

CANDIDATES_MAX: Final = 60
"""Parties that are opened for one that is looked at."""
LOOK_AGAIN: Final = timedelta(minutes=1)
GIVEN_UP_AFTER: Final = timedelta(days=1)
"""What the index lacks a day after it was written is damaged, and somebody was told."""


class KeyRange(NamedTuple):
    """So many entries under one search key, and one more: then there are too many."""

    after: str = ""
    limit: int = BLOCK_MAX + 1


class FoundMatches(NamedTuple):
    """The matches of a party, and whether all were compared who share a search key with it."""

    matches: Sequence[Stored[Match]] = ()
    is_complete: bool = True


class Candidate(NamedTuple):
    """The party that may be the same customer, and how alike one of its records is."""

    party: Party
    score: Score


def match_party(party_id: PartyId, now: datetime, *, ports: MatchPorts) -> datetime | None:
    """The scheduler's job with a party. Returns when to look again, where the search index does not have it yet: who
    looks last of two finds the other.

    Raises:
        StaleRevision: Somebody changed one of the parties meanwhile: the next run sees it.
        Unavailable: Something that is needed did not answer.
    """
    with suppress(PartyNotFound, AlreadyErased):
        if find_matches(party_id, now, ports=ports) is None:
            stored = ports.parties.get(party_id)
            if now - (stored.head.processed_at or stored.record.created_at) < GIVEN_UP_AFTER:
                return now + LOOK_AGAIN
    return None


def find_matches(
    party_id: PartyId, now: datetime, *, ports: MatchPorts, named: Party | None = None
) -> FoundMatches | None:
    """The matches of a party with others of its partner, found now or earlier; None: it is not indexed yet, and nobody
    is `named` whom a person takes for the same customer, and whom the caller has checked that they may see.

    A party that is merged into another is found by that one, and one that restricted the use of its data is not looked at.

    Raises:
        PartyNotFound: There is no such party.
        AlreadyErased: The party was erased.
        WrongState: Who is named is another partner's customer.
        StaleRevision: Somebody changed one of the parties meanwhile.
    """
    stored = ports.parties.get(party_id)
    if stored.record.merged_into is not None or stored.record.demands:
        return FoundMatches()
    ids = _sharing(stored.record, ports)
    if ids is None and named is None:
        return None
    found = _candidates(stored.record, (ids or ())[:CANDIDATES_MAX], ports)
    if named is not None:
        found = [*found, *_named(stored.record, named)]
    matches = [_matched(party_id, each, now, ports) for each in found]
    known = [match for match in matches if match is not None]
    return FoundMatches(known, len(ids or ()) <= CANDIDATES_MAX)


def _sharing(party: Party, ports: MatchPorts) -> Sequence[PartyId] | None:
    """Who shares search keys with a party, those first who share most; None: the index does not have the party yet."""
    own = details_of(party)
    keys = list(keys_of(own))
    found = _found_by(party, keys, ports.search)
    if keys and party.id not in found:
        return None
    found.update(_found_by(party, list(swapped_keys_of(own)), ports.search))
    return sorted(found.keys() - {*party.ids}, key=lambda each: (-found[each], each))


def _candidates(party: Party, ids: Sequence[PartyId], ports: MatchPorts) -> Sequence[Candidate]:
    """Who of these is alike enough, the likeliest first."""
    best: dict[PartyId, Candidate] = {}
    for other_id in ids:
        for candidate in _scored(party, other_id, ports):
            standing = candidate.party.id
            if standing not in party.ids and (
                standing not in best or best[standing].score.weight < candidate.score.weight
            ):
                best[standing] = candidate
    return sorted(best.values(), key=lambda each: (-each.score.weight, each.party.id))


def _named(party: Party, other: Party) -> Iterator[Candidate]:
    """Whom a person names, however little speaks for it."""
    if other.partner != party.partner:
        raise WrongState(f"Party {other.id}", "another partner's customer", "be matched")
    if other.id not in party.ids and not other.demands:
        score = bundled_weights().score(details_of(party), details_of(other))
        yield Candidate(other, score)


def _found_by(party: Party, keys: Sequence[SearchKey], search: SearchPorts) -> Counter[PartyId]:
    """Parties of the same partner that stand under these keys, and under how many."""
    mode, first = mode_of(party.id), f"{party.partner}#"
    found: Counter[PartyId] = Counter()
    for key in keys:
        hashed = search.index_keys.known_token(mode, f"search {key.field}", key.value)
        if hashed is None:
            return Counter()  # nothing was indexed yet
        partition = open_partition(mode, ObjectKind.PARTIES, key._replace(value=hashed))
        entries = search.lists.read(
            ObjectKind.PARTIES, partition, KeyRange(), first=first, last=f"{first}{LAST}"
        )
        if len(entries) > BLOCK_MAX:
            found[party.id] += 1  # it may stand behind those that were read
            continue
        found.update(
            {entry.record.id for entry in entries if isinstance(entry.record, PartySummary)}
        )
    return found


def _scored(party: Party, other_id: PartyId, ports: MatchPorts) -> Iterator[Candidate]:
    """The other party, or the one that stands for it, where a record of theirs is alike."""
    with suppress(PartyNotFound, AlreadyErased):
        other = ports.parties.get(other_id)
        score = bundled_weights().score(details_of(party), details_of(other.record))
        if score.verdict is MatchVerdict.NONE:
            return
        into = other.record.merged_into
        standing = other if into is None else ports.parties.get(into)
        if not (other.record.demands or standing.record.demands):
            yield Candidate(standing.record, score)


def _matched(
    party_id: PartyId, candidate: Candidate, now: datetime, ports: MatchPorts
) -> Stored[Match] | None:
    """The match of two parties: as it was decided, or new."""
    ids = (party_id, candidate.party.id)
    match_id = match_id_for(*ids)
    pair = ports.matches.load_pair(match_id, ids)
    if pair.match is not None:
        return pair.match
    if any(each.record.merged_into is not None or each.record.demands for each in pair.parties):
        return None  # an earlier candidate was linked, and stands for this one now; or they restricted the use meanwhile
    command = command_for(mode_of(match_id), "match", match_id, now)
    changes: Sequence[PartyChange] = ()
    if candidate.score.verdict is MatchVerdict.SURE:
        with suppress(WrongState, PartyFull):  # then a person sees what stands in the way
            changes = _unless_apart(pair, link(pair, command), ports)
    type = MatchEventType.LINKED if changes else MatchEventType.FOUND
    partner, score = candidate.party.partner, stored_score(candidate.score)
    match = Match.found(partner, ids, score, is_linked=bool(changes), at=now)
    event = command.event(match_id, match, type, None)
    try:
        ports.matches.store(event, None, changes, command.with_answer(match))
    except (AlreadyAnswered, StaleRevision):
        faster = ports.matches.load_pair(match_id, ids).match
        if faster is None:
            raise
        return faster
    return Stored(match, event.head, None)


def _unless_apart(
    pair: Pair, changes: Sequence[PartyChange], ports: MatchPorts
) -> Sequence[PartyChange]:
    """The changes of a link; none where a person said that two of the records it brings together are two customers."""
    one, other = (each.record for each in pair.parties)
    matches = [match_id_for(*ids) for ids in product(one.ids, other.ids)]
    return () if ports.matches.any_different(matches) else changes


def link(pair: Pair, command: Command) -> Sequence[PartyChange]:
    """The changes that let one of two parties stand for the other: the one that stands for others already, else the older.

    Raises:
        WrongState: One of them is merged already, both stand for others, or one has an open request about its data.
        PartyFull: As many parties are merged into it as can be.
    """
    stands, other = sorted(pair.parties, key=_standing)
    after = stands.record.joined_by(other.record)
    types = (PartyEventType.JOINED, PartyEventType.MERGED)
    return _changes((stands, other), after, types, command)


def part(pair: Pair, command: Command) -> Sequence[PartyChange]:
    """The changes that make them two customers again; none where they are."""
    stands, other = pair.parties
    if stands.record.merged_into == other.record.id:
        stands, other = other, stands
    if other.record.merged_into != stands.record.id:
        return ()
    after = stands.record.parted_from(other.record)
    types = (PartyEventType.LEFT, PartyEventType.PARTED)
    return _changes((stands, other), after, types, command)


def _changes(
    before: tuple[Stored[Party], Stored[Party]],
    after: tuple[Party, Party],
    types: tuple[PartyEventType, PartyEventType],
    command: Command,
) -> Sequence[PartyChange]:
    return [party_event(*each, command)[0] for each in zip(before, after, types, strict=True)]


def _standing(stored: Stored[Party]) -> tuple[bool, datetime, PartyId]:
    party = stored.record
    return not party.members, party.created_at, party.id


def stored_score(score: Score) -> MatchScore:
    """A score as a match keeps it."""
    return MatchScore(
        weight=score.weight,
        prior=score.prior,
        otherwise=score.otherwise,
        marks=tuple(MatchedMark(mark=each.field, level=each.level, weight=each.weight) for each in score.fields),
        is_contradicted=score.is_contradicted,
        version=score.version,
    )  # fmt: skip
