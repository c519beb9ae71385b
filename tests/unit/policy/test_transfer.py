"""Which transfers a policy allows, and what they need."""

from datetime import timedelta
from itertools import product as pairs
from types import SimpleNamespace
from typing import Any

import pytest
from insurance.domain.core.errors import ConsentMissing, InvalidFields, WrongState
from insurance.domain.core.event import StreamPosition
from insurance.domain.party.party import Policyholder
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.holders import (
    JOINT_HOLDERS_MAX,
    FormerHolder,
    Holding,
    JointHolder,
    LastCorrection,
)
from insurance.domain.policy.next_term import Invitation
from insurance.domain.policy.policy import Policy
from insurance.domain.policy.transfer import (
    NEXT,
    USUAL,
    TransferInput,
    check_transfer,
    passed_on,
    rule_for,
)
from insurance.domain.policy.transfer_record import TransferConsent, TransferReason
from insurance.domain.schedule.plan import jobs_after
from insurance.domain.schedule.scheduled_job import JobKind

from tests.fakes.keys import MemoryKey
from tests.support.builders import make_policy, next_event

HEIR = Policyholder(name="Grace Lovelace")
JOINT = JointHolder.of(HEIR)
DURING = make_policy().period.start + timedelta(days=30)
NEW_PARTY = "pty_test_zzzzzzzzzzzzzzzz"


def request(reason: TransferReason, **changes) -> TransferInput:
    """A request that has all that its reason can need."""
    out = reason is TransferReason.JOINT_HOLDER_OUT
    given = TransferInput(
        reason=reason,
        effective_at=DURING,
        holder=None if out else HEIR,
        joint_holder=1 if out else None,
        consents=frozenset(TransferConsent),
        evidence="GRANT-1",
        to_partner="meadow" if reason is TransferReason.BROKER else None,
    )
    return given._replace(**changes)


def held(holding: Holding = Holding.HOLDER, **changes) -> Policy:
    return make_policy(holding=holding, joint_holders=(JOINT,), **changes)


def check(policy: Policy, asked: TransferInput, territory: str = "GB") -> None:
    check_transfer(policy, asked, territory, now=DURING)


@pytest.mark.parametrize(("holding", "reason"), [*pairs(Holding, TransferReason)])
def test_a_policy_passes_on_as_the_table_says_and_no_other_way(holding, reason):
    policy, asked = held(holding), request(reason)

    if (holding, reason) in NEXT:
        check(policy, asked)
        assert passed_on(policy, asked, NEW_PARTY).holding is NEXT[holding, reason]
    else:
        with pytest.raises(WrongState):
            check(policy, asked)


@pytest.mark.parametrize("reason", [TransferReason.SALE, TransferReason.JOINT_HOLDER_IN])
def test_what_was_corrected_of_a_former_holder_is_nothing_to_the_new_one(reason):
    corrected = LastCorrection(revision=2, corrected_at=DURING, endorsements=(2,))
    policy = held(last_correction=corrected)

    passed = passed_on(policy, request(reason), NEW_PARTY)

    stays = reason is TransferReason.JOINT_HOLDER_IN
    assert passed.last_correction == (corrected if stays else None)


@pytest.mark.parametrize("reason", TransferReason)
def test_each_consent_that_the_rule_asks_for_is_needed(reason):
    holding = next(holding for holding in Holding if (holding, reason) in NEXT)

    for consent in USUAL[reason].consents:
        with pytest.raises(ConsentMissing) as refused:
            check(held(holding), request(reason, consents=frozenset(TransferConsent) - {consent}))
        assert refused.value.missing == (consent,)


@pytest.mark.parametrize("reason", TransferReason)
def test_evidence_is_needed_where_the_rule_asks_for_it(reason):
    holding = next(holding for holding in Holding if (holding, reason) in NEXT)

    if USUAL[reason].evidence:
        with pytest.raises(InvalidFields) as refused:
            check(held(holding), request(reason, evidence=None))
        assert [fault.pointer for fault in refused.value.faults] == ["/evidence"]
    else:
        check(held(holding), request(reason, evidence=None))


def test_where_the_policy_goes_with_the_thing_by_law_nobody_has_to_consent():
    sale = request(TransferReason.SALE, consents=frozenset())

    check(held(), sale, territory="DE")
    with pytest.raises(ConsentMissing):
        check(held(), sale, territory="GB")
    assert rule_for(TransferReason.DEATH, "DE") == USUAL[TransferReason.DEATH]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"effective_at": DURING + timedelta(seconds=1)}, "/effective_at"),
        ({"effective_at": make_policy().period.start - timedelta(days=1)}, "/effective_at"),
        ({"holder": None}, "/holder"),
        ({"joint_holder": 1}, "/joint_holder"),
    ],
)
def test_a_request_that_says_too_little_or_too_much_is_refused(changes, pointer):
    with pytest.raises(InvalidFields) as refused:
        check(held(), request(TransferReason.DIVORCE, **changes))

    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_transfer_is_not_earlier_than_the_last_one():
    former = FormerHolder(party_id=NEW_PARTY, until=DURING)

    with pytest.raises(InvalidFields):
        check(
            held(former_holders=(former,)),
            request(TransferReason.DIVORCE, effective_at=DURING - timedelta(days=1)),
        )


