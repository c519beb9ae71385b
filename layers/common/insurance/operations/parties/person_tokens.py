"""By what rows of files that name a party are found: keyed hashes of all that names it."""

from collections.abc import Callable

from insurance.domain.core.identity import Mode, mode_of
from insurance.domain.intake.persons import MARK_FIELD, marks_of_party
from insurance.operations.parties.ports import IndexKeys, PartyGroup

type Token[T] = Callable[[Mode, str, str], T]


def person_token[T](token: Token[T], mode: Mode, partner: str, mark: str) -> T:
    """What stands for a mark of a person among the customers of one partner."""
    return token(mode, MARK_FIELD, f"{partner} {mark}")


def tokens_of_party(group: PartyGroup, index_keys: IndexKeys) -> frozenset[str]:
    """The tokens of all that names a party or one of its members; none where nothing was ever indexed."""
    parties = (group.party.record, *(member.record for member in group.members))
    found = (
        person_token(index_keys.known_token, mode_of(party.id), party.partner, mark)
        for party in parties
        for mark in marks_of_party(party)
    )
    return frozenset(token for token in found if token is not None)
