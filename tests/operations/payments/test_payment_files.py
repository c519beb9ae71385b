"""Files for the bank: each payment in one of them, whatever fails when; and the bank's reports."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from insurance.bank.iso20022 import end_to_end_id, payment_id_of

from local.bank_messages.messages import status_report
from tests.support.bank import (
    BANK,
    FILES,
    FINANCE,
    HANDLER,
    REPORTS,
    SUPERVISOR,
    Json,
    at_the_bank,
    executing,
    payments,
    reported,
)
from tests.support.claims import bill, money
from tests.support.engine import make_tables
from tests.support.platform import Platform, platform_on

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

GBP = {"currency": "GBP"}


def sent(platform: Platform) -> Counter[str]:
    """How often each payment stands in a file."""
    return Counter(
        payment_id_of(transfer.reference)
        for file in at_the_bank(platform)
        for transfer in file.transfers
    )


def test_payments_that_wait_are_sent_in_one_file(platform: Platform):
    claims = executing(platform, 3)

    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]

    assert [each["id"] for each in file["payments"]] == sorted(payments(claims))
    assert file["total"] == money("1500")
    [ordered] = at_the_bank(platform)
    assert ordered.message_id == end_to_end_id(file["id"])
    assert ordered.debtor == "GB29NWBK60161331926819"
    assert {(each.name, each.account, each.amount) for each in ordered.transfers} == {
        ("Ada Merton", "GB33BUKB20201555555555", "500.00")
    }
    assert list(platform.objects.kept) == [f"test/outgoing/{file['id']}.xml"]
    assert platform.get(f"{FILES}/{file['id']}", by=FINANCE) == file


def test_where_nothing_waits_nothing_is_sent(platform: Platform):
    executing(platform)
    platform.post(FILES, GBP, by=FINANCE)

    assert platform.post(FILES, GBP, by=FINANCE) == {"files": []}
    assert platform.post(FILES, {"currency": "USD"}, by=FINANCE) == {"files": []}
    assert len(platform.objects.kept) == 1


def test_an_event_that_is_delivered_again_sends_nothing_again(platform: Platform):
    claims = executing(platform)
    platform.post(FILES, GBP, by=FINANCE)

    platform.deliver()

    assert platform.post(FILES, GBP, by=FINANCE) == {"files": []}
    assert sent(platform) == Counter(payments(claims))


def test_what_the_bank_has_reported_on_by_another_way_needs_no_file(platform: Platform):
    first, second = executing(platform, 2)
    paid(platform, payments([first])[0])

    platform.post(FILES, GBP, by=FINANCE)

    assert sent(platform) == Counter(payments([second]))


def test_a_repeated_call_is_answered_as_the_first_was(platform: Platform):
    executing(platform)
    first = platform.call("POST", FILES, GBP, by=FINANCE, key="monday")
    executing(platform)

    again = platform.call("POST", FILES, GBP, by=FINANCE, key="monday")
    other = platform.call("POST", FILES, {"currency": "USD"}, by=FINANCE, key="monday")

    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert other.body["code"] == "key-reused"


def test_a_bill_is_paid_to_who_sent_it(platform: Platform):
    [claim] = executing(platform)
    path = f"/v1/claims/{claim['id']}"
    expected = {"cost_type": "expense", "outstanding": money("90"), "reason": "new_information"}
    platform.post(f"{path}/reserves", expected, by=HANDLER)
    billed = platform.post(f"{path}/payments", bill("90"), by=HANDLER)["payments"][-1]
    approval = f"{path}/payments/{billed['id']}/approval"
    platform.post(approval, {"decision": "approve", "reason": "Seen."}, by=SUPERVISOR)
    platform.deliver()

    platform.post(FILES, GBP, by=FINANCE)

    [ordered] = at_the_bank(platform)
    assert [(each.name, each.account) for each in ordered.transfers] == [
        ("Ada Merton", "GB33BUKB20201555555555"),
        ("Quay Assessors", "55555555"),
    ]


def test_what_was_agreed_goes_to_whom_it_was_agreed_for(platform: Platform):
    [claim] = executing(platform)
    path = f"/v1/claims/{claim['id']}"
    other = {"name": "Harbour Garage", "sort_code": "202015", "account_number": "55555555"}
    platform.post(f"{path}/payee", other, by=HANDLER)
    platform.post(f"{path}/payee/approval", {"decision": "approve"}, by=SUPERVISOR)

    platform.post(FILES, GBP, by=FINANCE)

    [ordered] = at_the_bank(platform)
    assert [each.name for each in ordered.transfers] == ["Ada Merton"]


def test_a_report_pays_rejects_and_leaves_under_way(platform: Platform):
    claims = executing(platform, 3)
    one, two, three = payments(claims)
    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]

    taken = reported(platform, file["id"], "PART", **{one: ("ACSC", None), two: ("RJCT", "AC04")})

    assert {each["payment_id"]: each.get("outcome") for each in taken["payments"]} == {
        one: "paid",
        two: "failed",
        three: None,
    }
    settled, failed, waiting = (platform.get(f"/v1/claims/{claim['id']}") for claim in claims)
    assert (settled["status"], settled["paid"]) == ("closed", money("500"))
    assert failed["task"]["code"] == "payment_failed"
    assert failed["task"]["reason"] == "AC04"
    assert waiting["payments"][0]["status"] == "executing"


def test_the_same_report_twice_and_a_later_one_move_nothing_twice(platform: Platform):
    [claim] = executing(platform)
    [payment] = payments([claim])
    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]

    first = reported(platform, file["id"], "ACSC")
    again = reported(platform, file["id"], "ACSC")
    late = reported(platform, file["id"], "ACTC", **{payment: ("ACSP", None)})

    outcomes = [each["payments"][0].get("outcome") for each in (first, again, late)]
    assert outcomes == ["paid", None, None]
    assert platform.get(f"/v1/claims/{claim['id']}")["paid"] == money("500")


def test_a_report_that_another_one_overtakes_finds_the_payment_as_it_then_is(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    """Two reports at once, one that it was paid and one that it came back: it came back."""
    [claim] = executing(platform)
    [payment] = payments([claim])
    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]
    app = payment_execution(platform)
    overtaken = Overtaken(app.ports.payers, lambda: paid(platform, payment))
    monkeypatch.setattr(app, "ports", replace(app.ports, payers=overtaken))

    taken = reported(platform, file["id"], "RJCT", **{payment: ("RJCT", "AC01")})

    assert [each.get("outcome") for each in taken["payments"]] == ["returned"]
    assert platform.get(f"/v1/claims/{claim['id']}")["payments"][0]["status"] == "returned"


def payment_execution(platform: Platform) -> Any:
    """The function that sends payments, as the platform has loaded it."""
    return platform.apps["payment_execution"]


class Overtaken:
    """Payers of whom something is reported just after somebody asked how far they are."""

    def __init__(self, payers: Any, meanwhile: Callable[[], object]) -> None:
        self._payers, self._meanwhile = payers, [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payers, name)

    def statuses(self, payment_ids: list[str]) -> Any:
        found = self._payers.statuses(payment_ids)
        if self._meanwhile:
            self._meanwhile.pop()()
        return found


def paid(platform: Platform, payment_id: str) -> Json:
    """Reported as paid, by itself."""
    report = {
        "instruction_id": payment_id,
        "outcome": "paid",
        "bank_reference": "B-1",
        "executed_at": "2027-01-17T09:00:00Z",
    }
    return platform.post("/v1/bank-reports", report, by=BANK)


def test_what_comes_back_is_owed_again_and_a_new_payment_may_follow(platform: Platform):
    [claim] = executing(platform)
    path = f"/v1/claims/{claim['id']}"
    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]
    reported(platform, file["id"], "ACSC")

    reported(platform, file["id"], "PART", **{payments([claim])[0]: ("RJCT", "AC01")})

    back = platform.get(path)
    assert (back["status"], back["payments"][0]["status"]) == ("reopened", "returned")
    assert (back["paid"], back["reserve"]) == (money("0"), money("500"))
    again = {"decision": "approve", "reason_code": "as_reported", "reason": "A new account."}
    paying = platform.post(f"{path}/decision", again, by=HANDLER)
    platform.deliver()
    platform.post(FILES, GBP, by=FINANCE)
    assert [each["status"] for each in paying["payments"]] == ["returned", "executing"]
    assert sent(platform) == Counter(payments([paying]))


def test_a_payment_called_back_is_owed_again(platform: Platform):
    [claim] = executing(platform)
    report = {
        "instruction_id": payments([claim])[0],
        "outcome": "paid",
        "bank_reference": "B-1",
        "executed_at": "2027-01-17T09:00:00Z",
    }
    platform.post("/v1/bank-reports", report, by=BANK)

    platform.post("/v1/bank-reports", report | {"outcome": "reversed"}, by=BANK)

    back = platform.get(f"/v1/claims/{claim['id']}")
    assert back["payments"][0]["status"] == "reversed"
    assert (back["paid"], back["reserve"]) == (money("0"), money("500"))
    assert back["task"]["code"] == "payment_reversed"


def test_a_payment_to_an_erased_person_fails_and_the_others_are_sent(platform: Platform, dynamodb):
    erased, other = executing(platform, 2)
    forget(platform, dynamodb, erased)

    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]

    assert file["left_out"] == payments([erased])
    assert sent(platform) == Counter(payments([other]))
    assert platform.get(f"/v1/claims/{erased['id']}")["payments"][0]["status"] == "failed"


def test_a_file_without_anybody_to_pay_is_empty_and_stays_so(platform: Platform, dynamodb):
    [claim] = executing(platform)
    forget(platform, dynamodb, claim)

    [file] = platform.post(FILES, GBP, by=FINANCE)["files"]

    assert (file["payments"], file["total"]) == ([], money("0"))
    assert [body for body, _ in platform.objects.kept.values()] == [b""]


def forget(platform: Platform, dynamodb: Any, claim: Json) -> None:
    """Destroy the key of a claim's policyholder."""
    party = claim["policy_id"].replace("pol_", "pty_")
    dynamodb.update_item(
        TableName=platform.tables["parties"],
        Key={"id": {"S": party}},
        UpdateExpression="REMOVE #key",
        ExpressionAttributeNames={"#key": "key"},
    )


