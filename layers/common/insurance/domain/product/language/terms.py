"""What checked expressions become together: of one kind, at one scale, inside known bounds."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from insurance.domain.product.faults import InvalidProduct, refuse
from insurance.domain.product.language.kinds import Kind, Term, Type, at_scale

DIGITS_MAX: Final = 24
GUARD_HINT: Final = "Guard it: `given(x) and …`, `… if given(x) else …` or `otherwise(x, 0)`."

type Complain = Callable[[object, str], InvalidProduct]
"""Makes a refusal from what was found and what was expected."""


def expect(term: Term, kinds_allowed: tuple[Kind, ...], path: str, what: str) -> Term:
    """The term if it is of one of the kinds and certainly there.

    Raises:
        InvalidProduct: It is of another kind, or may be missing.
    """
    if term.type.optional:
        raise refuse(path, "an answer that may be missing", what, GUARD_HINT)
    if term.type.kind not in kinds_allowed:
        raise refuse(path, term.type, what)
    return term


def bounded_number(number: int | Decimal, path: str) -> Decimal:
    """The number as an exact decimal.

    Raises:
        InvalidProduct: It is not finite, too large, too small, or has too many digits.
    """
    value = Decimal(number)
    if not value.is_finite() or len(value.as_tuple().digits) > DIGITS_MAX:
        raise refuse(path, "a number out of bounds", f"at most {DIGITS_MAX} digits")
    if abs(value.adjusted()) > DIGITS_MAX:
        raise refuse(
            path, "a number out of bounds", f"between 10^-{DIGITS_MAX} and 10^{DIGITS_MAX}"
        )
    return value


def choose(when: Term, then: Term, other: Term, complain: Complain) -> Term:
    first, second = alike(then, other, complain)
    kind = first.type
    if kind.numeric:
        low = extreme(min, first.type.low, second.type.low)
        high = extreme(max, first.type.high, second.type.high)
        kind = kind._replace(low=low, high=high, constant=None)
    elif kind.kind is Kind.TEXT:
        kind = kind._replace(choices=_joined(first.type, second.type))
    optional = first.type.optional or second.type.optional
    return Term(
        f"({first.code} if {when.code} else {second.code})", kind._replace(optional=optional)
    )


def _joined(first: Type, second: Type) -> tuple[str, ...]:
    if first.choices and second.choices:
        return tuple(dict.fromkeys([*first.choices, *second.choices]))
    return ()


def _literal_number(kind: Type) -> bool:
    return kind.literal and kind.kind is Kind.NUMBER


def extreme(
    pick: Callable[[Decimal, Decimal], Decimal], first: Decimal | None, second: Decimal | None
) -> Decimal | None:
    return None if first is None or second is None else pick(first, second)


def alike(first: Term, second: Term, complain: Complain) -> tuple[Term, Term]:
    """Both terms as one kind and, for numbers, one scale; a literal number may stand for money."""
    one, two = first.type, second.type
    if one.numeric and two.numeric:
        if one.kind is not two.kind and not (_literal_number(one) or _literal_number(two)):
            expected = "two of one kind: money(…) makes a number an amount"
            raise complain(f"{one.kind} beside {two.kind}", expected)
        kind = Kind.MONEY if Kind.MONEY in {one.kind, two.kind} else Kind.NUMBER
        scale = max(one.scale, two.scale)
        return tuple(  # type: ignore[return-value]  # two in, two out
            Term(
                at_scale(term, scale),
                term.type._replace(kind=kind, scale=scale, literal=one.literal and two.literal),
            )
            for term in (first, second)
        )
    if one.kind is not two.kind or one.kind in {Kind.RECORD, Kind.LIST}:
        raise complain(f"{one.kind} beside {two.kind}", "two of one kind")
    return first, second


def rounded(term: Term, places: int, mode: str) -> Term:
    """The term rounded to decimal places; a term that has no more of them stays as it is."""
    if places >= term.type.scale:
        return term
    unit = 10 ** (term.type.scale - places)
    raise_again = f" * {10**-places}" if places < 0 else ""
    low = term.type.low
    if low is not None:
        low = Decimal(0) if low >= 0 else None
    if term.type.low is not None and term.type.low >= 1 and places >= 0:
        low = Decimal(1)
    kind = term.type._replace(scale=max(places, 0), constant=None, low=low, high=None)
    return Term(f"({mode}({term.code}, {unit}){raise_again})", kind)


def positive_or_zero(kind: Type) -> bool:
    return kind.low is not None and kind.low >= 0
