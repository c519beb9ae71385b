"""An erasure that may wait: kept on the party's stream, done by the scheduler, moved on by new holds."""

from datetime import date, datetime, timedelta

import pytest
from insurance.domain.core.errors import AlreadyErased, LegalHoldStands, WrongState
from insurance.domain.core.stored import Stored
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.party.party import Erasure, ErasureReason, Policyholder
from insurance.domain.party.record import Party
from insurance.domain.schedule.plan import SWEPT_AFTER, jobs_after
from insurance.domain.schedule.scheduled_job import JobKind
from insurance.operations.parties.carry_out_erasure import carry_out_erasure
from insurance.operations.parties.erase_party import ErasureInput, erase_party, withdraw_erasure
from insurance.operations.parties.ports import ErasurePorts
from insurance.operations.quoting.quoted_party import PartyInput

from tests.fakes.intake import MemoryErasedPersons
from tests.fakes.party_contracts import MemoryPartyContracts
from tests.fakes.party_records import MemoryIndexKeys, MemoryParties
from tests.support.plain import plain_product, price
from tests.support.platform import Platform
from tests.support.policy_life import UNDERWRITER

WHEN_PERMITTED = ErasureInput(ErasureReason.OBJECTION, when_permitted=True)


class Asked:
    """A customer with one policy, who asks to be erased while it is on risk."""

    def __init__(self) -> None:
        self.platform = Platform(plain_product())
        self.swept: list[str] = []
        """The parties of which copies of the key were looked for."""
        self.parties = MemoryParties(self.platform.memory)
        contracts = MemoryPartyContracts(self.platform.memory)
        self.ports = ErasurePorts(
            self.parties,
            contracts,
            self.platform.products,
            self,
            (self.platform.objects,),
            MemoryErasedPersons(),
            MemoryIndexKeys(),
        )
        ada = Policyholder(name="Ada Lovelace", email="ada@example.com")
        self.party_id = self.issue(PartyInput(ada, None))

    def issue(self, party: PartyInput, *, start: date | None = None) -> str:
        start = start or self.platform.now.date() + timedelta(days=1)
        return self.platform.issue(start=start, party=party, all_answers=price(300)).party

    def remove_copies(self, party_id: str, _erased_at: datetime) -> None:
        self.swept.append(party_id)

    def erase(self, asked: ErasureInput = WHEN_PERMITTED) -> Erasure | Party:
        command = self.platform.command("erase", caller=UNDERWRITER)
        return erase_party(self.party_id, asked, command, self.ports)

    def look(self, at: datetime) -> datetime | None:
        return carry_out_erasure(self.party_id, at, ports=self.ports)

    @property
    def check_at(self) -> datetime:
        erasure = self.parties.get(self.party_id).record.erasure
        assert erasure is not None
        return erasure.check_at

    def types(self) -> list[str]:
        return [event.type for event in self.platform.memory.events[self.party_id]]


@pytest.fixture
def asked() -> Asked:
    return Asked()


def test_a_request_that_may_wait_is_kept_until_the_end_of_the_hold(asked: Asked):
    with pytest.raises(LegalHoldStands) as refused:
        asked.erase(ErasureInput(ErasureReason.REQUESTED))

    waiting = asked.erase()

    assert isinstance(waiting, Party)
    assert asked.check_at == refused.value.possible_from
    assert asked.types() == ["party.erasure_requested"]
    assert asked.platform.memory.events[asked.party_id][0].actor == UNDERWRITER.principal


def test_the_words_of_an_old_request_do_not_stay(asked: Asked):
    """A request had free text once, and the erasure took it over, in clear."""
    asked.erase()
    at = asked.check_at
    stored = asked.platform.memory.parties[asked.party_id]
    assert stored.record.erasure is not None
    worded = stored.record.erasure.replace(reason="Ada asked on the telephone.")
    asked.platform.memory.parties[asked.party_id] = Stored(
        stored.record.replace(erasure=worded), stored.head, stored.key
    )

    asked.look(at)

    erased = asked.platform.memory.events[asked.party_id][-1]
    assert (erased.type, erased.facts["reason"]) == ("party.erased", "requested")