@pytest.mark.parametrize("by", [HANDLER, SUPERVISOR, BANK])
def test_only_finance_sends_payments(by, platform: Platform):
    assert platform.refused(FILES, GBP, by=by) == "missing-scope"


def test_a_report_on_no_file_of_ours_is_refused(platform: Platform):
    document = status_report("R-1", "pmf-test-0000000000000000", group="ACSC", payments={})

    assert platform.refused(REPORTS, {"document": document}, by=BANK) == "payment-file-not-found"
    assert platform.refused(REPORTS, {"document": "<x/>"}, by=BANK) == "unreadable-report"


def test_on_hold_nothing_is_sent_that_the_bank_does_not_have_yet(platform: Platform):
    held, other = executing(platform, 2)
    path = f"/v1/claims/{held['id']}"
    platform.post(f"{path}/hold", {"reason": "The police ask us to wait."}, by=HANDLER)

    platform.post(FILES, GBP, by=FINANCE)
    assert sent(platform) == Counter(payments([other]))
    assert platform.post(FILES, GBP, by=FINANCE) == {"files": []}

    platform.post(f"{path}/release", by=HANDLER)
    platform.post(FILES, GBP, by=FINANCE)
    assert sent(platform) == Counter(payments([held, other]))


class Crash(Exception):
    """The function dies: nothing of what follows is done."""


