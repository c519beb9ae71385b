"""Whatever happens to customers, in any order: events stay as they are, and what was known is known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from insurance.domain.core.errors import AlreadyErased, LegalHoldStands, WrongState
from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.party.party import Erasure, Policyholder
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.operations.command import Query
from insurance.operations.parties.erase_party import ErasureInput, erase_party
from insurance.operations.parties.merge_parties import merge_parties, undo_merge
from insurance.operations.parties.ports import ErasurePorts
from insurance.operations.parties.read_party import Customer, read_party
from insurance.operations.quoting.quoted_party import PartyInput

from tests.fakes.party_contracts import MemoryPartyContracts
from tests.fakes.party_records import MemoryParties
from tests.support.plain import plain_product, price
from tests.support.platform import Platform
from tests.support.policy_life import PARTNER, UNDERWRITER

places = st.integers(0, 30)

NOTHING_IS_KEPT_AFTER = timedelta(days=40 * 365)
"""Longer than any cover and any rule of retention."""


@dataclass
class Known:
    """What was answered of a policy, and when."""

    at: datetime
    policy: Policy


class Customers(RuleBasedStateMachine):
    """Some customers of one partner, and a model of who they are: who stands for whom, who was erased."""

    @initialize()
    def begin(self) -> None:
        self.platform = Platform(plain_product())
        self.parties = MemoryParties(self.platform.memory)
        contracts = MemoryPartyContracts(self.platform.memory)
        self.erasing = ErasurePorts(self.parties, contracts, self.platform.products)
        self.stands_for: dict[str, str] = {}
        self.holder: dict[str, str] = {}
        """The party that each policy was issued to."""
        self.erased: set[str] = set()
        self.known: list[Known] = []
        self.story: dict[str, list[Event]] = {}

    @rule(named=st.none() | places)
    def issue(self, named: int | None) -> None:
        party_id = self._party(named) if named is not None and self.holder else None
        person = Policyholder(name="Ada Lovelace", email="ada@example.com")
        party = PartyInput(None if party_id else person, party_id)
        if self._root(party_id) in self.erased:
            self._refused(lambda: self._issued(party))
        else:
            policy = self._issued(party)
            self.holder[policy.id] = self._root(party_id) or policy.party
            assert policy.party == self.holder[policy.id]

    @precondition(lambda self: self.holder)
    @rule(which=places)
    def renew(self, which: int) -> None:
        policy_id = sorted(self.holder)[which % len(self.holder)]
        policy = self.platform.policies.get(policy_id).record
        due = policy.period.end - timedelta(days=10)
        if due < self.platform.now:
            return
        self.platform.now = due
        self.platform.policy_id = policy_id
        if self.holder[policy_id] in self.erased:
            self._refused(self.platform.offer_renewal)
            return
        renewed = self.platform.take_renewal(self.platform.offer_renewal())
        assert renewed.party == self.holder[policy_id]
        self._learn(renewed)
        self.holder[renewed.id] = renewed.party

    @precondition(lambda self: self.holder)
    @rule(into=places, other=places)
    def merge(self, into: int, other: int) -> None:
        one, two = self._party(into), self._party(other)
        merge = lambda: merge_parties(one, two, self.platform.command("merge"), self.parties)  # noqa: E731
        if {one, two} & self.erased:
            if one != two:
                self._refused(merge)
            return
        tied = {*self.stands_for} & {one, two} or two in self.stands_for.values()
        if one == two or tied:
            self._refused(merge, WrongState)
            return
        merge()
        self.stands_for[two] = one

    @precondition(lambda self: self.stands_for)
    @rule(which=places)
    def undo(self, which: int) -> None:
        other = sorted(self.stands_for)[which % len(self.stands_for)]
        into = self.stands_for[other]
        undo = lambda: undo_merge(into, other, self.platform.command("undo"), self.parties)  # noqa: E731
        if into in self.erased:
            self._refused(undo)
            return
        undo()
        del self.stands_for[other]

    @precondition(lambda self: self.holder)
    @rule(which=places)
    def erase_while_on_risk(self, which: int) -> None:
        party_id = self._party(which)
        erased = self._root(party_id) in self.erased
        self._refused(partial(self._erase, party_id), AlreadyErased if erased else LegalHoldStands)

    @precondition(lambda self: self.holder)
    @rule(which=places)
    def erase(self, which: int) -> None:
        party_id = self._party(which)
        erase = partial(self._erase, party_id, after=NOTHING_IS_KEPT_AFTER)
        if self._root(party_id) in self.erased:
            self._refused(erase)
            return
        root = self._root(party_id)
        erased = erase()
        assert isinstance(erased, Erasure)
        assert erased.party_id == root
        self.erased |= {each for each in (*self._ids(), root) if self._root(each) == root}

    @invariant()
    def every_event_stays_as_it_was(self) -> None:
        for stream, events in self.platform.memory.events.items():
            before = self.story.get(stream, [])
            assert events[: len(before)] == before
            assert first_broken_link(events) is None
            self.story[stream] = list(events)

    @invariant()
    def what_was_known_is_answered_as_then(self) -> None:
        for known in self.known:
            read = self.platform.policies.as_known(known.policy.id, known.at).record
            if known.policy.party in self.erased:
                assert read == known.policy.replace(policyholder=None, answers=None)
            else:
                assert read == known.policy

    @invariant()
    def a_customer_has_the_contracts_of_all_that_they_stand_for(self) -> None:
        for party_id in self._ids():
            if party_id in self.erased:
                self._refused(partial(self._read, party_id))
                continue
            customer = self._read(party_id)
            root = self._root(party_id)
            assert customer.party.record.id == root
            assert {contract.policy_id for contract in customer.contracts} == {
                policy_id for policy_id, holder in self.holder.items() if self._root(holder) == root
            }

    def _issued(self, party: PartyInput) -> Policy:
        policy = self.platform.issue(
            start=self.platform.now.date() + timedelta(days=1),
            party=party,
            all_answers=price(300),
        )
        self._learn(policy)
        return policy

    def _learn(self, policy: Policy) -> None:
        self.known.append(Known(self.platform.now, policy))
        self.platform.now += timedelta(minutes=1)

    def _erase(self, party_id: str, *, after: timedelta = timedelta()) -> Erasure | Party:
        now, self.platform.now = self.platform.now, self.platform.now + after
        try:
            command = self.platform.command("erase", caller=UNDERWRITER)
            return erase_party(party_id, ErasureInput("asked"), command, self.erasing)
        finally:
            self.platform.now = now

    def _read(self, party_id: str) -> Customer:
        return read_party(
            party_id, Query(PARTNER, self.platform.now, self.platform.now), self.parties
        )

    def _ids(self) -> list[str]:
        return sorted({*self.holder.values()})

    def _party(self, which: int) -> str:
        ids = self._ids()
        return ids[which % len(ids)]

    def _root(self, party_id: str | None) -> str:
        return self.stands_for.get(party_id or "", party_id or "")

    def _refused(
        self, attempt: Callable[[], object], refusal: type[Exception] = AlreadyErased
    ) -> None:
        with pytest.raises(refusal):
            attempt()


TestCustomers = Customers.TestCase
TestCustomers.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
