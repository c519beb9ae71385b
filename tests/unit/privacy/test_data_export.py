"""Data exports: all of a party's own data, and nothing that is somebody else's."""

from datetime import UTC, datetime
from typing import Any

import pytest
from insurance.domain.claim import Handling
from insurance.domain.claim.task import Task
from insurance.domain.complaint import Complainant, ComplaintStatus
from insurance.domain.contract.interested_party import Interest, InterestedParty, Interests
from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.core.tasks import TaskCode
from insurance.domain.document import Document
from insurance.domain.jurisdiction.places import JURISDICTIONS, jurisdiction_of
from insurance.domain.party.party import Claimant, Payee
from insurance.domain.party.record import Party, PartyDetails, PartyKind
from insurance.domain.policy.holders import JointHolder
from insurance.domain.privacy.data_export import MASKED, export_of
from insurance.domain.screening.screening import ClearedMatch

from tests.support.builders import gbp, make_claim
from tests.support.party_records import (
    ISSUED_AT,
    account_of,
    complaint_of,
    paid_contract,
    policy_in,
    stored,
)

ADA = Party.new(
    policy_in().party,
    "ptn_one",
    PartyDetails(kind=PartyKind.PERSON, name="Ada Lovelace"),
    at=ISSUED_AT,
    by="app_one",
)
GRACE = "Grace Hopper"
IBAN = "GB33BUKB20201555555555"


def no_documents(_policy: object) -> list[Document]:
    return []


def exported(**claim: Any) -> Any:
    policy = policy_in()
    account = account_of(policy, gbp("169.26"), payees={"rfd_1": Payee(name=GRACE, iban=IBAN)})
    complaint = complaint_of(status=ComplaintStatus.CLOSED, complainant=Complainant(name=GRACE))
    contract = paid_contract(
        policy=policy,
        account=account,
        claims=[stored(make_claim(policy, handling=Handling.CLOSED, **claim))],
        complaints=[stored(complaint)],
    )
    return export_of([ADA], [contract], no_documents)


def test_an_export_has_all_that_is_the_partys_own():
    found = exported(narrative="A tree fell on it.")

    [contract] = found["contracts"]
    assert found["parties"][0]["names"][0]["name"] == "Ada Lovelace"
    assert contract["policy"]["policyholder"]["email"] == "ada@example.com"
    assert contract["policy"]["answers"]["registration"] == "AB12 CDE"
    assert contract["account"]["paid_in"][0]["reference"] == "REF-1"
    assert contract["claims"][0]["narrative"] == "A tree fell on it."


@pytest.mark.parametrize(
    "other",
    [
        {"claimant": Claimant(name=GRACE)},
        {"payee": Payee(name=GRACE, iban=IBAN)},
        {"payees": {"pay_1": Payee(name=GRACE, iban=IBAN)}},
        {"debtors": {"1": GRACE}},
        {"loss_payee": GRACE},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_persons_name_and_account_are_masked(other: dict[str, Any]):
    text = str(exported(**other))

    assert GRACE not in text
    assert IBAN not in text
    assert MASKED in text


def test_a_namesake_is_another_person():
    """Ada's neighbour, who bears her name, is paid for her fence."""
    namesake = Payee(name="Ada Lovelace", iban=IBAN)

    text = str(exported(payee=namesake, payees={"pay_1": namesake}))

    assert IBAN not in text


def test_what_is_recorded_as_the_policyholders_is_theirs_under_any_name():
    married = Payee(name="Countess King", iban=IBAN, is_policyholder=True)
    found = exported(
        payee=married,
        claimant=Claimant(name="Countess King", is_policyholder=True),
        payees={"pay_1": married},
    )

    [claim] = found["contracts"][0]["claims"]
    assert claim["payee"]["iban"] == IBAN
    assert claim["payees"]["pay_1"]["iban"] == IBAN
    assert claim["claimant"]["name"] == "Countess King"


def test_a_joint_holder_is_another_person():
    joint = JointHolder(name=GRACE, email="grace@example.com")
    policy = policy_in(joint_holders=(joint,))

    found = export_of([ADA], [paid_contract(policy=policy)], no_documents)

    assert found["contracts"][0]["policy"]["joint_holders"] == [{"name": MASKED}]


def test_who_has_an_interest_in_a_policy_is_another_person():
    lender = InterestedParty(interest=Interest.MORTGAGEE, name=GRACE, reference="LOAN-77")
    policy = policy_in(interests=Interests(parties=(lender,)))

    found = export_of([ADA], [paid_contract(policy=policy)], no_documents)

    shown = found["contracts"][0]["policy"]["interests"]
    assert shown == [{"interest": "mortgagee", "name": MASKED}]


@pytest.mark.parametrize(
    "role",
    [
        JointHolder(name="Ben Okri", party_id="pty_test_" + "0" * 16, sealed="c2Vh"),
        InterestedParty(
            interest=Interest.MORTGAGEE,
            name="Ben Okri",
            party_id="pty_test_" + "0" * 16,
            sealed="c2Vh",
        ),
    ],
)
def test_of_a_policy_that_somebody_else_takes_out_they_get_the_terms_and_what_it_says_of_them(
    role: JointHolder | InterestedParty,
):
    ben = ADA.replace(id="pty_test_" + "0" * 16)
    claim = stored(make_claim(policy_in()))
    records = paid_contract(claims=[claim])._replace(roles=[role])

    found = export_of([ben], [records], no_documents)

    [contract] = found["contracts"]
    assert contract.keys() == {"policy"}
    assert contract["policy"]["premium"]
    [told] = contract["policy"]["roles"]
    assert (told["name"], told["party_id"], "sealed" in told) == ("Ben Okri", ben.id, False)


def test_nobody_is_warned_of_a_look_at_a_sanctions_list_or_told_the_fraud_score():
    match = ClearedMatch(
        name="Ada Lovelace",
        entry="X-1",
        listed_name="Ada L.",
        score=90,
        list_version="1",
        cleared_by="kim",
        reason="Another birth date.",
        at=ISSUED_AT,
    )
    task = Task(role="supervisor", code=TaskCode.CLEAR_SCREENING, since=ISSUED_AT)
    rules = tuple(
        RuleResult(code=code, outcome=RuleOutcome.PASS, explanation="It is.")
        for code in ("fraud_score", "in_time")
    )
    [contract] = exported(cleared=(match,), task=task, rules=rules)["contracts"]
    [claim] = contract["claims"]

    assert not {"cleared", "task"} & claim.keys()
    assert [rule["code"] for rule in claim["rules"]] == ["in_time"]


DUE = {
    ("GB", datetime(2027, 1, 15, 9, tzinfo=UTC)): datetime(2027, 2, 16, tzinfo=UTC),
    ("GB", datetime(2027, 1, 31, 9, tzinfo=UTC)): datetime(2027, 3, 1, tzinfo=UTC),
    ("US-CA", datetime(2027, 1, 15, 9, tzinfo=UTC)): datetime(2027, 3, 2, 8, tzinfo=UTC),
}
"""A month ends on the same day of the next, or on its last day; California counts 45 days."""


@pytest.mark.parametrize(("place", "asked_at"), DUE)
def test_the_data_are_due_when_the_place_says(place: str, asked_at: datetime):
    jurisdiction = jurisdiction_of(place)

    assert jurisdiction.due(jurisdiction.access, asked_at) == DUE[place, asked_at]


def test_every_place_names_the_source_of_its_time():
    assert all(place.access.source for place in JURISDICTIONS.values())
