"""Servicing over HTTP, as it ships: on a real engine, with real REST proxy events."""

from typing import Any

import pytest

from tests.support.calls import QUOTE, STRANGER
from tests.support.platform import Platform

CLOCK = "2027-02-01T09:00:00Z"
TEENAGER: dict[str, Any] = {
    "effective_on": "2027-06-01",
    "answers": {
        "drivers": [
            {"age": 35, "licence_years": 15, "convictions": 0},
            {"age": 19, "licence_years": 1, "convictions": 0},
        ]
    },
}


@pytest.fixture
def path(handlers: Platform) -> str:
    excess = {"voluntary_excess": {"amount": 25_000, "currency": "GBP"}}
    return f"/v1/policies/{handlers.issued(answers=QUOTE['answers'] | excess)['id']}"


def test_a_change_shows_how_it_was_worked_out(handlers, path):
    answer = handlers.call("POST", f"{path}/endorsements", TEENAGER, clock=CLOCK)

    computation = answer.body["transaction"]["computation"]
    assert answer.status == 200
    assert computation["share"]["text"] == "183/365 days"
    assert [line["working"] for line in computation["lines"]] == [
        "(322.00 GBP - 128.80 GBP) * 183/365 days = 96.87 GBP",
        "(38.64 GBP - 15.46 GBP) * 183/365 days = 11.62 GBP",
        "25.00 GBP",
    ]
    assert answer.body["difference"] == {"amount": 13349, "currency": "GBP"}


def test_a_preview_is_the_command_without_its_effect(handlers, path):
    asked = handlers.call("POST", f"{path}/endorsements/preview", TEENAGER, key=None, clock=CLOCK)
    made = handlers.call("POST", f"{path}/endorsements", TEENAGER, clock=CLOCK)

    assert asked.body["stored"] is False
    assert made.body["stored"] is True
    for name in ("transaction", "difference", "charged_after"):
        assert asked.body[name] == made.body[name]


def test_a_repeated_change_is_made_once_and_answered_as_at_first(handlers, path):
    first = handlers.call("POST", f"{path}/endorsements", TEENAGER, key="again", clock=CLOCK)
    again = handlers.call("POST", f"{path}/endorsements", TEENAGER, key="again", clock=CLOCK)

    assert again.replayed
    assert again.text == first.text
    assert handlers.call("GET", path, clock=CLOCK).body["revision"] == 2


def test_a_change_of_a_version_that_is_gone_is_refused(handlers, path):
    tag = handlers.call("GET", path, clock=CLOCK).headers["ETag"]
    handlers.call("POST", f"{path}/endorsements", TEENAGER, clock=CLOCK)

    answer = handlers.call(
        "POST",
        f"{path}/cancellations",
        {"effective_on": "2027-06-01"},
        headers={"If-Match": tag},
        clock=CLOCK,
    )

    assert (answer.status, answer.code) == (412, "stale-revision")


def test_another_partners_policy_cannot_be_serviced(handlers, path):
    for step in ("endorsements", "cancellations", "reinstatements"):
        answer = handlers.call("POST", f"{path}/{step}", {}, by=STRANGER, clock=CLOCK)

        assert (answer.status, answer.code) == (404, "policy-not-found")


