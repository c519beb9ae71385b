"""Corrections: a detail of a party was told wrong, or is another one from a date.

What held before stays in the history with its date. What was said to hold from a later date was wrong: it
stays in the events alone.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple, Protocol

from insurance.domain.core.errors import AlreadyErased, FieldFault, InvalidFields, PartyFull
from insurance.domain.party.correction_record import (
    FROM_THE_BEGINNING,
    CorrectedField,
    CorrectionRecord,
    PartyField,
)
from insurance.domain.party.data_request import (
    DataRequestKind,
    DataRequestOutcome,
    request_numbered,
)
from insurance.domain.party.party import Address, Payee
from insurance.domain.party.record import (
    HISTORY_MAX,
    Contact,
    ContactKind,
    DatedAccount,
    DatedAddress,
    DatedName,
    Party,
    PartyKind,
)

FIRST_ZONE: Final = timedelta(hours=14)
"""How far the earliest time zone is ahead of UTC."""
OF_PAYEE: Final = frozenset({CorrectedField.NAME, CorrectedField.ADDRESS, CorrectedField.ACCOUNT})
"""Of whom somebody pays: what is on its way to them is looked at again."""
CONTACTS: Final[Mapping[CorrectedField, ContactKind]] = {
    CorrectedField.EMAIL: ContactKind.EMAIL,
    CorrectedField.PHONE: ContactKind.PHONE,
}


class CorrectedDetails(NamedTuple):
    """What is right, as a caller states it; None: not stated, it stays."""

    name: str | None = None
    address: Address | None = None
    email: str | None = None
    phone: str | None = None
    date_of_birth: date | None = None
    registration_number: str | None = None
    account: Payee | None = None
    language: str | None = None


class Correction(NamedTuple):
    """A correction as a caller requests it."""

    details: CorrectedDetails
    reason: str
    effective_on: date | None = None
    """From when it holds, not ahead; None: from now. What never changes holds from the beginning."""
    evidence: str | None = None
    request: int | None = None
    """The number of the request for a rectification that it answers."""
    leave_ended_terms: bool = False
    """Leave the price of a term that has ended as it is, where the correction would change it."""

    def since(self, now: datetime) -> datetime:
        """The instant from which it holds on the party's record: its day begins in UTC.

        Raises:
            InvalidFields: The day is ahead everywhere.
        """
        if self.effective_on is None:
            return now
        if self.effective_on > (now.astimezone(UTC) + FIRST_ZONE).date():
            detail = "A correction is recorded when it holds, not ahead."
            raise InvalidFields([FieldFault("/effective_on", "in-the-future", detail)])
        return min(datetime.combine(self.effective_on, time(), UTC), now)


def stated_fields(party: Party, details: CorrectedDetails) -> tuple[CorrectedField, ...]:
    """What a correction states of the party.

    Raises:
        AlreadyErased: The party was erased.
        InvalidFields: Nothing is stated, or something that a party of its kind does not have.
    """
    if not party.names:
        raise AlreadyErased(f"party {party.id}")
    fields = tuple(field for field in CorrectedField if getattr(details, field) is not None)
    if not fields:
        fault = FieldFault("", "nothing-asked", "Say what is right: a name, an address, …")
        raise InvalidFields([fault])
    is_person = party.kind is PartyKind.PERSON
    of_others = CorrectedField.REGISTRATION_NUMBER if is_person else CorrectedField.DATE_OF_BIRTH
    if of_others in fields:
        detail = f"The party is {'a person' if is_person else 'an organisation'}."
        raise InvalidFields([FieldFault(f"/{of_others}", "not-asked", detail)])
    return fields


def differing_fields(
    party: Party, details: CorrectedDetails, since: datetime
) -> tuple[CorrectedField, ...]:
    """What is stated, and is another one than on the party's record, or holds from an earlier instant."""
    dated: dict[CorrectedField, list[tuple[object, datetime]]] = {
        CorrectedField.NAME: [(one.name, one.since) for one in party.names],
        CorrectedField.ADDRESS: [(one.address, one.since) for one in party.addresses],
        CorrectedField.EMAIL: _contacts_of(party, ContactKind.EMAIL),
        CorrectedField.PHONE: _contacts_of(party, ContactKind.PHONE),
        CorrectedField.ACCOUNT: [(one.account, one.since) for one in party.accounts],
    }
    differing = []
    for field in stated_fields(party, details):
        stated = getattr(details, field)
        if field not in dated:
            differs = stated != getattr(party, field)
        else:
            value, began = dated[field][-1] if dated[field] else (None, since)
            differs = stated != value or since < began
        if differs:
            differing.append(field)
    return tuple(differing)


