"""The language of product definitions: exact, typed, total, and refused at the right character."""

from decimal import Decimal

import pytest
from insurance.domain.product import InvalidProduct, NoRate

from tests.support.make import holds, product, worth

GBP_40 = [{"value": {"amount": 4_000, "currency": "GBP"}, "kind": "ring"}]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1.1 * 1.1 * 1.1", "1.331"),
        ("r * 3", "3.3"),
        ("1 / 3", "0.3333333333333333"),
        ("2 / 3", "0.6666666666666667"),
        ("-7 // 2", "-4"),
        ("-7 % 2", "1"),
        ("1.05 ** 3", "1.157625"),
        ("round(2.345, 2)", "2.35"),
        ("round(-2.345, 2)", "-2.35"),
        ("round(2.345, 2, 'half_even')", "2.34"),
        ("round(1249, -2)", "1200"),
        ("truncate(0.8075, 2)", "0.80"),
        ("floor(-0.5) + ceil(0.5)", "0"),
        ("abs(n - 8)", "3"),
        ("min(3, 2.5, n)", "2.5"),
        ("max(n, 0)", "5"),
        ("n if n > 4 else 0", "5"),
        ("3 if 2 < n <= 5 else 4", "3"),
        ("size(items)", "1"),
        ("count(item.value > 30 for item in items)", "1"),
        ("number(sum(item.value for item in items))", "40"),
        ("amount / max(sum(item.value for item in items), 1)", "2.5"),
        ("years(born, start)", "35"),
        ("years(born, date('2026-06-15'))", "36"),
        ("months(date('2026-01-31'), date('2026-02-28'))", "0"),
        ("days(start, end)", "365"),
        ("day(add_months(date('2026-01-31'), 1))", "28"),
        ("year(add_days(start, -60))", "2025"),
        ("otherwise(maybe, 7)", "7"),
        ("maybe if given(maybe) else 8", "8"),
        (
            [{"when": "n > 5", "then": 1}, {"when": "n > 4", "then": "n * 2"}, {"otherwise": 0}],
            "10",
        ),
    ],
)
def test_a_number_is_exact(source, value):
    assert worth(source, n=5, r="1.1", items=GBP_40) == Decimal(value)


@pytest.mark.parametrize(
    "source",
    [
        "colour == 'red'",
        "colour in ('red', 'blue') and colour not in ('green',)",
        "not (n > 5 or n < 5)",
        "born < '1990-06-16' and born >= date('1990-06-15')",
        "any(item.kind == 'ring' for item in items)",
        "all(item.value >= 40 for item in items if item.kind == 'ring')",
        "not given(maybe)",
        "given(maybe) and maybe > 3 or not given(maybe)",
        "amount == 100 and amount > 99.99",
        "starts_with('SW1A 1AA', 'SW1') and before('SW1A 1AA', ' ') == 'SW1A'",
        "covers.main and territory == 'GB' and not renewal",
        "size(claims) == 0 and true and not false",
    ],
)
def test_a_condition_holds(source):
    assert holds(source, n=5, items=GBP_40)


