"""Runs that send payments to the bank: many at once, and runs that die between two of their steps."""

from collections import Counter

import pytest
from insurance.bank.iso20022 import payment_id_of
from insurance.domain.core.identity import claim_id_for, party_id_for
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.stores import Stores
from insurance.operations.payments.queue_payments import queue_payments
from insurance.s3 import S3Objects

from local.bank_messages.messages import read_payments
from tests.fakes.keys import PlainKeys
from tests.support.backend import Backend
from tests.support.calls import FINANCE, LOSS_CLOCK, event
from tests.support.faults import Faults, cancelled, throttled
from tests.support.platform import Platform
from tests.support.zygote import Death, Run, Side, Zygote, final_answers

pytestmark = pytest.mark.xdist_group("resilience")

CLIENTS, PAYMENTS = 8, 12
CALLS_MAX = 40


class Bank:
    """What lies with the bank: the files that were written, each read strictly."""

    def __init__(self, objects: S3Objects, backend: Backend) -> None:
        self._objects = objects
        self._backend = backend

    def sent(self) -> Counter[str]:
        """How often each payment stands in a file."""
        files = (item["id"]["S"] for item in self._backend.items("payments"))
        names = (f"test/outgoing/{each}.xml" for each in files if each.startswith("pmf_"))
        documents = (self._objects.get(name) for name in names)
        return Counter(
            payment_id_of(transfer.reference)
            for document in documents
            if document
            for transfer in read_payments(document).transfers
        )


@pytest.fixture
def bank(handlers: Platform) -> Bank:
    return Bank(handlers.apps["payment_execution"].ports.objects, handlers.backend)


def waiting(handlers: Platform, count: int) -> Counter[str]:
    """Payments that wait for the bank, as the stream of events brings them."""
    claims = [handlers.settled() for _ in range(count)]
    backend = handlers.backend
    stores = Stores(lambda: backend.dynamodb, backend.table, PlainKeys, PlainKeys)
    instructions = stores.instructions
    for item in backend.items("events"):
        queue_payments(read_event(item), instructions=instructions)
    return Counter(payment["id"] for claim in claims for payment in claim["payments"])


def run(key: str, death: Death | None = None) -> Run:
    body = {"currency": "GBP"}
    sent = event("POST", "/v1/payment-files", body, caller=FINANCE, key=key, clock=LOSS_CLOCK)
    return Run("payment_execution", sent, death)


def test_runs_at_the_same_moment_send_each_payment_in_one_file(
    handlers: Platform, zygote: Zygote, bank: Bank
):
    wanted = waiting(handlers, PAYMENTS)

    answers = final_answers([run(f"run-{client}") for client in range(CLIENTS)], zygote)

    assert {answer.status for answer in answers} == {201}
    assert bank.sent() == wanted
    told = {file["id"]: file for answer in answers for file in answer.body["files"]}
    assert Counter(each["id"] for file in told.values() for each in file["payments"]) == wanted


def test_the_same_run_at_the_same_moment_is_one_and_answered_alike(
    handlers: Platform, zygote: Zygote, bank: Bank
):
    wanted = waiting(handlers, PAYMENTS)

    answers = final_answers([run("monday")] * CLIENTS, zygote)

    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert bank.sent() == wanted


def test_a_payment_to_nobody_fails_once_however_many_runs_find_it_so(
    handlers: Platform, zygote: Zygote, bank: Bank
):
    wanted = waiting(handlers, 2)
    erased = min(wanted)
    claim_id = claim_id_for(erased)
    handlers.backend.dynamodb.update_item(
        TableName=handlers.backend.table("parties"),
        Key={"id": {"S": party_id_for(claim_id)}},
        UpdateExpression="REMOVE #key",
        ExpressionAttributeNames={"#key": "key"},
    )

    answers = final_answers([run(f"run-{client}") for client in range(CLIENTS)], zygote)

    assert {answer.status for answer in answers} == {201}
    assert bank.sent() == wanted - Counter([erased])
    claim = handlers.call("GET", f"/v1/claims/{claim_id}", clock=LOSS_CLOCK).body
    assert [payment["status"] for payment in claim["payments"]] == ["failed"]


def test_runs_on_a_busy_database_send_each_payment_in_one_file(
    handlers: Platform, troubled: Zygote, faults: Faults, bank: Bank
):
    wanted = waiting(handlers, PAYMENTS)
    faults.inject(
        {"operation": "TransactWriteItems", "probability": 0.05, "response": {"abort_bytes": 1}},
        cancelled("TransactionConflict", writes=PAYMENTS + 2, share=0.3),
        cancelled("TransactionConflict", writes=2, share=0.3),
        throttled(share=0.1),
    )

    answers = final_answers([run(f"run-{client}") for client in range(CLIENTS)], troubled)

    assert faults.fired()
    assert {answer.status for answer in answers} == {201}
    assert bank.sent() == wanted


@pytest.mark.parametrize("side", Side, ids=lambda side: side.name.lower())
def test_a_run_killed_at_any_of_its_calls_is_finished_by_those_that_follow(
    side: Side, handlers: Platform, zygote: Zygote, bank: Bank
):
    """The same call again and another one, at the same moment: none knows what the dead one did."""
    died = 0
    for nth in range(1, CALLS_MAX):
        wanted = bank.sent() + waiting(handlers, 2)

        [outcome] = zygote.run([run(f"{side}-{nth}", Death(side, nth=nth))])
        answers = final_answers([run(f"{side}-{nth}"), run(f"{side}-{nth}-again")], zygote)

        assert {answer.status for answer in answers} == {201}
        assert bank.sent() == wanted, nth
        if outcome.answer is not None:
            break
        died += 1
    else:
        pytest.fail("the run never came to its end")
    assert died > 8, "the run has more steps than that"
