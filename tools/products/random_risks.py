"""Random risks for any product: answers inside its bounds, near the edges that its tables have."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from insurance.domain.core.errors import InvalidFields
from insurance.domain.product import Product, Question, Risk

from tools.products.reference import Tariff

USUAL = 60_000
"""Where a bound is far away, most answers stay this near, for that is where tariffs differ."""


def random_risks(product: Product, random: Random, *, tries: int = 10**9) -> Iterator[Risk]:
    """So many tries; what the questions themselves refuse is left out."""
    optional = [cover.code for cover in product.covers_on_offer if cover.optional]
    for _ in range(tries):
        covers = [code for code in optional if random.random() < 0.5]  # noqa: PLR2004
        raw = {one.code: answer(one, random) for one in product.questions}
        given = {code: value for code, value in raw.items() if value is not None}
        try:
            answers = product.read_answers(given)
        except InvalidFields as error:
            hidden = {fault.pointer.split("/")[2] for fault in error.faults}
            try:
                answers = product.read_answers(
                    {code: value for code, value in given.items() if code not in hidden}
                )
            except InvalidFields:
                continue
        looked_up = {
            source: {code: answer(field, random) for code, field in fields.items()}
            for source, fields in product.scope.looked_up.items()
        }
        start = date(2026, 1, 1) + timedelta(random.randrange(1461))
        yield Risk(answers, looked_up, covers, start)


def answer(one: Question, random: Random) -> Any:  # noqa: PLR0911 - one for each type
    """An answer to one question, in the form of the wire."""
    if not one.required and random.random() < 0.3:  # noqa: PLR2004
        return None
    low, high = one.minimum, one.maximum
    match one.type:
        case "integer":
            return _near(low, high, random)
        case "money":
            minor = _near(low, high, random) * 10**one.exponent
            return (
                {
                    "amount": minor + random.randrange(10**one.exponent) * (random.random() < 0.5),  # noqa: PLR2004
                    "currency": one.currency,
                }
                if minor
                else {"amount": 0, "currency": one.currency}
            )
        case "decimal":
            scale = 10**one.places
            least, most = int(Decimal(str(low)) * scale), int(Decimal(str(high)) * scale)
            held = random.randint(least, min(most, max(least, 1) + USUAL * scale))
            return format(Decimal(held).scaleb(-one.places), "f")
        case "boolean":
            return random.random() < 0.5  # noqa: PLR2004
        case "choice":
            return random.choice([choice.code for choice in one.choices])
        case "date":
            first = max(date.fromisoformat(str(low)), date(1930, 1, 1))
            last = min(date.fromisoformat(str(high)), date(2026, 12, 31))
            day = first + timedelta(random.randrange(max((last - first).days, 1)))
            return day.isoformat()
        case "list":
            count = random.randint(_int(low), min(_int(high), _int(low) + 4))
            return [
                {
                    field.code: value
                    for field in one.fields
                    if (value := answer(field, random)) is not None
                }
                for _ in range(count)
            ]
    return random.choice(("AB12 CDE", "SW1A 1AA", "ZZ9"))


def _near(low: object, high: object, random: Random) -> int:
    least, most = _int(low), _int(high)
    if random.random() < 0.7:  # noqa: PLR2004
        most = min(most, max(least, 0) + random.choice((5, 30, 100, 1_000, USUAL)))
    return random.randint(least, max(most, least))


def _int(bound: object) -> int:
    return int(Decimal(str(bound)).to_integral_value())


class Disagreement(AssertionError):
    """The compiled tariff and the reference price a risk differently."""


def compared(product: Product, risks: Iterable[Risk], tariff: Tariff, most: int = 10**9) -> int:
    """How many risks were priced, each alike by both. Raises Disagreement at the first that is not."""
    count = 0
    for risk in risks:
        if count == most:
            break
        try:
            price = product.tariff_price(risk)
        except InvalidFields:
            continue  # a cover that cannot be had
        if price is None:
            continue
        other = tariff.price(risk.answers.json, risk.looked_up, [*risk.covers], risk.start)
        mine = {line.code: line.amount.major for line in price.lines if line.code != "net"}
        theirs = {code: amount for code, amount in other.charges.items() if amount or code in mine}
        if (price.net.major, mine, price.total.major) != (other.net, theirs, other.total):
            raise Disagreement(f"{product} {risk}: {price} against {other}")
        count += 1
    return count
