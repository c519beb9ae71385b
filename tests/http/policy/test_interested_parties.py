"""Others with a role on a policy: beneficiaries with their shares, who is paid first, who acts for whom."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.claims import loss, notified, settled
from tests.support.driving.http import Json
from tests.support.partners import register_partners
from tests.support.platform import Platform
from tests.support.search import insured

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CLERK = "call-centre-test"
BANK: Json = {"interest": "mortgagee", "name": "Harbour Bank", "reference": "LOAN-77"}
BEN: Json = {"interest": "beneficiary", "name": "Ben Okri", "share": "0.6"}
CLEO: Json = {"interest": "beneficiary", "name": "Cleo Paz", "share": "0.4", "irrevocable": True}
GUARDIAN: Json = {"interest": "guardian", "name": "Dot Quay", "phone": "+442079460000"}
CONTACT: Json = {"interest": "broker_contact", "name": "Eve Row", "email": "eve@harbour.example"}
EVERYBODY = [BANK, BEN, CLEO, GUARDIAN, CONTACT]


@pytest.fixture
def path(platform: Platform) -> str:
    policy = insured(platform)
    return f"/v1/policies/{policy['id']}"


def record(platform: Platform, path: str, parties: list[Json], **more: Any) -> Json:
    return platform.post(f"{path}/interested-parties", {"interested_parties": parties} | more)


def names(policy: Json) -> list[str]:
    return [each["name"] for each in policy["interested_parties"]]


def test_the_list_is_recorded_shown_and_replaced(platform: Platform, path: str):
    recorded = record(platform, path, EVERYBODY)

    assert names(recorded) == names(platform.get(path)) == [each["name"] for each in EVERYBODY]
    shown = platform.get(path)["interested_parties"]
    for sent, seen in zip(EVERYBODY, shown, strict=True):
        assert sent.items() <= {k: v for k, v in seen.items() if v is not None}.items()
    known_at = platform.now.isoformat()
    platform.now += timedelta(days=1)
    record(platform, path, [BANK], evidence="CONSENT-1")
    assert names(platform.get(path)) == ["Harbour Bank"]
    assert names(platform.get(path, query={"known_at": known_at})) == names(recorded)


def test_the_event_names_nobody(platform: Platform, path: str):
    record(platform, path, EVERYBODY)

    event = platform.get(f"{path}/events")["items"][-1]

    assert event["type"] == "policy.interested_parties_recorded"
    assert not any(each["name"] in str(event) for each in EVERYBODY)


@pytest.mark.parametrize(
    ("parties", "pointer", "code"),
    [
        ([BEN], "/interested_parties", "out-of-range"),
        ([BEN, CLEO, BEN], "/interested_parties", "out-of-range"),
        ([{"interest": "beneficiary", "name": "Ben"}], "/interested_parties/0/share", "required"),
        ([BANK | {"share": "1"}], "/interested_parties/0/share", "not-asked"),
        ([CLEO, BEN | {"share": "0.0"}], "/interested_parties/1/share", "out-of-range"),
        ([BANK | {"irrevocable": True}], "/interested_parties/0/irrevocable", "not-asked"),
    ],
)
def test_beneficiaries_and_nobody_else_share_the_whole(
    platform: Platform, path: str, parties: list[Json], pointer: str, code: str
):
    body = {"interested_parties": parties}

    answered = platform.call("POST", f"{path}/interested-parties", body)

    assert answered.code == "invalid-fields", answered.body
    assert [(each["pointer"], each["code"]) for each in answered.body["errors"]] == [
        (pointer, code)
    ]
    assert platform.get(path)["interested_parties"] == []


@pytest.mark.parametrize(
    "less",
    [
        [],
        [BEN | {"share": "1"}],
        [CLEO | {"irrevocable": False}, BEN],
        [CLEO | {"share": "0.3"}, BEN | {"share": "0.7"}],
    ],
)
def test_an_irrevocable_beneficiary_has_less_only_with_their_consent(
    platform: Platform, path: str, less: list[Json]
):
    record(platform, path, EVERYBODY)

    less = [BANK, *less]
    for reason in ({}, {"reason": "wish"}):
        body = {"interested_parties": less} | reason
        answered = platform.call("POST", f"{path}/interested-parties", body, by=CLERK)
        assert [each["pointer"] for each in answered.body["errors"]] == ["/evidence"]
    more = [CLEO | {"name": "Cléo PAZ", "share": "0.5"}, BEN | {"share": "0.5"}, BANK]
    assert len(names(record(platform, path, more))) == len(more)
    assert len(names(record(platform, path, less, evidence="CONSENT-1"))) == len(less)


def test_a_lender_goes_with_their_consent_or_by_a_reason_of_staff(platform: Platform, path: str):
    wanted = {"interested_parties": [CONTACT]}
    record(platform, path, [BANK])

    for refused in (
        platform.call("POST", f"{path}/interested-parties", wanted),
        platform.call("POST", f"{path}/interested-parties", wanted | {"reason": "paid_back"}),
        platform.call("POST", f"{path}/interested-parties", wanted, by=CLERK),
    ):
        assert refused.code == "invalid-fields", refused.body
        assert [each["pointer"] for each in refused.body["errors"]] == ["/evidence"]
    assert names(platform.get(path)) == ["Harbour Bank"]

    assert names(record(platform, path, [CONTACT], evidence="RELEASE-1")) == ["Eve Row"]
    record(platform, path, [BANK])
    by_staff = wanted | {"reason": "paid_back"}
    assert names(platform.post(f"{path}/interested-parties", by_staff, by=CLERK)) == ["Eve Row"]


LEASING: Json = {"interest": "loss_payee", "name": "Quay Leasing"}


def test_a_claim_names_the_lender_who_is_paid_first(platform: Platform, path: str):
    record(platform, path, [BANK, LEASING])
    body = loss(path.rsplit("/", 1)[1], "windscreen", "400")

    claim = notified(platform, body)
    named = notified(platform, body | {"loss_payee": "QUAY LEASING"})

    assert (claim["loss_payee"], named["loss_payee"]) == ("Harbour Bank", "QUAY LEASING")


def test_nobody_is_put_before_those_whom_the_policy_records(platform: Platform, path: str):
    body = loss(path.rsplit("/", 1)[1], "windscreen", "400") | {"loss_payee": "A Friend"}
    assert notified(platform, body)["loss_payee"] == "A Friend", "nobody is recorded"
    record(platform, path, [BEN | {"share": "1"}, BANK])

    refused = platform.call("POST", "/v1/claims", body)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    [fault] = refused.body["errors"]
    assert (fault["pointer"], fault["code"]) == ("/loss_payee", "not-recorded")
    assert "Harbour" not in refused.text


@pytest.mark.parametrize(
    ("payee", "outcome", "paid"), [("Ada Lovelace", "refer", 0), ("Harbour Bank", "pass", 1)]
)
def test_rules_alone_pay_nobody_before_the_lender(
    platform: Platform, path: str, payee: str, outcome: str, paid: int
):
    record(platform, path, [BANK])
    body = loss(path.rsplit("/", 1)[1], "windscreen", "400")
    body = body | {"payee": body["payee"] | {"name": payee}}

    claim = settled(platform, body)

    [rule] = [each for each in claim["rules"] if each["code"] == "loss_payee_first"]
    assert rule["outcome"] == outcome
    assert len(claim["payments"]) == paid


def accepted_offer(platform: Platform, path: str) -> Json:
    """What issues the next term, late in this one."""
    platform.now += timedelta(days=360)
    offered = platform.post(f"{path}/renewals")
    platform.post(f"/v1/quotes/{offered['id']}/acceptance")
    return {"quote_id": offered["id"]}


def meanwhile(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]
) -> list[int]:
    """Let something happen once the issue of a next term has read the policy that ends: the revisions that it reads."""
    policies: Any = platform.stores.policies
    ending = policies.ending
    read: list[int] = []

    def read_before(policy_id: str) -> Any:
        found = ending(policy_id)
        if not read:
            happens()
        read.append(found.policy.head.sequence)
        return found

    monkeypatch.setattr(policies, "ending", read_before)
    return read


def test_the_next_term_has_the_same_interested_parties(platform: Platform, path: str):
    record(platform, path, EVERYBODY)

    renewed = platform.post("/v1/policies", accepted_offer(platform, path))

    assert names(platform.get(f"/v1/policies/{renewed['id']}")) == names(platform.get(path))


def test_who_is_recorded_while_the_next_term_is_issued_is_on_it_or_the_issue_is_decided_again(
    platform: Platform, path: str, monkeypatch: pytest.MonkeyPatch
):
    wanted = accepted_offer(platform, path)
    ben = [BEN | {"share": "1"}]
    read = meanwhile(platform, monkeypatch, lambda: record(platform, path, ben))

    renewed = platform.post("/v1/policies", wanted)

    assert read == [1, 2]
    assert names(platform.get(f"/v1/policies/{renewed['id']}")) == ["Ben Okri"]


def test_an_endorsement_while_the_next_term_is_issued_makes_the_offer_stale(
    platform: Platform, path: str, monkeypatch: pytest.MonkeyPatch
):
    wanted = accepted_offer(platform, path)
    change = {"answers": {"annual_mileage": 11_000}}
    endorse = partial(platform.post, f"{path}/endorsements", change)
    read = meanwhile(platform, monkeypatch, endorse)

    assert platform.refused("/v1/policies", wanted) == "quote-changed"
    assert read == [1, 2]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (
            {"reason": "divorce", "consents": ["holder", "new_holder"], "holder": {"name": "Fay"}},
            [BANK, CLEO, CONTACT],
        ),
        (
            {
                "reason": "death",
                "consents": ["representative"],
                "holder": {"name": "Estate of Ada"},
            },
            EVERYBODY,
        ),
        (
            {"reason": "broker", "consents": ["holder"], "to_partner": "meadow"},
            [BANK, BEN, CLEO, GUARDIAN],
        ),
    ],
)
def test_a_transfer_leaves_who_has_a_right_of_their_own(
    dynamodb: "DynamoDBClient", platform: Platform, path: str, body: Json, left: list[Json]
):
    register_partners(dynamodb)
    record(platform, path, EVERYBODY)
    platform.now += timedelta(days=30)

    platform.post(f"{path}/transfers", body | {"evidence": "E-1"}, by=CLERK)

    assert names(platform.get(path, by=CLERK)) == [each["name"] for each in left]


def test_once_cover_has_ended_nobody_comes_in(platform: Platform, path: str):
    platform.post(f"{path}/cancellations", {"effective_on": "2026-12-20"}, by=CLERK)

    body = {"interested_parties": [BANK]}

    assert platform.refused(f"{path}/interested-parties", body) == "wrong-state"
