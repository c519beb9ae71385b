"""Details of another party inside a record: sealed with that party's own key, inside what the record's key seals.

A record is sealed for the party that it belongs to. Where it says something of another customer, such as
a joint holder or a lender, the entry of a list has the id of that party and its details as ciphertext. So
each person's details go with their own key. A record is written on without that key: the ciphertext stays
as it is, in the next term's records too, which say in which record it was made.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, Final

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.identity import PartyId
from insurance.domain.core.stored import PartyKey

PARTY = "party_id"
SEALED = "sealed"
"""The entry's details as ciphertext, in base64."""
SEALED_IN = "sealed_in"
"""The id of the record in which they were sealed, where that is another one."""

HOLDERS: Final = frozenset({"interests"})
"""Fields whose value has such lists inside. What callers tell, as answers, is not looked into."""


def seal_apart(details: JsonObject, about: str, key: PartyKey) -> str:
    """The details of a party as an entry has them; `about` is the record's id."""
    return b64encode(key.seal(details, about)).decode("ascii")


def open_apart(
    personal: JsonObject, about: str, key_of: Callable[[PartyId], PartyKey | None]
) -> JsonObject:
    """The personal fields of a record with the details that the keys at hand open. What they do not open
    stays sealed."""

    def opened(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [_opened(entry, about, key_of) for entry in value]
        if isinstance(value, dict) and name in HOLDERS:
            return open_apart(value, about, key_of)
        return value

    return {name: opened(name, value) for name, value in personal.items()}


def _opened(entry: object, about: str, key_of: Callable[[PartyId], PartyKey | None]) -> object:
    if not isinstance(entry, dict) or not {PARTY, SEALED} <= entry.keys():
        return entry
    key = key_of(entry[PARTY])
    sealed_in = entry.get(SEALED_IN, about)
    return entry | key.unseal(b64decode(entry[SEALED]), sealed_in) if key else entry