def corrected(party: Party, correction: Correction, *, now: datetime, by: str) -> Party:
    """The party as it is right.

    Raises:
        AlreadyErased: The party was erased.
        InvalidFields: Nothing is stated, or something that a party of its kind does not have; or the day
            from which it holds is ahead.
        PartyFull: The record holds as many names, addresses, contacts or accounts as it can.
    """
    since, details = correction.since(now), correction.details
    stated = stated_fields(party, details)
    fields = differing_fields(party, details, since)
    changes: dict[str, object] = {
        field.value: getattr(details, field)
        for field in (*sorted(FROM_THE_BEGINNING), CorrectedField.LANGUAGE)
        if field in fields
    }
    if CorrectedField.NAME in fields and details.name:
        name = DatedName(name=details.name, since=since)
        changes["names"] = _followed(party, "names", party.names, name)
    if CorrectedField.ADDRESS in fields and details.address:
        address = DatedAddress(address=details.address, since=since)
        changes["addresses"] = _followed(party, "addresses", party.addresses, address)
    if CorrectedField.ACCOUNT in fields and details.account:
        account = DatedAccount(account=details.account, since=since)
        changes["accounts"] = _followed(party, "bank accounts", party.accounts, account)
    contacts = [
        Contact(kind=kind, value=getattr(details, field), since=since)
        for field, kind in CONTACTS.items()
        if field in fields
    ]
    if contacts:
        changes["contacts"] = _contacts(party, contacts)
    changes["last_correction"] = CorrectionRecord(
        fields=stated,
        since=since,
        reason=correction.reason,
        evidence=correction.evidence,
        request=correction.request,
        corrected_at=now,
        corrected_by=by,
    )
    return party.replace(**changes)


def corrects_payee(before: Party, correction: Correction, now: datetime) -> bool:
    """Whether the correction changes something by which the party is paid."""
    return not OF_PAYEE.isdisjoint(
        differing_fields(before, correction.details, correction.since(now))
    )


def rectified(party: Party, number: int, revision: int, *, at: datetime, by: str) -> Party:
    """The party with its request for a rectification answered by the correction of a revision.

    Raises:
        InvalidFields: The party has no such request for a rectification.
        WrongState: It was answered before.
    """
    request = request_numbered(party.requests, number)
    if request.kind is not DataRequestKind.RECTIFICATION:
        detail = f"Request {number} asks for something else: {request.kind}."
        raise InvalidFields([FieldFault("/request", "not-for-rectification", detail)])
    answered = request.answered(DataRequestOutcome.DONE, at=at, by=by).replace(correction=revision)
    requests = (answered if one is request else one for one in party.requests)
    return party.replace(requests=tuple(requests))


def told_values(party: Party) -> Mapping[PartyField, frozenset[str]]:
    """What the record says now, and said of earlier times: as an answer may repeat it."""
    addresses = [dated.address for dated in party.addresses]
    born = party.date_of_birth
    values: dict[PartyField, Iterable[str | None]] = {
        PartyField.NAME: [dated.name for dated in party.names],
        PartyField.POSTCODE: [address.postcode for address in addresses],
        PartyField.COUNTRY: [address.country for address in addresses],
        PartyField.EMAIL: [one.value for one in party.contacts if one.kind is ContactKind.EMAIL],
        PartyField.PHONE: [one.value for one in party.contacts if one.kind is ContactKind.PHONE],
        PartyField.DATE_OF_BIRTH: [born.isoformat() if born else None],
        PartyField.REGISTRATION_NUMBER: [party.registration_number],
    }
    return {field: frozenset(filter(None, of_field)) for field, of_field in values.items()}


def corrected_values(
    details: CorrectedDetails, fields: tuple[CorrectedField, ...]
) -> Mapping[PartyField, str]:
    """What the corrected fields say, as an answer may repeat it."""
    address, born = details.address, details.date_of_birth
    values = {
        PartyField.NAME: details.name,
        PartyField.POSTCODE: address.postcode if address else None,
        PartyField.COUNTRY: address.country if address else None,
        PartyField.EMAIL: details.email,
        PartyField.PHONE: details.phone,
        PartyField.DATE_OF_BIRTH: born.isoformat() if born else None,
        PartyField.REGISTRATION_NUMBER: details.registration_number,
    }
    return {
        field: value for field, value in values.items() if value and field.corrected_by in fields
    }


class _Dated(Protocol):
    @property
    def since(self) -> datetime: ...


def _followed[D: _Dated](
    party: Party, what: str, history: tuple[D, ...], follows: D
) -> tuple[D, ...]:
    """The history up to an entry, and the entry."""
    held = (*(entry for entry in history if entry.since <= follows.since), follows)
    if len(held) > HISTORY_MAX:
        raise PartyFull(party.id, what, HISTORY_MAX)
    return held


def _contacts(party: Party, follows: list[Contact]) -> tuple[Contact, ...]:
    """The same of contacts, which have one history of each kind in a common order of time."""
    held = party.contacts
    for contact in follows:
        held = (
            *(one for one in held if one.kind is not contact.kind or one.since <= contact.since),
            contact,
        )
    if len(held) > HISTORY_MAX:
        raise PartyFull(party.id, "contacts", HISTORY_MAX)
    return tuple(sorted(held, key=lambda contact: contact.since))


def _contacts_of(party: Party, kind: ContactKind) -> list[tuple[object, datetime]]:
    return [(contact.value, contact.since) for contact in party.contacts if contact.kind is kind]
