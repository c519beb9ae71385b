"""The bank simulator keeps an instruction before it is acknowledged and reports it exactly once."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.aws.services.event_bus import Event
from local.bank import Bank

PAYMENT = "pay_test_0000000000000000000a"


def settled(status: str = "executing", payment: str = PAYMENT) -> Event:
    detail = {"stream": "clm_test_0", "facts": {"payments": [{"id": payment, "status": status}]}}
    return Event("id", "bus", "coverwright", "claim.settled", detail, 0.0)


def make_bank(folder: Path) -> Bank:
    return Bank(folder / "bank.sqlite", token=lambda mode: f"token of {mode}")


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    made = make_bank(tmp_path)
    yield made
    made.close()


def report(bank: Bank, answers: list[int]) -> list[httpx.Request]:
    """Let the bank report against a gateway that answers so, and return what it was sent."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(answers[len(sent) - 1], json={})

    async def run() -> None:
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            while waiting := bank.unreported():
                for instruction in waiting:
                    await bank._report(client, instruction)

    asyncio.run(run())
    return sent


def test_an_instruction_delivered_twice_is_one_instruction(bank: Bank) -> None:
    bank.receive(settled())
    bank.receive(settled())

    assert [each.id for each in bank.unreported()] == [PAYMENT]


def test_what_is_not_executing_is_no_instruction(bank: Bank) -> None:
    for status in ("awaiting_approval", "paid", "failed", "cancelled"):
        bank.receive(settled(status))

    assert bank.unreported() == []


def test_an_instruction_survives_the_banks_end(tmp_path: Path) -> None:
    first = make_bank(tmp_path)
    first.receive(settled())
    first.close()

    second = make_bank(tmp_path)
    assert [each.id for each in second.unreported()] == [PAYMENT]
    second.close()


def test_a_report_is_repeated_unchanged_until_it_is_answered(bank: Bank) -> None:
    bank.receive(settled())

    sent = report(bank, [503, 429, 200])

    assert len(sent) == 3
    assert len({request.content for request in sent}) == 1
    assert {request.headers["idempotency-key"] for request in sent} == {f"bank-{PAYMENT}"}
    assert json.loads(sent[0].content)["instruction_id"] == PAYMENT


def test_an_answered_report_is_not_sent_again(bank: Bank) -> None:
    bank.receive(settled())
    report(bank, [200])

    bank.receive(settled())

    assert bank.unreported() == []


def test_live_and_test_instructions_are_reported_by_different_clients(bank: Bank) -> None:
    bank.receive(settled(payment="pay_0000000000000000000a"))
    bank.receive(settled())

    tokens = [request.headers["authorization"] for request in report(bank, [200, 200])]

    assert tokens == ["Bearer token of live", "Bearer token of test"]
