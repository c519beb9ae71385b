"""The fraud score: additive, with its reasons. It may hold or refer a claim, never deny it."""

from collections.abc import Sequence

from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.product.claims.compiler import ClaimCompiler
from insurance.domain.product.definition import model
from insurance.domain.product.faults import refuse
from insurance.domain.product.language.scope import RatingInput


class FraudScore:
    """The signals that apply to one cover, and what their sum means."""

    def __init__(self, compiler: ClaimCompiler, claims: model.Claims) -> None:
        self._signals = [
            (signal, compiler.condition(signal.when, signal.at("when")))
            for signal in claims.fraud
            if not compiler.is_foreign(signal.when)
        ]
        self._bands = _bands(claims)

    def results(self, claim: RatingInput) -> list[RuleResult]:
        if not self._signals:
            return []
        seen = [signal for signal, is_there in self._signals if is_there(claim)]
        reasons = {signal.code: signal.score for signal in seen}
        score = sum(reasons.values())
        band = next(band for below, band in self._bands if below is None or score < below)
        facts = {"score": score, "signals": reasons, "band": band}
        said = " ".join(f"{signal.reason.rstrip('.')}." for signal in seen if signal.reason)
        explanation = f"A score of {score}: {band}. {said}".rstrip()
        outcome = "pass" if band == "pass" else "refer"
        return [
            RuleResult(
                code="fraud_score",
                outcome=RuleOutcome(outcome),
                facts=facts,
                explanation=explanation,
            )
        ]


def _bands(claims: model.Claims) -> Sequence[tuple[int | None, str]]:
    """Bands without gaps: each up to its bound, the last without one."""
    bands: list[tuple[int | None, str]] = [(row.below, row.outcome) for row in claims.fraud_bands]
    bands = bands or [(1, "pass"), (None, "refer")]
    bounds = [below for below, _ in bands[:-1] if below is not None]
    whole = len(bounds) == len(bands) - 1 and bands[-1][0] is None
    if not whole or bounds != sorted(set(bounds)):
        expected = "rising bounds, and a last band without one"
        raise refuse(claims.at("fraud_bands"), claims.written.get("fraud_bands"), expected)
    return bands
