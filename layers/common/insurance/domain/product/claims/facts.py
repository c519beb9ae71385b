"""The facts of a claim: read like answers, and what is still missing of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.period import Period
from insurance.domain.product.claims.assessment import Loss
from insurance.domain.product.claims.compiler import ClaimCompiler, Facts
from insurance.domain.product.definition.answers import read_answers, write
from insurance.domain.product.language.scope import RatingInput

CAUSE_MAX: Final = 100


class FactReader:
    """What one cover asks of a claim."""

    def __init__(self, compiler: ClaimCompiler) -> None:
        claim = compiler.cover.claim
        self._asks, self._scope, self._item = compiler.asks, compiler.scope, claim.item
        self._wording, self._causes = compiler.cover.wording, claim.causes
        self._asks_cause = bool(claim.causes) and all(ask.code != "cause" for ask in self._asks)
        """A cover that lists causes wants to be told one, in words of its own or not."""
        self._evidence = [
            (evidence, compiler.condition(evidence.when, evidence.at("when")))
            for evidence in claim.evidence
        ]

    def read(self, loss: Loss, given: RatingInput, period: Period) -> tuple[Facts, list[str]]:
        """The facts, typed, and the codes of those that are missing.

        Raises:
            InvalidFields: A fact is of the wrong type, the policy has no such item, or the cover is
                not for single items.
        """
        evidence = {one.code for one, _ in self._evidence}
        told = {
            code: value
            for code, value in loss.facts.items()
            if code not in evidence or any(ask.code == code for ask in self._asks)
        }
        missing = [
            ask.code
            for ask in self._asks
            if ask.required and ask.default is None and told.get(ask.code) is None
        ]
        if self._asks_cause:
            cause = told.pop("cause", None) or loss.cause
            if not cause:
                missing.append("cause")
            elif not isinstance(cause, str) or len(cause) > CAUSE_MAX:
                raise InvalidFields([FieldFault("/facts/cause", "not-text", "Give a word.")])
        asked = tuple(ask._replace(required=False) for ask in self._asks)
        held: Facts = dict(read_answers(asked, told, at="/facts").held)
        zone = period.start.tzinfo
        held["claimed"] = held["loss"] = loss.claimed.amount
        fact = loss.facts.get("cause") if self._asks_cause else None
        held["cause"] = held.get("cause") or loss.cause or fact or ""
        held["occurred"] = loss.occurred_at and loss.occurred_at.astimezone(zone).date()
        held["reported"] = loss.reported_at and loss.reported_at.astimezone(zone).date()
        held["payee_is_stranger"] = loss.payee.is_stranger
        held["payee_other_claims"] = loss.payee.other_claims
        if self._item is None and loss.item:
            fault = FieldFault("/item", "unknown", "This cover is not for single items.")
            raise InvalidFields([fault])
        if self._item is not None:
            held["item"] = self._item_of(self._item, loss, given)
            if held["item"] is None:
                missing.append("item")
        return held, missing

    def _item_of(self, code: str, loss: Loss, given: RatingInput) -> Mapping[str, Any] | None:
        """The insured item that the loss names: all that is said of it must be so."""
        if not loss.item:
            return None
        listed = self._scope.questions[code]
        for item in given.answers[listed.code] or ():
            answers = {field.code: write(field, item[field.code]) for field in listed.fields}
            if all(answers.get(code) == value for code, value in loss.item.items()):
                return item  # type: ignore[no-any-return]
        raise InvalidFields([FieldFault("/item", "unknown", "The policy does not list this item.")])

    def missing_evidence(self, loss: Loss, claim: RatingInput, missing: Sequence[str]) -> list[str]:
        """Papers that are not there; while facts are missing, only those that are always needed."""
        return [
            one.code
            for one, is_needed in self._evidence
            if not loss.facts.get(one.code)
            and ("when" not in one.written if missing else is_needed(claim))
        ]

    def cause(self, loss: Loss) -> list[RuleResult]:
        """Whether the cause is one that is covered."""
        cause = loss.cause or loss.facts.get("cause")
        if not self._causes or cause is None:
            return []
        listed = cause in self._causes
        return [
            RuleResult(
                code="cause_covered",
                outcome=RuleOutcome.PASS if listed else RuleOutcome.FAIL,
                facts={"cause": cause},
                explanation=f"{'A covered' if listed else 'Not a covered'} cause: {cause}.",
                wording=self._wording or None,
            )
        ]

    def shown(self, held: Facts) -> dict[str, object]:
        """The asked facts in the form in which they were given."""
        return {ask.code: write(ask, held[ask.code]) for ask in self._asks}


def completeness(missing: Sequence[str]) -> RuleResult:
    if missing:
        return RuleResult(
            code="facts_complete",
            outcome=RuleOutcome.INCOMPLETE,
            facts={"missing": list(missing)},
            explanation=f"Still needed: {', '.join(missing)}.",
        )
    return RuleResult(
        code="facts_complete",
        outcome=RuleOutcome.PASS,
        explanation="Everything that was asked is there.",
    )
