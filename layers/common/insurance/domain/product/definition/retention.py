"""What an insurer keeps of a term's price when a policy is cancelled, by a table or a formula."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Final

from insurance.domain.product.definition import model
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import Term, number
from insurance.domain.product.language.scope import NameScope

LONGEST_TERM_DAYS: Final = 3660

type Retention = Callable[[int, int], Fraction]
"""Of days in force and days of the term: the share of the term's price that is kept."""


def retention(row: model.Cancellation, scope: NameScope) -> Retention | None:
    """A table is asked by days in force; a formula may also speak of the days of the term.

    Raises:
        InvalidProduct: The method lacks what it needs, or an expression cannot be compiled.
    """
    source: object
    if row.table is not None:
        source, path = f"{row.table}(days_in_force)", row.at("table")
    elif row.formula is not None:
        source, path = row.formula, row.at("formula")
    else:
        return None
    days = number(0, Decimal(0), Decimal(LONGEST_TERM_DAYS))
    whole = number(0, Decimal(1), Decimal(LONGEST_TERM_DAYS))
    named = {"days_in_force": Term("force", days), "days_in_term": Term("term", whole)}
    builder = FunctionBuilder(scope.apart(), named)
    rate = builder.rate(source, path)
    builder.write(f"return {rate.code}")
    run, scale = builder.build("force, term"), 10**rate.type.scale
    return lambda force, term: Fraction(run(force, term), scale)
