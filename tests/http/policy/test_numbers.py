"""Policy and claim numbers over HTTP, as they ship: on a real engine, with real REST proxy events."""

import re
from datetime import date
from typing import Any

from insurance.domain.contract.number import CANDIDATES, CheckScheme, NumberFormat
from insurance.domain.core.identity import policy_id_for
from insurance.dynamodb.numbers import give_number
from insurance.dynamodb.transaction import transact

from tests.support import loopback
from tests.support.calls import CLAIM, CLOCK, LOSS_CLOCK
from tests.support.documents import words
from tests.support.platform import Platform
from tests.support.sales import product, selling
from tests.support.streams import assert_chains_hold

USUAL = NumberFormat(
    prefix="POL",
    year="two_digits",
    symbols="letters_and_digits",
    length=8,
    check=CheckScheme.MOD_97_10,
    separator="-",
)
FORM = r"^TEST-{}-[0-9A-HJKMNP-TV-Z]{{8}}-[0-9]{{2}}$"


def take(handlers: Platform, table: str, numbers: list[str]) -> None:
    """Give these numbers to other policies or claims."""
    backend = handlers.backend
    for place, number in enumerate(numbers):
        other = f"pol_test_{place:016}"
        transact(backend.dynamodb, [give_number(backend.table(table), number, other)])


def candidates(quote: Any) -> list[str]:
    """The numbers that its policy may get, in order."""
    first_day = date.fromisoformat(quote["period"]["start"][:10])
    return [each.text for each in USUAL.candidates(policy_id_for(quote["id"]), first_day)]


def test_a_policy_is_issued_with_a_number_which_every_view_of_it_shows(handlers):
    policy = handlers.issued()
    path = f"/v1/policies/{policy['id']}"

    number = policy["number"]

    assert re.match(FORM.format("POL-26"), number)
    assert CheckScheme.MOD_97_10.holds(number)
    assert handlers.call("GET", path).body["number"] == number
    [issued] = handlers.call("GET", f"{path}/events").body["items"]
    assert issued["facts"]["number"]["text"] == number
    cancelled = handlers.call(
        "POST",
        f"{path}/cancellations/preview",
        {"effective_on": "2027-03-01", "by": "policyholder", "reason": "sold"},
        key=None,
        clock=CLOCK,
    )
    assert cancelled.body["policy_number"] == number
    assert handlers.call("GET", f"{path}/notices").body["policy_number"] == number


def test_a_document_has_the_number(handlers):
    policy = handlers.issued()

    made = handlers.call(
        "POST", f"/v1/policies/{policy['id']}/documents", {"kind": "schedule"}, clock=CLOCK
    ).body

    assert policy["number"] in words(loopback.get(made["link"]["url"]).content)


def test_a_claim_is_opened_with_a_number_which_every_view_of_it_shows(handlers):
    claim = handlers.notified()
    policy_path = f"/v1/policies/{claim['policy_id']}"

    number = claim["number"]

    assert re.match(FORM.format("CLM-27"), number)
    assert claim["policy_number"] == handlers.call("GET", policy_path).body["number"]
    assert handlers.call("GET", f"/v1/claims/{claim['id']}").body["number"] == number
    [line] = handlers.call("GET", f"{policy_path}/claims").body["items"]
    assert line["number"] == number


def test_when_a_policy_number_is_taken_the_next_one_is_given(handlers):
    quote = handlers.accepted()
    first, second, *_ = candidates(quote)
    take(handlers, "policies", [first])

    answer = handlers.call(
        "POST", "/v1/policies", {"quote_id": quote["id"]}, key="clash", clock=CLOCK
    )
    again = handlers.call(
        "POST", "/v1/policies", {"quote_id": quote["id"]}, key="clash", clock=CLOCK
    )

    assert answer.status == 201
    assert answer.body["number"] == second
    assert again.replayed
    assert again.text == answer.text
    assert_chains_hold(handlers.backend)


