"""Rating steps, charges and allocation, each on a product made for it."""

import ast
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from insurance.domain.contract.premium import Premium
from insurance.domain.product import InvalidProduct
from insurance.domain.product.rating.difference import differences
from insurance.products import product as bundled
from insurance.products import versions

from tests.support.make import offer, price, product
from tools.products import reference
from tools.products.random_risks import compared, random_risks
from tools.products.reference import Tariff

TWO = [{"code": "one"}, {"code": "two", "optional": True}]


def steps(*steps, covers=TWO, **rating):
    return product(covers=covers, rating={"steps": list(steps), **rating})


def by_cover(premium: Premium) -> dict[str, int]:
    return {share.cover: share.amount.amount for share in premium.by_cover}


def test_each_cover_has_its_own_running_premium():
    sold = steps(
        {"step": "a", "cover": "one", "base": 80},
        {"step": "b", "cover": "two", "base": 40},
        {"step": "c", "covers": ["one"], "factor": 0.5},
        {"step": "d", "factor": 1.1},
    )

    assert by_cover(price(sold, ("two",))) == {
        "one": 4_400,
        "two": 4_400,
    }
    assert by_cover(price(sold)).keys() == {"one"}


def test_a_minimum_keeps_the_proportions_of_the_covers():
    sold = steps(
        {"step": "a", "cover": "one", "base": 10},
        {"step": "b", "cover": "two", "base": 20},
        {"step": "m", "minimum": 100},
    )
    found = price(sold, ("two",))

    assert list(by_cover(found).values()) == [3_333, 6_667]
    assert found.net.amount == 10_000


def test_a_step_may_round_and_the_chain_goes_on_from_there():
    sold = steps(
        {"step": "a", "cover": "one", "base": "10.005"},
        {"step": "r", "round": 2, "mode": "half_even"},
        {"step": "f", "factor": 100},
    )

    assert price(sold).net.amount == 100_000


def test_charges_stand_on_each_other_in_their_order():
    sold = steps(
        {"step": "a", "cover": "one", "base": 100},
        charges=[
            {"code": "levy", "kind": "levy", "rate": 0.01},
            {"code": "tax", "kind": "tax", "rate": 0.19, "on": ["net", "levy"]},
            {"code": "stamp", "kind": "fee", "amount": "2.50", "when": "territory == 'IE'"},
        ],
        commission=0.125,
    )
    found = price(sold)

    assert [found.net.amount, *(line.amount.amount for line in found.lines)] == [10_000, 100, 1_919]
    assert found.total.amount == 12_019
    assert found.commission is not None
    assert found.commission.amount == 1_250


def test_cash_may_be_rounded_to_a_unit_of_the_market():
    sold = product(
        currency="CHF",
        questions=[],
        rounding={"unit_minor": 5},
        rating={"steps": [{"step": "a", "base": "10.03"}]},
    )

    assert price(sold).net.amount == 1_005


def test_a_trace_says_what_every_item_came_to():
    sold = steps(
        {
            "step": "each",
            "cover": "one",
            "for_each": "items",
            "as": "item",
            "steps": [
                {"step": "value", "base": "0.01 * item.value"},
                {"step": "least", "minimum": 2},
                {"step": "ring", "factor": 3, "when": "item.kind == 'ring'"},
            ],
        }
    )
    found = offer(
        sold,
        items=[
            {"value": {"amount": 10_000, "currency": "GBP"}, "kind": "ring"},
            {"value": {"amount": 50_000, "currency": "GBP"}, "kind": "bike"},
        ],
    )

    assert found.premium is not None
    assert found.premium.net.amount == 1_100
    assert [[part.raw for part in item] for item in found.trace[0].items] == [[1, 2, 6], [5, 5, 5]]


def test_the_difference_of_two_traces_names_the_steps_that_changed():
    sold = product(
        rating={
            "steps": [
                {"step": "base", "base": "amount"},
                {"step": "n", "factor": "2 if n > 3 else 1"},
                {"step": "r", "factor": "r"},
            ]
        }
    )

    found = differences(offer(sold).trace, offer(sold, n=4).trace)

    assert [one.code for one in found] == ["n"]
    assert found[0].inputs == {"n": (0, 4)}
    assert found[0].operand == (Decimal(1), Decimal(2))
    assert found[0].running == (Decimal(100), Decimal(200))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"step": "x"}, "nothing to do"),
        ({"step": "x", "factor": 1, "add": 2}, "factor"),
        ({"step": "x", "factor": 1, "cover": "tow"}, "Did you mean two?"),
        ({"step": "x", "add": 1}, "shared_by"),
        ({"step": "base", "factor": 1}, "a code of its own"),
        ({"step": "x", "factor": "amount"}, "a number"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step, told):
    with pytest.raises(InvalidProduct) as caught:
        steps({"step": "base", "cover": "one", "base": 1}, step).compile()

    assert told in str(caught.value)


@given(bases=st.lists(st.integers(1, 10**6), min_size=2, max_size=2), places=st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_premium_by_cover_adds_up_to_net_whatever_it_is(bases, places):
    sold = steps(
        {"step": "a", "cover": "one", "base": bases[0]},
        {"step": "b", "cover": "two", "base": bases[1]},
        {"step": "f", "factor": f"{places} / 1000"},
        {"step": "m", "minimum": 77},
    )
    found = price(sold, ("two",))

    assert sum(by_cover(found).values()) == found.net.amount


@pytest.mark.parametrize("code", [code for code, _ in versions()])
def test_the_compiled_tariff_and_the_reference_agree(code):
    sold = bundled(code)
    tariff = Tariff(sold.source.document, sold.source.tables)
    risks = islice(random_risks(sold, Random(code)), 200)  # noqa: S311 - repeatable

    assert compared(sold, risks, tariff) > 100


def test_the_reference_shares_no_module_with_the_compiler():
    tree = ast.parse((Path(reference.__file__)).read_text("utf-8"))
    imported = {
        name.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }

    assert not {name for name in imported if name.startswith(("insurance", "local"))}
