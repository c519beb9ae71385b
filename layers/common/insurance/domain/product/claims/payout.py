"""The payout: clauses in the product's order, each compiled, each rounded to the minor unit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from insurance.domain.contract.rule import PayoutStep
from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.core.arithmetic import half_up
from insurance.domain.core.money import Currency, Money
from insurance.domain.product.claims.assessment import Loss
from insurance.domain.product.claims.compiler import ClaimCompiler, Facts
from insurance.domain.product.claims.limits import Aggregate
from insurance.domain.product.definition import model
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import as_decimal, at_scale
from insurance.domain.product.language.scope import RatingInput
from insurance.domain.product.language.terms import rounded

CLAUSES: Final = {
    "amount": "Amount covered",
    "average": "Average for under-insurance",
    "depreciate": "Depreciation",
    "share": "Insured share",
    "up_to": "Up to the limit",
    "less": "Less the excess",
    "up_to_aggregate": "Up to what is left of the aggregate limit",
    "less_aggregate": "Less what is left of the aggregate deductible",
}
"""The operations of a clause, with the names that they have unless the clause has one."""

USUAL: Final = ({"up_to": "limit"}, {"less": "excess"})
"""The payout of a product that says nothing of it."""

NO_LIMIT: Final = 10**15
"""Stands for a limit where the cover has none; it is never shown."""


class Clause(NamedTuple):
    code: str
    name: str
    operation: str
    recoverable: bool
    scale: int
    """Of a figure that is a rate."""
    run: Callable[[RatingInput], Any]
    """The clause's figure, or None where its condition does not hold."""


class Paid(NamedTuple):
    """What is paid, how that was worked out, what it takes of aggregates, and what is held back."""

    payable: Money
    steps: tuple[PayoutStep, ...]
    uses: Mapping[str, Money]
    recoverable: Money
    """So much more would be paid without the clauses that may be made good later."""


class _Run(NamedTuple):
    """One claim on its way through the clauses."""

    loss: Loss
    claim: RatingInput
    held: Facts
    """The facts that `claim` reads: what is left of the loss is put there before each clause."""
    imposed: ImposedTerms | None
    steps: list[PayoutStep]
    uses: dict[str, Money]