@pytest.mark.parametrize(
    ("step", "body", "code"),
    [
        ("endorsements", {"effective_on": "2028-01-01"}, "outside-term"),
        ("endorsements", {"answers": {"annual_mileage": 60_000}}, "risk-not-accepted"),
        ("endorsements", {"answers": {"annual_mileage": "far"}}, "invalid-fields"),
        ("endorsements", {"answers": {"wings": 2}}, "invalid-fields"),
        (
            "cancellations",
            {"effective_on": "2027-06-01", "effective_at": "2027-06-01T00:00:00Z"},
            "invalid-fields",
        ),
        ("cancellations", {"by": "insurer"}, "no-authority"),
        ("reinstatements", {"no_known_loss": True}, "wrong-state"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_code(handlers, path, step, body, code):
    for route, key in ((f"{path}/{step}/preview", None), (f"{path}/{step}", "")):
        answer = handlers.call("POST", route, body, key=key, clock=CLOCK)

        assert answer.code == code, answer.text


def test_a_policy_answers_as_at_and_as_known_at(handlers, path):
    handlers.call("POST", f"{path}/endorsements", TEENAGER, clock=CLOCK)
    handlers.call(
        "POST",
        f"{path}/endorsements",
        {"effective_on": "2027-03-01", "answers": {"annual_mileage": 20_000}},
        clock="2027-04-01T09:00:00Z",
    )

    def net(as_at: str, known_at: str) -> int:
        query = {"as_at": as_at, "known_at": known_at}
        amount: int = handlers.call("GET", path, query=query).body["premium"]["net"]["amount"]
        return amount

    assert net("2027-03-15T00:00:00Z", "2027-03-15T00:00:00Z") == 12880
    assert net("2027-03-15T00:00:00Z", "2027-05-01T00:00:00Z") == 15456
    assert net("2027-07-01T00:00:00Z", "2027-03-15T00:00:00Z") == 32200
    assert net("2027-07-01T00:00:00Z", "2027-05-01T00:00:00Z") == 38640


def test_before_it_was_issued_a_policy_was_not_known(handlers, path):
    answer = handlers.call("GET", path, query={"known_at": "2020-01-01T00:00:00Z"})

    assert (answer.status, answer.code) == (404, "policy-not-found")


@pytest.mark.parametrize("sent", ["yesterday", "2027-01-01", "0001-01-01T00:00:00Z", "9" * 40])
def test_a_time_that_is_none_is_refused(handlers, path, sent):
    assert handlers.call("GET", path, query={"as_at": sent}).code == "invalid-fields"


def test_transactions_are_listed_by_page(handlers, path):
    for mileage in (9_000, 10_000):
        body = {"answers": {"annual_mileage": mileage}}
        handlers.call("POST", f"{path}/endorsements", body, clock=CLOCK)

    first = handlers.call("GET", f"{path}/transactions", query={"limit": "2"}, clock=CLOCK).body
    rest = handlers.call(
        "GET", f"{path}/transactions", query={"after": first["next"]}, clock=CLOCK
    ).body

    kinds = [item["kind"] for item in (*first["items"], *rest["items"])]
    assert kinds == ["new_business", "endorsement", "endorsement"]
    assert "next" not in rest


def test_a_claim_is_paid_by_the_terms_at_its_loss(handlers, path):
    policy_id = path.rpartition("/")[2]
    handlers.call(
        "POST",
        f"{path}/endorsements",
        {
            "effective_on": "2027-03-01",
            "answers": {"voluntary_excess": {"amount": 50_000, "currency": "GBP"}},
        },
        clock=CLOCK,
    )

    def payable(occurred_at: str) -> int:
        loss = {
            "policy_id": policy_id,
            "cover": "accidental_damage",
            "occurred_at": occurred_at,
            "claimed": {"amount": 300_000, "currency": "GBP"},
            "facts": {"driver_age": 35, "fault": True},
        }
        answer = handlers.call(
            "POST", "/v1/coverage-checks", loss, key=None, clock="2027-05-01T09:00:00Z"
        )
        amount: int = answer.body["payable"]["amount"]
        return amount

    assert payable("2027-02-20T08:00:00Z") - payable("2027-03-20T08:00:00Z") == 25_000


def test_the_books_over_http_agree_and_are_exported(handlers, path):
    handlers.call("POST", f"{path}/billing/plan", {"plan": "monthly"}, clock=CLOCK)
    handlers.call("POST", f"{path}/endorsements", TEENAGER, clock=CLOCK)

    books = handlers.call("GET", f"{path}/ledger", query={"as_at": "2027-08-01T00:00:00Z"}).body
    exported = handlers.call("GET", f"{path}/ledger/beancount").body["text"]

    assert books["healthy"], books["checks"]
    assert books["earned"]["amount"] + books["unearned"]["amount"] == 12880 + 9687
    assert "billing.plan_chosen" in exported
    assert "Assets:PremiumReceivable  128.80 GBP" in exported


def test_only_staff_give_notice(handlers, path):
    refused = handlers.call("POST", f"{path}/notices", {"reason": "false_facts"}, clock=CLOCK)

    assert refused.status == 403
    assert handlers.call("GET", f"{path}/notices", clock=CLOCK).body["items"] == []
