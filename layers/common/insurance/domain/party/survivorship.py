"""Of several records of one customer, which one's word counts for each detail, and where it came from.

Which rule a detail has, and who is trusted more, is data (`survivorship.json`): by the code of a source of files, or by
how a detail came. A detail that nobody trusts more than another is as old as its record.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from insurance.domain.core.identity import PartyId
from insurance.domain.party.origin import PartyOrigin
from insurance.domain.party.record import ContactKind, Party


class Channel(StrEnum):
    """How a detail came."""

    CORRECTION = "correction"
    """Somebody corrected the record, with a reason."""
    CALL = "call"
    FILE = "file"


class SurvivorRule(StrEnum):
    """Whose word counts."""

    NEWEST = "newest"
    TRUSTED = "trusted"
    """Who is trusted most, and of these the newest."""


class Detail(NamedTuple):
    """A detail as one record has it."""

    value: str
    party_id: PartyId
    since: datetime
    channel: Channel
    origin: PartyOrigin | None
    """The row of a file; None: it came otherwise."""


class SurvivingDetail(NamedTuple):
    """The word that counts for a detail."""

    field: str
    detail: Detail
    rule: SurvivorRule
    others: int
    """How many records say something else."""


def surviving_details(parties: Sequence[Party]) -> Sequence[SurvivingDetail]:
    """What counts of the records of one customer, detail by detail. What no record has is left out."""
    rules, trust = _rules()
    found: dict[str, list[Detail]] = {field: [] for field in rules}
    for party in parties:
        for field, value, since in _details(party):
            found[field].append(_detail(party, value, since))
    surviving = []
    for field, details in found.items():
        if details:
            rule = rules[field]
            best = max(details, key=lambda each: _rank(each, rule, trust))
            others = sum(each.value != best.value for each in details)
            surviving.append(SurvivingDetail(field, best, rule, others))
    return surviving


def _rank(
    detail: Detail, rule: SurvivorRule, trust: Mapping[str, int]
) -> tuple[int, datetime, PartyId]:
    """The higher counts; of two that are alike always the same one."""
    known = trust[detail.channel]
    trusted = trust.get(detail.origin.source, known) if detail.origin else known
    return (-trusted if rule is SurvivorRule.TRUSTED else 0), detail.since, detail.party_id


def _detail(party: Party, value: str, since: datetime) -> Detail:
    if since > party.created_at:
        return Detail(value, party.id, since, Channel.CORRECTION, None)
    channel = Channel.FILE if party.origin else Channel.CALL
    return Detail(value, party.id, since, channel, party.origin)


def _details(party: Party) -> Iterator[tuple[str, str, datetime]]:
    if party.names:
        yield "name", party.names[-1].name, party.names[-1].since
    if party.date_of_birth:
        yield "date_of_birth", party.date_of_birth.isoformat(), party.created_at
    if party.registration_number:
        yield "registration_number", party.registration_number, party.created_at
    for kind in ContactKind:
        contact = next((each for each in reversed(party.contacts) if each.kind is kind), None)
        if contact:
            yield str(kind), contact.value, contact.since
    if party.addresses:
        address, since = party.addresses[-1].address, party.addresses[-1].since
        parts = (*address.lines, address.postcode, address.country)
        yield "address", ", ".join(part for part in parts if part), since
    if party.language:
        yield "language", party.language, party.created_at


FIELDS_MAX: Final = 7


@cache
def _rules() -> tuple[Mapping[str, SurvivorRule], Mapping[str, int]]:
    """The rule of each detail, and how far down each channel or source stands."""
    text = files("insurance.domain.party").joinpath("survivorship.json").read_text("utf-8")
    document = json.loads(text)
    rules = {field: SurvivorRule(rule) for field, rule in document["fields"].items()}
    return rules, {name: place for place, name in enumerate(document["trust"])}