class Failing:
    """Ports that die at their nth call, before it or after it was carried out."""

    def __init__(self, dies_at: int, *, after: bool) -> None:
        self.left, self.after = dies_at, after

    def over(self, port: Any) -> Any:
        failing = self

        class Port:
            def __getattr__(self, name: str) -> Callable[..., Any]:
                method = getattr(port, name)

                def call(*arguments: Any, **named: Any) -> Any:
                    failing.left -= 1
                    if failing.left == 0 and not failing.after:
                        raise Crash
                    result = method(*arguments, **named)
                    if failing.left == 0:
                        raise Crash
                    return result

                return call

        return Port()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("key", ["the same call", "another call"])
def test_a_run_that_dies_anywhere_sends_each_payment_once(
    key, after, dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
):
    for dies_at in range(1, 40):
        with platform_on(dynamodb, make_tables(dynamodb)) as platform, monkeypatch.context() as own:
            claims = executing(platform, 2)
            app = payment_execution(platform)
            ports, failing = app.ports, Failing(dies_at, after=after)
            names = ("orders", "payers", "objects")
            doomed = {name: failing.over(getattr(ports, name)) for name in names}
            own.setattr(app, "ports", replace(ports, **doomed))
            died = platform.call("POST", FILES, GBP, by=FINANCE, key="run").status == 500
            own.setattr(app, "ports", ports)

            platform.deliver()
            again = "run" if key == "the same call" else "another-run"
            platform.post(FILES, GBP, by=FINANCE, key=again)

            assert sent(platform) == Counter(payments(claims)), dies_at
        if not died:
            break
    else:
        pytest.fail("the run never came to its end")
    assert dies_at > 5
