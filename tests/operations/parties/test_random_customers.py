"""Whatever happens to customers, in any order: events stay as they are, what was known is known, and what
is charged is posted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from insurance.domain.contract.interested_party import Interest, InterestedParty, Interests
from insurance.domain.core.errors import AlreadyErased, InvalidFields, LegalHoldStands, WrongState
from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.core.posting import Account
from insurance.domain.party.correction import CorrectedDetails, Correction
from insurance.domain.party.party import Erasure, ErasureReason, Policyholder
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.holders import JointHolder
from insurance.domain.policy.transfer_record import TransferConsent, TransferReason
from insurance.operations.command import Query
from insurance.operations.parties.erase_party import ErasureInput, erase_party
from insurance.operations.parties.merge_parties import merge_parties, undo_merge
from insurance.operations.parties.ports import ErasurePorts
from insurance.operations.parties.read_party import Customer, read_party
from insurance.operations.policy.correct_party import PartyCorrection, correct_party
from insurance.operations.policy.ports import CorrectionPorts, InterestPorts, TransferPorts
from insurance.operations.policy.record_interested_parties import (
    InterestsRequested,
    record_interested_parties,
)
from insurance.operations.policy.transfer_policy import TransferRequested, transfer_policy
from insurance.operations.quoting.quoted_party import PartyInput
from insurance.products import SampleLookUps

from tests.fakes.intake import MemoryErasedPersons
from tests.fakes.party_contracts import MemoryPartyContracts
from tests.fakes.party_records import MemoryIndexKeys, MemoryKeyCopies, MemoryParties
from tests.fakes.policy import MemoryRegisteredPartners
from tests.fakes.screening import screening_ports
from tests.support.plain import plain_product, price
from tests.support.platform import Platform
from tests.support.policy_life import PARTNER, UNDERWRITER

HEIR = "Bertram Oystercatcher"
places = st.integers(0, 30)
names = st.sampled_from(["Ada Lovelace", "Ada King", "Ada Byron"])
days_ago = st.integers(0, 400)
REPEATS_THE_NAME = {
    "questions": [
        {"code": "price", "type": "money", "label": "Price", "min": 0, "max": 100000},
        {"code": "keeper", "type": "text", "label": "Who keeps it"},
    ],
    "corrections": {"answers": [{"answer": "keeper", "repeats": "name"}]},
}
"""A product of which an answer follows the corrected name."""

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
        self.platform = Platform(plain_product(**REPEATS_THE_NAME))
        self.parties = MemoryParties(self.platform.memory)
        contracts = MemoryPartyContracts(self.platform.memory)
        self.erasing = ErasurePorts(
            self.parties,
            contracts,
            self.platform.products,
            MemoryKeyCopies(),
            (),
            MemoryErasedPersons(),
            MemoryIndexKeys(),
        )
        self.correcting = CorrectionPorts(
            self.platform.products,
            SampleLookUps(),
            self.platform.stores.corrections,
            screening_ports(self.platform.memory),
        )
        stores = self.platform.stores
        self.transferring = TransferPorts(
            self.platform.products,
            SampleLookUps(),
            stores.policy_changes,
            stores.policy_transfers,
            screening_ports(self.platform.memory),
            self.parties,
            self.platform.parts.keys,
            MemoryRegisteredPartners(),
        )
        self.interesting = InterestPorts(
            stores.policy_changes, stores.policy_transfers, self.parties, stores.index_keys
        )
        self.named: dict[str, str] = {}
        """The name that counts of each party, and of the holder of each policy."""
        self.stands_for: dict[str, str] = {}
        self.holder: dict[str, str] = {}
        """The party that each policy was issued to."""
        self.moved: dict[str, str] = {}
        """The party of each policy that moved into the book of another partner, who has nothing else."""
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
            name = self.named.setdefault(policy.party, person.name)
            self.named[policy.id] = name

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
        ending = self.platform.policies.get(policy_id).record
        assert _people(renewed) == _people(ending)
        self._learn(renewed)
        self.holder[renewed.id] = renewed.party
        self.named[renewed.id] = self.named[policy_id]

    @rule(days=st.integers(1, 30))
    def wait(self, days: int) -> None:
        self.platform.now += timedelta(days=days)

    @precondition(lambda self: self.holder)
    @rule(which=places, dollars=st.integers(100, 900))
    def endorse(self, which: int, dollars: int) -> None:
        policy_id = sorted(self.holder)[which % len(self.holder)]
        self.platform.policy_id = policy_id
        endorse = partial(self.platform.endorse, self.platform.now, **price(dollars))
        period = self.platform.policy.period
        if self._root(self.holder[policy_id]) in self.erased:
            self._refused(endorse)
        elif period.start <= self.platform.now < period.end:
            endorse()
            self._learn(self.platform.policy)

    @precondition(lambda self: self.holder)
    @rule(which=places, name=names, since=days_ago)
    def correct(self, which: int, name: str, since: int | None) -> None:
        """From an earlier day, so that endorsements are reversed and applied again."""
        party_id = self._party(which)
        root = self._root(party_id)
        if root in self.erased:
            self._refused(partial(self._correct, party_id, name, since))
            return
        mine = [
            policy_id
            for policy_id, holder in self.holder.items()
            if self._root(holder) == root
            and self.platform.policies.get(policy_id).record.period.end > self.platform.now
        ]
        if {name} == {self.named[each] for each in (root, *mine)}:
            self._refused(partial(self._correct, party_id, name, None), InvalidFields)
            return
        held = [self.platform.policies.get(policy_id).record for policy_id in mine]
        if any(policy.former_holders for policy in held):
            since = None  # nothing is corrected from before they held it
        self._correct(party_id, name, since)
        self.named |= dict.fromkeys((root, *mine), name)
        for policy_id in mine:
            self._learn(self.platform.policies.get(policy_id).record)

    @precondition(lambda self: self.holder)
    @rule(which=places, to=st.none() | places)
    def transfer(self, which: int, to: int | None) -> None:
        """To somebody new, or to a customer who is known already."""
        policy_id = sorted(self.holder)[which % len(self.holder)]
        policy = self.platform.policies.get(policy_id).record
        party_id = None if to is None else self._party(to)
        root, before = self._root(party_id), self._root(self.holder[policy_id])
        pass_on = partial(self._transferred, policy_id, party_id)
        if before in self.erased or root in self.erased:
            self._refused(pass_on)
            return
        begun = max(self.platform.now, policy.period.start + timedelta(minutes=1))
        if root == before or begun >= policy.period.end or policy.invitation is not None:
            return
        if root in policy.holders:
            return  # they hold it jointly
        self.platform.now = begun
        passed = pass_on()
        assert passed.party not in {before, policy.party}
        assert party_id is None or passed.party == root
        self.holder[policy_id] = passed.party
        self.named.setdefault(passed.party, HEIR)
        self.named[policy_id] = self.named[passed.party]
        self._learn(passed)

    @precondition(lambda self: self.holder)
    @rule(which=places)
    def appoint(self, which: int) -> None:
        """The holder appoints another broker, whose customer they become."""
        policy_id = sorted(self.holder)[which % len(self.holder)]
        policy = self.platform.policies.get(policy_id).record
        appoint = partial(self._transferred, policy_id, None, TransferReason.BROKER)
        if self._root(self.holder[policy_id]) in self.erased:
            self._refused(appoint)
            return
        begun = max(self.platform.now, policy.period.start + timedelta(minutes=1))
        if begun >= policy.period.end or policy.invitation is not None:
            return
        self.platform.now = begun
        moved = appoint()
        assert (moved.partner, moved.policyholder) == ("meadow", policy.policyholder)
        assert moved.party != policy.party
        del self.holder[policy_id]
        self.moved[policy_id] = moved.party
        self._learn(moved)

    @precondition(lambda self: self.moved)
    @rule(which=places)
    def erase_for_the_new_broker(self, which: int) -> None:
        party_id = sorted(self.moved.values())[which % len(self.moved)]
        erase = partial(self._erase, party_id, after=NOTHING_IS_KEPT_AFTER)
        if party_id in self.erased:
            self._refused(erase)
            return
        erase()
        self.erased.add(party_id)

    @precondition(lambda self: self.holder)
    @rule(which=places, by=places)
    def join(self, which: int, by: int) -> None:
        """A customer holds a policy with its holder from now on."""
        policy_id = sorted(self.holder)[which % len(self.holder)]
        policy = self.platform.policies.get(policy_id).record
        root, held_by = self._root(self._party(by)), self._root(self.holder[policy_id])
        join = partial(self._transferred, policy_id, root, TransferReason.JOINT_HOLDER_IN)
        if held_by in self.erased or root in self.erased:
            self._refused(join)
            return
        begun = max(self.platform.now, policy.period.start + timedelta(minutes=1))
        if root in policy.holders or begun >= policy.period.end or len(policy.joint_holders) > 3:
            return
        self.platform.now = begun
        joined = join()
        assert [each.name for each in joined.joint_holders][-1] == self.named[root]
        assert joined.party == policy.party
        self._learn(joined)

    @precondition(lambda self: self.holder)
    @rule(which=places, by=places)
    def insure(self, which: int, by: int) -> None:
        """A customer is insured under a policy that somebody else holds."""
        policy_id = sorted(self.holder)[which % len(self.holder)]
        policy = self.platform.policies.get(policy_id).record
        root, held_by = self._root(self._party(by)), self._root(self.holder[policy_id])
        insure = partial(self._insured, policy_id, root)
        if policy.cancelled_by() is not None or self.platform.now >= policy.period.end:
            self._refused(insure, WrongState)
        elif held_by in self.erased or root in self.erased:
            self._refused(insure)
        elif root == policy.party:
            self._refused(insure, InvalidFields)
        else:
            recorded = insure()
            assert [name for _, name in _people(recorded)[1]] == [self.named[root]]
            assert recorded.policyholder == policy.policyholder
            self._learn(recorded)

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
                unread = {"policyholder": None, "answers": None, "changed": None}
                assert read == known.policy.replace(**unread, joint_holders=(), interests=None)
            else:
                interests = known.policy.interests
                assert read == known.policy.replace(
                    joint_holders=self._readable(known.policy.joint_holders),
                    interests=interests
                    and interests.replace(parties=self._readable(interests.parties)),
                )

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

    @invariant()
    def what_is_charged_is_posted_and_the_name_counts_that_was_last_told(self) -> None:
        for policy_id, holder in (self.holder | self.moved).items():
            policy = self.platform.policies.get(policy_id).record
            owed = sum(
                posting.amount.amount * sign
                for event in self.platform.memory.events[policy_id]
                for posting in event.postings
                for account, sign in ((posting.debit, 1), (posting.credit, -1))
                if account is Account.PREMIUM_RECEIVABLE
            )
            assert owed == policy.charged.amount
            if self._root(holder) not in self.erased:
                assert policy.policyholder is not None
                assert policy.policyholder.name == self.named[policy_id]
                last = policy.at(policy.period.end)
                assert (last.answers or {})["keeper"] == self.named[policy_id]

    def _correct(self, party_id: str, name: str, since: int | None) -> PartyCorrection:
        """From so many days ago, or from now."""
        now = self.platform.now
        day = None if since is None else (now - timedelta(days=since)).date()
        correction = Correction(
            CorrectedDetails(name=name),
            "told",
            effective_on=day,
            leave_ended_terms=True,
        )
        command = self.platform.command("correct", caller=UNDERWRITER)
        return correct_party(party_id, correction, command, self.correcting)

    def _readable[P: (JointHolder, InterestedParty)](self, people: tuple[P, ...]) -> tuple[P, ...]:
        """As they are read once some of them were erased."""
        gone = self._gone()
        return tuple(each.unreadable() if each.party_id in gone else each for each in people)

    def _insured(self, policy_id: str, party_id: str) -> Policy:
        entry = InterestedParty(interest=Interest.INSURED, party_id=party_id)
        requested = InterestsRequested(Interests(parties=(entry,)), (None,))
        command = self.platform.command("interests", caller=UNDERWRITER)
        return record_interested_parties(policy_id, requested, command, self.interesting).record

    def _gone(self) -> set[str]:
        """Who was erased, those included that hold no policy alone."""
        return self.erased | self.platform.memory.erased

    def _transferred(
        self,
        policy_id: str,
        party_id: str | None,
        reason: TransferReason = TransferReason.DIVORCE,
    ) -> Policy:
        """The policy after it passed on; the new holder keeps the thing."""
        keeper = self.named[self._root(party_id)] if party_id else HEIR
        is_broker = reason is TransferReason.BROKER
        requested = TransferRequested(
            reason=reason,
            effective_on=None,
            effective_at=None,
            holder=None if party_id or is_broker else Policyholder(name=HEIR),
            party_id=party_id,
            joint_holder=None,
            consents=frozenset({TransferConsent.HOLDER, TransferConsent.NEW_HOLDER}),
            evidence="L-1" if is_broker else None,
            to_partner="meadow" if is_broker else None,
            answers={"keeper": keeper} if reason.changes_holder and not is_broker else None,
        )
        command = self.platform.command("transfer", caller=UNDERWRITER)
        transfer_policy(policy_id, requested, command, self.transferring)
        return self.platform.policies.get(policy_id).record

    def _issued(self, party: PartyInput) -> Policy:
        policy = self.platform.issue(
            start=self.platform.now.date() + timedelta(days=1),
            party=party,
            all_answers=price(300) | {"keeper": self._name(party)},
        )
        self._learn(policy)
        return policy

    def _name(self, party: PartyInput) -> str:
        """The keeper is the customer, by the name that counts."""
        if party.party_id is None:
            return "Ada Lovelace"
        return self.named[self._root(party.party_id)]

    def _learn(self, policy: Policy) -> None:
        self.known.append(Known(self.platform.now, policy))
        self.platform.now += timedelta(minutes=1)

    def _erase(self, party_id: str, *, after: timedelta = timedelta()) -> Erasure | Party:
        now, self.platform.now = self.platform.now, self.platform.now + after
        try:
            command = self.platform.command("erase", caller=UNDERWRITER)
            return erase_party(
                party_id, ErasureInput(ErasureReason.REQUESTED), command, self.erasing
            )
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


def _people(policy: Policy) -> tuple[list[tuple[str | None, str | None]], ...]:
    """Who holds a policy jointly, and who has a role on it: who they are and by which name."""
    interested = policy.interests.parties if policy.interests else ()
    return (
        [(each.party_id, each.name) for each in policy.joint_holders],
        [(each.party_id, each.name) for each in interested],
    )


TestCustomers = Customers.TestCase
TestCustomers.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
