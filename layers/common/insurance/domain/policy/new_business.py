"""New business: what the first transaction of every policy costs."""

from insurance.domain.contract.premium import Premium
from insurance.domain.policy.transaction import ChargeKind, ChargeLine, Computation


def issued_lines(premium: Premium) -> list[ChargeLine]:
    """The lines of the premium as issued."""
    net = ChargeLine(kind=ChargeKind.NET, code="net", name="Net premium", amount=premium.net)
    return [net] + [
        ChargeLine(
            kind=ChargeKind(line.kind.value), code=line.code, name=line.name, amount=line.amount
        )
        for line in premium.lines
    ]


def computation_of_new_business(premium: Premium) -> Computation:
    """The premium as issued, in the form of a transaction's computation."""
    return Computation(
        method="term",
        lines=tuple(issued_lines(premium)),
        commission=premium.commission,
        total=premium.total,
    )
