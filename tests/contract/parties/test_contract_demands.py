"""Contracts know what their holder demands of those who process their data: commands read it with the keys."""

from typing import Any

import pytest
from insurance.domain.core.identity import named_party
from insurance.domain.core.stored import Stored
from insurance.domain.party.demands import NO_DEMANDS, RestrictionKind
from insurance.domain.party.event_types import PartyEventType
from insurance.domain.policy import Policy
from insurance.operations.parties.change_party import party_event
from insurance.operations.parties.ports import PartyChange

from tests.support.builders import LATER, make_command, make_quote
from tests.support.stores import Stores, accept, add_quote, issue

SECOND = "quo_test_" + "2" * 16
OBJECTION = frozenset({RestrictionKind.OBJECTION})


@pytest.fixture
def first(stores: Stores) -> Stored[Policy]:
    return issue(stores, accept(stores, add_quote(stores)))


def second_policy(stores: Stores, first: Stored[Policy]) -> Stored[Policy]:
    quote = add_quote(stores, make_quote(id=SECOND), of=first)
    changes: dict[str, Any] = {"party_id": named_party(first.record.party, SECOND)}
    return issue(stores, accept(stores, quote, key="accept-2"), key="issue-2", **changes)


def objected(stores: Stores, party_id: str, *, lifted: bool = False) -> None:
    """The party's demand, recorded or lifted, before its event is delivered."""
    key = f"objection-{lifted}"
    command = make_command(key, operation="test POST /v1/parties/{party_id}/restrictions")
    [before] = stores.parties.load([party_id], command)
    kind = RestrictionKind.OBJECTION
    if lifted:
        party = before.record.released(kind, "asked to", at=LATER)
        type = PartyEventType.RESTRICTION_LIFTED
    else:
        party, type = (
            before.record.restricted(kind, "asked to", at=LATER),
            PartyEventType.RESTRICTED,
        )
    change, stored = party_event(before, party, type, command)
    changes: list[PartyChange] = [change]
    stores.parties.change(changes, command=command.with_answer(stored))


def demands(stores: Stores, policy: Stored[Policy]) -> frozenset[RestrictionKind]:
    noticed = stores.claims.load_policy(policy.record.id, None).demands
    assert stores.renewals.expiring(policy.record.id).demands == noticed
    return noticed


def test_a_demand_reaches_every_contract_of_the_party_and_leaves_them_when_it_is_lifted(
    stores, first
):
    second = second_policy(stores, first)
    assert demands(stores, first) == demands(stores, second) == NO_DEMANDS

    objected(stores, first.record.party)
    for _ in range(2):
        stores.contract_demands.mark_all(first.record.party)
        assert demands(stores, first) == demands(stores, second) == OBJECTION

    objected(stores, first.record.party, lifted=True)
    stores.contract_demands.mark_all(first.record.party)
    assert demands(stores, first) == demands(stores, second) == NO_DEMANDS


def test_a_policy_that_is_issued_after_the_demand_knows_it_too(stores, first):
    objected(stores, first.record.party)
    stores.contract_demands.mark_all(first.record.party)
    second = second_policy(stores, first)

    stores.contract_demands.mark(second.record.id, first.record.party)

    assert demands(stores, second) == OBJECTION


def test_a_party_that_no_command_has_written_demands_nothing(stores, first):
    stores.contract_demands.mark_all(first.record.party)
    stores.contract_demands.mark(first.record.id, first.record.party)

    assert demands(stores, first) == NO_DEMANDS