def test_the_event_schedules_a_look_at_the_end_of_the_hold(asked: Asked):
    asked.erase()
    [event] = asked.platform.memory.events[asked.party_id]

    [job] = jobs_after(event, asked.platform.products.version)

    assert (job.kind, job.subject) == (JobKind.ERASURE, asked.party_id)
    assert job.due_at == asked.check_at


def test_the_scheduler_erases_when_the_hold_has_ended_and_once(asked: Asked):
    asked.erase()
    at = asked.check_at

    assert asked.look(at) == at + SWEPT_AFTER
    assert asked.swept == []
    assert asked.look(at + SWEPT_AFTER) is None

    assert asked.swept == [asked.party_id]
    assert asked.types() == ["party.erasure_requested", "party.erased"]
    assert asked.platform.memory.events[asked.party_id][-1].actor == SYSTEM_ACTOR
    with pytest.raises(AlreadyErased):
        asked.parties.get(asked.party_id)


def test_a_look_that_comes_too_early_does_nothing_and_is_moved_on(asked: Asked):
    asked.erase()

    again_at = asked.look(asked.check_at - timedelta(days=400))

    assert again_at == asked.check_at
    assert asked.types() == ["party.erasure_requested"]


def test_a_policy_that_was_bought_meanwhile_moves_the_erasure_on(asked: Asked):
    asked.erase()
    first = asked.check_at
    later = asked.platform.now.date() + timedelta(days=300)
    assert asked.issue(PartyInput(None, asked.party_id), start=later) == asked.party_id

    again_at = asked.look(first)

    assert again_at is not None
    assert again_at > first
    assert asked.types() == ["party.erasure_requested"]
    assert asked.look(again_at) == again_at + SWEPT_AFTER
    assert asked.types()[-1] == "party.erased"


def test_a_request_that_was_withdrawn_is_not_carried_out(asked: Asked):
    asked.erase()
    at = asked.check_at
    withdraw_erasure(
        asked.party_id, asked.platform.command("withdraw", caller=UNDERWRITER), asked.ports
    )

    assert asked.look(at) is None

    assert asked.types() == ["party.erasure_requested", "party.erasure_withdrawn"]
    assert asked.parties.get(asked.party_id).record.policyholder.name == "Ada Lovelace"


def test_one_request_waits_and_none_is_withdrawn_that_was_not_made(asked: Asked):
    command = asked.platform.command("withdraw", caller=UNDERWRITER)
    with pytest.raises(WrongState):
        withdraw_erasure(asked.party_id, command, asked.ports)

    asked.erase()

    with pytest.raises(WrongState):
        asked.erase()


def test_a_party_that_is_gone_is_not_looked_at_again(asked: Asked):
    assert carry_out_erasure("pty_test_" + "0" * 16, asked.platform.now, ports=asked.ports) is None


def test_what_is_left_of_an_erased_party_is_looked_for_again(asked: Asked):
    asked.erase()
    asked.look(asked.check_at)
    erased = asked.platform.memory.events[asked.party_id][-1]

    [job] = jobs_after(erased, asked.platform.products.version)

    assert (job.kind, job.subject) == (JobKind.ERASURE, asked.party_id)
    assert job.due_at == erased.processed_at + SWEPT_AFTER


def test_more_contracts_than_a_transaction_checks_are_left_to_the_scheduler(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
):
    asked.erase()
    free_from = asked.check_at
    withdraw_erasure(
        asked.party_id, asked.platform.command("withdraw", caller=UNDERWRITER), asked.ports
    )
    asked.platform.now = free_from
    monkeypatch.setattr(asked.parties, "erases_at_once", lambda *_: False)

    waiting = asked.erase(ErasureInput(ErasureReason.REQUESTED))

    assert isinstance(waiting, Party)
    assert asked.check_at == free_from
    asked.look(free_from)
    assert asked.types()[-1] == "party.erased"
