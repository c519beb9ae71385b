"""What the fakes of all areas share: the events, the idempotency records and every stored value."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from insurance.domain.billing import BillingAccount, SuspendedPayment, UsedReference
from insurance.domain.claim import Claim, NoticedClaim
from insurance.domain.complaint import Complaint
from insurance.domain.contract.number import normalise_number
from insurance.domain.control.access_policy import AccessPolicy, PoliciesInForce, RuleHits
from insurance.domain.control.stop import Stops
from insurance.domain.core.errors import (
    KeyReused,
    LimitMoved,
    NumberTaken,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    Mode,
    policy_id_for,
    quote_id_for,
)
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.document import Document
from insurance.domain.events.catalogue import CATALOGUE
from insurance.domain.ledger.earnings import EarnedPremium
from insurance.domain.partner.api_product import ApiProductLife
from insurance.domain.partner.application import PartnerApplication
from insurance.domain.partner.partner import Partner
from insurance.domain.party.demands import NO_DEMANDS, Demands
from insurance.domain.party.party import Access
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.product.publishing.release import ProductVersion
from insurance.domain.quote.quote import Quote
from insurance.operations.idempotency import AlreadyAnswered, Idempotency, RecordedAnswer


def _move[R: PartyRecord](records: dict[str, Stored[R]], policy_id: str, partner: str) -> None:
    for id, stored in records.items():
        if policy_id_for(id) == policy_id:
            records[id] = replace(stored, record=stored.record.replace(partner=partner))


@dataclass
class Memory:
    """What is stored: values as they are, idempotency records by id, events by stream."""

    quotes: dict[str, Stored[Quote]] = field(default_factory=dict)
    first_answers: dict[str, tuple[bytes, Stored[Quote]]] = field(default_factory=dict)
    policies: dict[str, Stored[Policy]] = field(default_factory=dict)
    parties: dict[str, Stored[Party]] = field(default_factory=dict)
    accesses: dict[str, Stored[Access]] = field(default_factory=dict)
    accounts: dict[str, Stored[BillingAccount]] = field(default_factory=dict)
    suspense: dict[str, Stored[SuspendedPayment] | UsedReference] = field(default_factory=dict)
    earned: dict[str, Stored[EarnedPremium]] = field(default_factory=dict)
    claims: dict[str, Stored[Claim]] = field(default_factory=dict)
    complaints: dict[str, Stored[Complaint]] = field(default_factory=dict)
    registers: dict[str, tuple[NoticedClaim, ...]] = field(default_factory=dict)
    versions: dict[tuple[Mode, str, str], Stored[ProductVersion]] = field(default_factory=dict)
    partners: dict[str, Stored[Partner]] = field(default_factory=dict)
    developers: dict[str, str] = field(default_factory=dict)
    """The partner's id by the developer's."""
    applications: dict[str, Stored[PartnerApplication]] = field(default_factory=dict)
    access_policies: dict[str, Stored[AccessPolicy]] = field(default_factory=dict)
    rule_hits: dict[tuple[Mode, str], dict[str, RuleHits]] = field(default_factory=dict)
    policies_in_force: dict[Mode, tuple[int, PoliciesInForce]] = field(default_factory=dict)
    """By mode: how often they changed, and what is in force."""
    stops: dict[Mode, Stored[Stops]] = field(default_factory=dict)
    api_products: dict[str, Stored[ApiProductLife]] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)
    idempotency_records: dict[str, tuple[bytes, datetime, RecordedAnswer]] = field(
        default_factory=dict
    )
    erased: set[str] = field(default_factory=set)
    payee_accounts: dict[tuple[Mode, str], tuple[frozenset[tuple[str, str]], bool]] = field(
        default_factory=dict
    )
    """By account: on which claims it stands, under which name, and whether it was approved."""
    used: dict[str, dict[str, int]] = field(default_factory=dict)
    used_for_life: dict[str, dict[str, int]] = field(default_factory=dict)
    """What is taken of shared limits, by policy and code."""
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    """To which claim a file came first, by policy and mark."""
    keys: dict[str, PartyKey | None] = field(default_factory=dict)
    """The keys of parties that held a policy which passed on since."""
    named: Counter[str] = field(default_factory=Counter)
    """How often contracts have named a party."""
    numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    """Which policy or claim has a number, by the kind of its id and the number's normal form."""

    def check(self, idempotency: Idempotency | None) -> None:
        if idempotency is None:
            return
        found = self.idempotency_records.get(idempotency.id)
        if found is None or found[1] < idempotency.received_at:
            return
        if found[0] != idempotency.request_hash:
            raise KeyReused
        raise AlreadyAnswered(found[2])

    def keep(self, idempotency: Idempotency) -> None:
        if idempotency.answer is None:
            raise ValueError("an idempotency record is stored with its answer")
        self.idempotency_records[idempotency.id] = (
            idempotency.request_hash,
            idempotency.expires_at,
            idempotency.answer,
        )

    def key_of(self, party_id: str) -> PartyKey | None:
        return None if party_id in self.erased else self.keys[party_id]

    def key_of_customer(self, party_id: str) -> PartyKey | None:
        """The key of a party that holds a policy jointly or has a role on it: of its own record, or of its quote."""
        if party_id in self.erased:
            return None
        if party_id in self.parties:
            return self.parties[party_id].key
        return self.quotes[quote_id_for(party_id)].key

    def demands_of(self, party_id: str) -> Demands:
        """What a party, or the one that stands for it, demands of those who process its data."""
        stored = self.parties.get(party_id)
        if stored is None:
            return NO_DEMANDS
        into = stored.record.merged_into
        return self.demands_of(into) if into else stored.record.demands

    def is_destroyed(self, before: Stored[Any] | None) -> bool:
        """Whether the key with which a command read this was destroyed since."""
        return before is not None and before.key is not None and before.record.party in self.erased

    def move(self, policy_id: str, partner: str) -> None:
        """Move what belongs to a policy into the book of another partner."""
        _move(self.claims, policy_id, partner)
        _move(self.complaints, policy_id, partner)
        _move(self.accounts, policy_id, partner)

    def take(self, moved: Sequence[LimitMovement], of: str) -> None:
        """Take of shared limits and running totals, all or none: those of no pool are of this policy."""
        used = [
            self.used.setdefault(of, {})
            if each.pool is None
            else self.used_for_life.setdefault(each.pool, {})
            for each in moved
        ]
        if any(
            each.change > 0 and there.get(each.code, 0) > each.room
            for each, there in zip(moved, used, strict=True)
        ):
            raise LimitMoved(of)
        for each, there in zip(moved, used, strict=True):
            there[each.code] = there.get(each.code, 0) + each.change

    def give_number(self, number: str, id: str) -> None:
        given = self.numbers.setdefault((id.rsplit("_", 1)[0], normalise_number(number)), id)
        if given != id:
            raise NumberTaken(number)

    def append(self, event: Event, taken: Callable[[], Exception]) -> None:
        stream = self.events.setdefault(event.stream, [])
        if len(stream) != event.sequence - 1:
            raise taken()
        # The catalogue is true: it has the event's type, and names the record whose facts it carries.
        assert event.facts.keys() <= CATALOGUE[event.type].schema.model_fields.keys(), event.type
        stream.append(event)