def test_the_invitation_of_the_former_holder_is_withdrawn_and_a_joint_holder_leaves_it():
    policy = held(
        invitation=Invitation(
            quote_id=make_policy().quote_id, outcome="bindable", invited_at=DURING
        )
    )

    check(policy, request(TransferReason.DIVORCE))
    joint = request(TransferReason.JOINT_HOLDER_IN, holder=Policyholder(name="Ida Lovelace"))
    assert passed_on(policy, request(TransferReason.DIVORCE), NEW_PARTY).invitation is None
    assert passed_on(policy, joint, NEW_PARTY).invitation == policy.invitation


def test_the_new_holder_stands_in_the_place_of_the_former_one():
    before = held()

    after = passed_on(before, request(TransferReason.DIVORCE), NEW_PARTY)

    assert (after.party_id, after.policyholder) == (NEW_PARTY, HEIR)
    assert after.former_holders == (FormerHolder(party_id=before.party_id, until=DURING),)
    assert after.number == before.number


def test_joint_holders_come_in_and_go_out_and_the_holder_stays():
    other = Policyholder(name="Ida Lovelace")
    policy = held()

    joined = passed_on(policy, request(TransferReason.JOINT_HOLDER_IN, holder=other), NEW_PARTY)
    left = passed_on(joined, request(TransferReason.JOINT_HOLDER_OUT, joint_holder=1), NEW_PARTY)

    assert joined.joint_holders == (JOINT, JointHolder.of(other))
    assert left.joint_holders == joined.joint_holders[1:]
    assert {policy.party_id} == {joined.party_id, left.party_id}


@pytest.mark.parametrize(
    ("reason", "joint", "pointer"),
    [
        (TransferReason.JOINT_HOLDER_OUT, 2, "/joint_holder"),
        (TransferReason.JOINT_HOLDER_OUT, None, "/joint_holder"),
        (TransferReason.JOINT_HOLDER_IN, None, "/holder"),
    ],
)
def test_a_joint_holder_who_is_not_there_cannot_go_out_and_too_many_cannot_come_in(
    reason, joint, pointer
):
    full = make_policy(joint_holders=(JOINT,) * JOINT_HOLDERS_MAX)
    policy = full if reason is TransferReason.JOINT_HOLDER_IN else held()

    with pytest.raises(InvalidFields) as refused:
        check(policy, request(reason, joint_holder=joint))

    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_customer_who_held_the_policy_before_is_named_by_their_id():
    former = FormerHolder(party_id=NEW_PARTY, until=DURING)

    check(held(former_holders=(former,)), request(TransferReason.DIVORCE, party_id=NEW_PARTY))


def test_a_customer_who_holds_the_policy_already_cannot_be_named():
    joint = JointHolder.of_customer(HEIR, NEW_PARTY, "c2VhbGVk")
    for policy, code in (
        (held(party_id=NEW_PARTY), "holder-already"),
        (make_policy(joint_holders=(joint,)), "holder-already"),
    ):
        for reason in (TransferReason.ASSIGNMENT, TransferReason.JOINT_HOLDER_IN):
            with pytest.raises(InvalidFields) as refused:
                check(policy, request(reason, party_id=NEW_PARTY))

            assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
                ("/party_id", code)
            ]


def test_a_joint_holder_who_is_a_customer_is_named_as_one():
    asked = request(TransferReason.JOINT_HOLDER_IN, party_id=NEW_PARTY)._replace(sealed="c2VhbGVk")

    joined = passed_on(make_policy(), asked, NEW_PARTY)

    assert joined.joint_holders == (JointHolder.of_customer(HEIR, NEW_PARTY, "c2VhbGVk"),)


@pytest.mark.parametrize(("days", "more"), [(1, set[JobKind]()), (400, {JobKind.RENEWAL})])
def test_after_a_transfer_billing_and_earning_are_looked_at_and_an_offer_that_is_due(
    days: int, more: set[JobKind]
):
    """The price may be another, and the next term is offered to who holds the policy then."""
    event = next_event(
        StreamPosition(), held(), MemoryKey(b"key"), type=PolicyEventType.TRANSFERRED
    )
    product: Any = SimpleNamespace(renewals=SimpleNamespace(invite_days=days))

    jobs = {job.kind for job in jobs_after(event, lambda _: product)}

    assert jobs == {JobKind.BILLING, JobKind.EARNING} | more