def test_when_all_numbers_are_taken_nothing_is_issued_and_a_free_one_lets_it_be(handlers):
    quote = handlers.accepted()
    numbers = candidates(quote)
    take(handlers, "policies", numbers)

    refused = handlers.call(
        "POST", "/v1/policies", {"quote_id": quote["id"]}, key="full", clock=CLOCK
    )

    assert len(numbers) == CANDIDATES
    assert (refused.status, refused.code) == (409, "number-taken")
    assert handlers.call("GET", f"/v1/quotes/{quote['id']}").body["status"] == "accepted"
    key = {
        "id": {"S": "num_test_" + numbers[-1].replace("-", "").replace("L", "1").replace("O", "0")}
    }
    handlers.backend.dynamodb.delete_item(TableName=handlers.backend.table("policies"), Key=key)
    issued = handlers.call(
        "POST", "/v1/policies", {"quote_id": quote["id"]}, key="full", clock=CLOCK
    )
    assert issued.body["number"] == numbers[-1]


def test_when_a_claim_number_is_taken_the_next_one_is_given(handlers):
    body = CLAIM | {"policy_id": handlers.issued()["id"]}
    empty = handlers.backend.state()
    usual = handlers.call("POST", "/v1/claims", body, key="same", clock=LOSS_CLOCK).body
    handlers.backend.restore(empty)
    take(handlers, "claims", [usual["number"]])

    other = handlers.call("POST", "/v1/claims", body, key="same", clock=LOSS_CLOCK)

    assert other.status == 201
    assert other.body["id"] == usual["id"]
    assert other.body["number"] != usual["number"]
    assert re.match(FORM.format("CLM-27"), other.body["number"])


def test_when_all_claim_numbers_are_taken_no_claim_is_opened(handlers):
    body = CLAIM | {"policy_id": handlers.issued()["id"]}
    empty = handlers.backend.state()
    usual = handlers.call("POST", "/v1/claims", body, key="same", clock=LOSS_CLOCK).body
    handlers.backend.restore(empty)
    form = USUAL.replace(prefix="CLM")
    told_on = date.fromisoformat(LOSS_CLOCK[:10])
    numbers = [each.text for each in form.candidates(usual["id"], told_on)]
    take(handlers, "claims", numbers)

    refused = handlers.call("POST", "/v1/claims", body, key="same", clock=LOSS_CLOCK)

    assert usual["number"] == numbers[0]
    assert (refused.status, refused.code) == (409, "number-taken")
    assert handlers.call("GET", f"/v1/claims/{usual['id']}").code == "claim-not-found"


def test_two_carriers_form_their_numbers_in_their_own_ways():
    digits = {
        "prefix": "",
        "year": "four_digits",
        "symbols": "digits",
        "length": 9,
        "check": "luhn",
        "separator": "",
    }

    with selling(
        product(numbers={"policy": digits, "claim": {"prefix": "S", "separator": "/"}})
    ) as one:
        policy = one.get(f"/v1/policies/{one.sell()}")
        claim = one.claim(policy["id"], "50", "2026-12-24")
    with selling(product()) as other:
        usual = other.get(f"/v1/policies/{other.sell()}")

    assert re.match(r"^TEST2026[0-9]{10}$", policy["number"])
    assert re.match(r"^TEST/S/26/[0-9A-Z]{8}/[0-9]{2}$", claim["number"])
    assert re.match(r"^TEST-POL-26-[0-9A-Z]{8}-[0-9]{2}$", usual["number"])


def number_after_renewals(renewal: str) -> list[str]:
    with selling(product(numbers={"renewal": renewal})) as platform:
        policies = [platform.sell()]
        for day in ("2027-11-20", "2028-11-20"):
            policies.append(platform.renewed(policies[-1], day))
        return [platform.get(f"/v1/policies/{policy}")["number"] for policy in policies]


def test_a_renewal_keeps_the_stem_and_shows_its_term():
    first, second, third = number_after_renewals("keep_stem")

    stem = first.rpartition("-")[0]
    assert re.match(rf"^{stem}-02-[0-9]{{2}}$", second)
    assert re.match(rf"^{stem}-03-[0-9]{{2}}$", third)
    assert all(map(CheckScheme.MOD_97_10.holds, (first, second, third)))


def test_a_renewal_gets_a_number_of_its_own_where_the_product_says_so():
    first, second, third = number_after_renewals("new_number")

    assert [number.split("-")[2] for number in (first, second, third)] == ["26", "27", "28"]
    assert len({number.split("-")[3] for number in (first, second, third)}) == 3