@pytest.mark.parametrize(
    ("source", "column", "told"),
    [
        ("amuont * 2", 1, "Did you mean amount?"),
        ("n + colour", 5, "colour, a text"),
        ("n == 'red'", 1, "number beside text"),
        ("colour == 'rde'", 11, "Did you mean red?"),
        ("n / r", 5, "may be zero"),
        ("amount * amount", 1, "money times money"),
        ("n + amount", 1, "number beside money"),
        ("maybe + 1", 1, "Guard it"),
        ("min(item.value for item in items)", 1, "default=0"),
        ("item.value", 1, "item"),
        ("sum(item.valeu for item in items)", 5, "Did you mean value?"),
        ("rnd(n)", 1, "Did you mean round?"),
        ("round(n, 2, 'sideways')", 13, "a way of rounding"),
        ("n ** r", 6, "a whole number from 0"),
        ("n if colour else 1", 6, "colour"),
        ("1 +", 4, "an expression"),
        ("lambda: 1", 1, "Lambda"),
        ("__import__('os')", 1, "a function or a table"),
        ("colour.upper()", 1, "a function or a table"),
        ("[n for n in items]", 1, "ListComp"),
        ("f'{n}'", 1, "JoinedStr"),
        ("n := 1", 3, "an expression"),
        ("1e5", 1, "a plain decimal number"),
        ("0x10", 1, "a plain decimal number"),
    ],
)
def test_a_fault_is_told_at_its_character(source, column, told):
    with pytest.raises(InvalidProduct) as caught:
        worth(source)

    fault = caught.value.faults[0]
    assert fault.path == f"/rating/steps/1/factor (column {column})"
    assert told in str(fault)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 40 + "1" + ")" * 40,
        "1 + " * 400 + "1",
        "not " * 90 + "true",
        "9" * 200,
        "9 ** 9 ** 9",
        "1.000000000001 ** 12 * 1.000000000001 ** 12",
        "sum(1 if all(b.value > 0 for b in items) else 0 for a in items)" + " + n" * 300,
        "é",
        "n\n+ 1",
        "",
    ],
)
def test_an_expression_is_bounded(source):
    with pytest.raises(InvalidProduct):
        worth(source)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("(" * 25 + "n" + ")" * 25, "25 nested brackets"),
        ("- " * 60 + "n", "nests too deep"),
        ("-" * 60 + "n", "nests too deep"),
    ],
)
def test_an_expression_that_nests_too_deep_is_refused(source, told):
    with pytest.raises(InvalidProduct, match=told):
        worth(source, n=5)


def test_brackets_side_by_side_do_not_nest():
    assert worth("(1)" + " + (1)" * 30) == 31


def test_an_expression_as_deep_as_may_be_is_read():
    assert worth("(" * 24 + "-" * 20 + "n" + ")" * 24, n=5) == 5


def test_values_that_need_each_other_are_refused():
    with pytest.raises(InvalidProduct, match="one → two → one"):
        product(
            values={"one": "two", "two": "one"},
            rating={"steps": [{"step": "base", "base": "one"}]},
        ).compile()


TABLE = "age>=,age<,rate\n,18,3\n18,65,1.25\n65,,2\n"


@pytest.mark.parametrize(("age", "rate"), [(17, 3), (18, "1.25"), (64, "1.25"), (65, 2)])
def test_a_band_begins_at_its_edge(age, rate):
    assert worth("ages(n)", {"ages": TABLE}, n=age) == Decimal(rate)


def test_a_missing_row_is_loud():
    with pytest.raises(NoRate, match="ages has no row for"):
        worth("ages(n)", {"ages": "age>=,age<,rate\n0,18,3\n"}, n=40)


SPECIFIC = "colour,n,rate\n*,*,1\nred,*,2\n*,7,3\nred,7,4\n"


@pytest.mark.parametrize(
    ("colour", "n", "rate"), [("blue", 1, 1), ("red", 1, 2), ("blue", 7, 3), ("red", 7, 4)]
)
def test_the_most_specific_row_wins(colour, n, rate):
    assert worth("odds(colour, n)", {"odds": SPECIFIC}, colour=colour, n=n) == rate


def test_a_band_finer_than_the_key_keeps_its_edge():
    table = {"t": "n>=,n<,rate\n,4.5,1\n4.5,,2\n"}

    assert [worth("t(n)", table, n=n) for n in (4, 5)] == [1, 2]


def test_bands_of_dates_and_several_values():
    table = {
        "tax": "territory,day>=,day<,rate\nGB,,2026-03-01,0.10\nGB,2026-03-01,,0.12\nIE,,,0.03\n"
    }

    assert worth("tax(territory, start)", table) == Decimal("0.12")
