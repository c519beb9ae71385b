"""Price a new risk: read the answers, look facts up, rate and underwrite."""

from datetime import date, datetime
from typing import Any

from insurance.domain.product import Product
from insurance.domain.quote.pricing import Priced, read_new_risk
from insurance.operations.quoting.find_facts import find_facts
from insurance.operations.quoting.ports import LookUps


def price_new(
    product: Product,
    *,
    start: date,
    answers: dict[str, Any],
    options: tuple[str, ...],
    territory: str,
    look_ups: LookUps,
    now: datetime,
) -> Priced:
    """Price a risk that was not insured here before.

    Raises:
        InvalidFields: The product cannot read an answer, or cover would start too early or late.
    """
    risk = read_new_risk(
        product, start=start, answers=answers, options=options, territory=territory, now=now
    )
    return risk.priced(find_facts(risk.look_ups, look_ups))
