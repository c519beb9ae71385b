"""One cover's claim rules, compiled, and a claim held to them."""

from dataclasses import replace

from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.period import Period
from insurance.domain.product.claims import rules
from insurance.domain.product.claims.assessment import Assessment, Loss
from insurance.domain.product.claims.compiler import ClaimCompiler
from insurance.domain.product.claims.facts import FactReader, completeness
from insurance.domain.product.claims.fraud import FraudScore
from insurance.domain.product.claims.limits import aggregates_of, reinstating
from insurance.domain.product.claims.payout import Payout
from insurance.domain.product.claims.reserving import Reserving
from insurance.domain.product.claims.timing import Timing
from insurance.domain.product.definition import model
from insurance.domain.product.definition.questions import Question, question
from insurance.domain.product.language.scope import NameScope, RatingInput


class CoverClaims:
    """What a cover asks of a claim, and what it pays.

    Raises:
        InvalidProduct: The first fault of what the definition says of its claims.
    """

    def __init__(
        self,
        cover: model.Cover,
        claims: model.Claims,
        scope: NameScope,
        currency: Currency,
        facts_of_all: frozenset[str],
    ) -> None:
        """`facts_of_all` are the facts that any cover of the product asks."""
        self._cover, self._currency = cover, currency
        self.asks: tuple[Question, ...] = tuple(question(ask, currency) for ask in cover.claim.asks)
        self.evidence = cover.claim.evidence
        self.item_list = cover.claim.item or ""
        """The list of questions whose items a claim names; empty where there is none."""
        self.causes = cover.claim.causes
        compiler = ClaimCompiler(cover, self.asks, scope, currency, facts_of_all)
        self._facts = FactReader(compiler)
        self._rules = rules.rules_of(compiler, claims)
        self._aggregates = aggregates_of(compiler, claims)
        self._payout = Payout(compiler, claims, self._aggregates)
        self.clause_codes = self._payout.clause_codes
        self._counts = compiler.condition(cover.claim.counts, cover.claim.at("counts"))
        self._timing = Timing(compiler, claims)
        self.trigger = self._timing.trigger
        self._fraud = FraudScore(compiler, claims)
        self._reserving = Reserving(compiler)

    def assess(
        self, loss: Loss, given: RatingInput, imposed: ImposedTerms | None, period: Period
    ) -> Assessment:
        """Every rule a claim is held to, and what is payable.

        Raises:
            InvalidFields: Nothing is claimed, another currency, an item that the policy does not
                list, or a fact of the wrong type.
        """
        self._check_amount(loss)
        held, missing = self._facts.read(loss, given, period)
        claim = given._replace(facts=held)
        missing += self._facts.missing_evidence(loss, claim, missing)
        results = [
            *self._timing.results(loss, given, period),
            rules.in_force(self._cover, given, imposed),
            *self._facts.cause(loss),
            *self._timing.waited(loss, given, period),
            completeness(missing),
        ]
        if missing or self._cover.code not in given.selected:
            return self._unpaid(results, loss, claim, missing)
        self._payout.put_amounts(claim, held, imposed)
        results += rules.results(self._rules, claim, self._facts.shown(held))
        results += self._fraud.results(claim)
        paid = self._payout.paid(loss, claim, held, imposed)
        if any(rule.outcome == "fail" for rule in results):
            return replace(self._unpaid(results, loss, claim, []), steps=paid.steps)
        if not paid.payable:
            said = "Nothing is payable after limits and excess."
            results.append(RuleResult(code="payable", outcome=RuleOutcome.INFO, explanation=said))
        used = {code: self._aggregates[code] for code in paid.uses}
        return Assessment(
            tuple(results),
            (),
            paid.payable,
            paid.steps,
            counts=bool(paid.payable and self._counts(claim)),
            reserve=self._reserving.reserve(loss, claim, paid.payable),
            recoverable=paid.recoverable,
            uses=paid.uses,
            wholes={
                code: Money(amount=aggregate.whole(claim), currency=self._currency)
                for code, aggregate in used.items()
            },
            aggregate_kinds={code: one.definition.kind for code, one in used.items()},
            for_life=frozenset(code for code, one in used.items() if one.for_life),
            reinstated=tuple(reinstating(self._aggregates, paid.uses, claim, self._currency)),
        )

    def _check_amount(self, loss: Loss) -> None:
        if loss.claimed.currency is not self._currency:
            detail = f"Give it in {self._currency}."
            raise InvalidFields([FieldFault("/claimed/currency", "wrong-currency", detail)])
        if loss.claimed.amount <= 0:
            raise InvalidFields([FieldFault("/claimed/amount", "too-small", "Claim something.")])

    def _unpaid(
        self, found: list[RuleResult], loss: Loss, claim: RatingInput, missing: list[str]
    ) -> Assessment:
        """Nothing is paid: because facts are missing, or because a rule says so."""
        nothing = Money.zero(self._currency)
        reserve = self._reserving.reserve(loss, claim, None, missing) if missing else nothing
        return Assessment(
            tuple(found),
            tuple(missing),
            nothing,
            (),
            counts=False,
            reserve=reserve,
            recoverable=nothing,
            uses={},
        )
