"""One view of a customer, over all records that count as them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, NamedTuple

from insurance.domain.core.identity import PartyId
from insurance.domain.core.scopes import Scope
from insurance.domain.party.record import Consent, Party
from insurance.domain.party.survivorship import SurvivingDetail, surviving_details
from insurance.domain.search.entry import ObjectKind, SearchField, SearchKey
from insurance.operations.command import Query
from insurance.operations.listing import ListPage
from insurance.operations.parties.change_party import check_sees_party, standing_party
from insurance.operations.parties.match_ports import MatchPorts
from insurance.operations.search.find_objects import find_objects

SHOWN_MAX: Final = 50
"""Of each kind: more are in the lists, by `party_id`."""


class ShownRange(NamedTuple):
    """The first ones of a list."""

    after: str = ""
    limit: int = SHOWN_MAX


class ToldConsent(NamedTuple):
    """The last word about a purpose, and which record has it."""

    party_id: PartyId
    consent: Consent


@dataclass(frozen=True, slots=True)
class Overview:
    """A customer: which records count as them, what counts of what these say, and what they have, where the caller may
    read it."""

    party: Party
    details: Sequence[SurvivingDetail]
    consents: Sequence[ToldConsent]
    policies: ListPage[Any] | None
    quotes: ListPage[Any] | None
    claims: ListPage[Any] | None


def read_overview(party_id: PartyId, query: Query, ports: MatchPorts) -> Overview:
    """The customer, by whichever of their records. What the caller has no scope to list is left out.

    Raises:
        PartyNotFound: There is no such party that the caller may see.
        AlreadyErased: The party was erased.
    """
    party = standing_party(party_id, ports.parties).record
    check_sees_party(party, query.caller)
    records = [party, *(ports.parties.get(member).record for member in party.members)]

    def found(kind: ObjectKind, scope: Scope) -> ListPage[Any] | None:
        if scope not in query.caller.scopes:
            return None
        key = SearchKey(SearchField.PARTY, party.id)
        return find_objects(kind, key, ShownRange(), query, ports.search)

    return Overview(
        party,
        surviving_details(records),
        _last_words(records),
        policies=found(ObjectKind.POLICIES, Scope.POLICIES_READ),
        quotes=found(ObjectKind.QUOTES, Scope.QUOTES_READ),
        claims=found(ObjectKind.CLAIMS, Scope.CLAIMS_READ),
    )


def _last_words(records: Sequence[Party]) -> Sequence[ToldConsent]:
    """The last consent or refusal for each purpose, whichever record has it."""
    told = chain.from_iterable(
        (ToldConsent(party.id, consent) for consent in party.consents) for party in records
    )
    last = {each.consent.purpose: each for each in sorted(told, key=lambda each: each.consent.at)}
    return [last[purpose] for purpose in sorted(last)]