class Payout:
    """One cover's clauses.

    Raises:
        InvalidProduct: A clause has no operation or several, or an aggregate that there is not.
    """

    def __init__(
        self,
        compiler: ClaimCompiler,
        claims: model.Claims,
        aggregates: Mapping[str, Aggregate],
    ) -> None:
        self._compiler, self._aggregates = compiler, aggregates
        self._currency: Currency = compiler.currency
        self._has_excess = compiler.cover.excess is not None
        self._limit = compiler.figure("limit")
        self._excess = compiler.figure("excess")
        self._clauses: list[Clause] = []
        for clause in self._written(claims):
            self._clauses.append(self._compiled(clause))
        self.clause_codes = tuple(clause.code for clause in self._clauses)

    def _written(self, claims: model.Claims) -> Sequence[model.Clause]:
        """The cover's own clauses, else the product's, else the usual ones."""
        claim = self._compiler.cover.claim
        path = f"{self._compiler.cover.path}/claim/payout"
        if claim.payout is not None:
            return claim.payout
        if claims.payout is not None:
            return claims.payout
        return [model.Clause(clause, f"{path}/{place}") for place, clause in enumerate(USUAL)]

    # Compiling

    def _compiled(self, clause: model.Clause) -> Clause:
        operations = [name for name in CLAUSES if getattr(clause, name) is not None]
        if len(operations) != 1:
            expected = f"one of {', '.join(CLAUSES)}"
            raise refuse(clause.path, operations or "nothing to do", expected)
        operation = operations[0]
        builder = self._compiler.builder()
        when = builder.condition(clause.when, clause.at("when"))
        scale, code = self._figure(builder, clause, operation)
        builder.finish(code, when)
        same = sum(earlier.operation == operation for earlier in self._clauses)
        usual_code = f"{operation}_{same + 1}" if same else operation
        return Clause(
            clause.code or usual_code,
            clause.name or CLAUSES[operation],
            operation,
            clause.recoverable,
            scale,
            builder.build(),
        )

    def _figure(
        self, builder: FunctionBuilder, clause: model.Clause, operation: str
    ) -> tuple[int, str]:
        """The figure's scale and source."""
        exponent, at = self._currency.exponent, clause.at(operation)
        source: Any = getattr(clause, operation)
        match operation:
            case "up_to_aggregate" | "less_aggregate":
                if source not in self._aggregates:
                    hint = did_you_mean(str(source), self._aggregates)
                    raise refuse(at, source, "the code of an aggregate", hint)
                return 0, repr(source)
            case "average":
                return 0, _average(builder, source)
            case "share" | "depreciate":
                term = builder.rate(source, at)
                return term.type.scale, term.code
        term = rounded(builder.amount(source, at), exponent, "half_up")
        return exponent, at_scale(term, exponent)

    # Paying

    def paid(
        self, loss: Loss, claim: RatingInput, held: Facts, imposed: ImposedTerms | None
    ) -> Paid:
        kept = [clause for clause in self._clauses if not clause.recoverable]
        whole = self._worked_out(kept, _Run(loss, claim, held, imposed, [], {}))
        run = _Run(loss, claim, held, imposed, [], {})
        paid = self._worked_out(self._clauses, run)
        recoverable = self._cents(max(whole - paid, 0))
        return Paid(self._cents(paid), tuple(run.steps), run.uses, recoverable)

    def _worked_out(self, clauses: Sequence[Clause], run: _Run) -> int:
        running = run.loss.claimed.amount
        for clause in clauses:
            run.held["loss"] = running
            self.put_amounts(run.claim, run.held, run.imposed)
            figure = clause.run(run.claim)
            if figure is None:
                continue
            before = running
            running, shown = self._applied(clause, figure, before, run)
            run.steps.append(
                PayoutStep(
                    code=clause.code,
                    name=clause.name,
                    figure=shown,
                    before=self._cents(before),
                    after=self._cents(running),
                )
            )
        return running

    def put_amounts(self, claim: RatingInput, held: Facts, imposed: ImposedTerms | None) -> None:
        """Limit and excess for the loss as it stands, once its facts are complete."""
        held["limit"] = held["excess"] = 0
        limit = self._limit(claim)
        held["limit"] = NO_LIMIT if limit is None else limit
        excess = self._excess(claim)
        if imposed is not None and imposed.excess is not None and self._has_excess:
            excess = imposed.excess.amount
        held["excess"] = excess or 0

    def _applied(  # noqa: PLR0911 - one return for each operation
        self, clause: Clause, figure: Any, before: int, run: _Run
    ) -> tuple[int, str]:
        """What is left of the claim after a clause, and the clause's figure as people read it."""
        match clause.operation:
            case "amount":
                return min(max(figure, 0), before), str(self._cents(figure))
            case "average":
                insured, value = figure
                if value <= 0 or insured >= value:
                    return before, "insured in full"
                return half_up(before * max(insured, 0), value), f"{insured} of {value}"
            case "share":
                rate = min(max(figure, 0), 10**clause.scale)
                return half_up(before * rate, 10**clause.scale), str(as_decimal(rate, clause.scale))
            case "depreciate":
                rate = min(max(figure, 0), 10**clause.scale)
                lost = half_up(before * rate, 10**clause.scale)
                return before - lost, str(as_decimal(rate, clause.scale))
            case "up_to":
                if figure >= NO_LIMIT:
                    return before, "no limit"
                return min(before, max(figure, 0)), str(self._cents(figure))
            case "less":
                return max(before - max(figure, 0), 0), str(self._cents(figure))
        return self._shared(clause, figure, before, run)

    def _shared(self, clause: Clause, code: str, before: int, run: _Run) -> tuple[int, str]:
        """What is left of an aggregate, and how much of that this claim takes: of a limit that is
        reinstated no more than the limit itself at once."""
        aggregate = self._aggregates[code]
        whole = aggregate.whole(run.claim)
        used = run.loss.used.get(code)
        left = max(whole - (used.amount if used else 0), 0)
        taken = min(before, left, aggregate.once(run.claim))
        run.uses[code] = self._cents(taken)
        shown = f"{self._cents(left)} left of {self._cents(whole)}"
        return (taken if clause.operation == "up_to_aggregate" else before - taken), shown

    def _cents(self, amount: int) -> Money:
        return Money(amount=amount, currency=self._currency)


def _average(builder: FunctionBuilder, average: model.Average) -> str:
    """Source of the sum insured and the value that should be, at one scale."""
    insured = builder.amount(average.insured, average.at("insured"))
    value = builder.amount(average.value, average.at("value"))
    share = builder.rate(average.coinsurance, average.at("coinsurance"))
    top = max(insured.type.scale, value.type.scale)
    return (
        f"({at_scale(insured, top)} * {10**share.type.scale}, "
        f"{at_scale(value, top)} * {share.code})"
    )
