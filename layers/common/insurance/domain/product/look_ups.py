"""Look-ups: facts from outside, read like answers; where they are missing, what stands in."""

from collections.abc import Mapping, Sequence
from typing import Any

from insurance.domain.contract.data_origin import SOURCE
from insurance.domain.core.errors import InvalidFields
from insurance.domain.core.money import Currency
from insurance.domain.product.definition import model
from insurance.domain.product.definition.answers import Answers, read_answers, write
from insurance.domain.product.definition.questions import Question, by_code, question
from insurance.domain.product.faults import refuse
from insurance.domain.product.offer import RuleMatch, finding_of
from insurance.domain.product.risk import LookUp, Risk

type LookUpFacts = Mapping[str, Any] | None
"""What a look-up told, as rating takes it; None: it is missing."""


class LookUpFields:
    """The look-ups of a product.

    Raises:
        InvalidProduct: Two have one source, or two fields of one have one code.
    """

    def __init__(self, look_ups: Sequence[model.LookUp], currency: Currency) -> None:
        self._look_ups = look_ups
        self.fields: dict[str, Mapping[str, Question]] = {}
        """By source, its fields by their codes."""
        for look_up in look_ups:
            if look_up.source in self.fields:
                raise refuse(look_up.at("source"), look_up.source, "a source of its own")
            if look_up.key is None and look_up.source != SOURCE:
                raise refuse(look_up.at("key"), "", "the question whose answer it is asked by")
            fields = [question(field, currency) for field in look_up.fields]
            self.fields[look_up.source] = by_code(fields, look_up.at("fields"))

    def needed(self, answers: Answers) -> tuple[LookUp, ...]:
        """What must be looked up elsewhere for these answers."""
        return tuple(
            LookUp(look_up.source, str(answers.json[look_up.key]))
            for look_up in self._look_ups
            if look_up.key is not None and answers.json.get(look_up.key) is not None
        )

    def read_typed(self, source: str, raw: Mapping[str, object]) -> Mapping[str, object]:
        """What a look-up should have told, told by a person: typed, whole, and nothing beside it.

        Raises:
            InvalidFields: Something is missing, wrong or unknown.
        """
        fields = tuple(self.fields[source].values())
        return read_answers(fields, raw, at=f"/looked_up/{source}").json

    def read(self, risk: Risk) -> tuple[dict[str, LookUpFacts], list[RuleMatch]]:
        """Each look-up as rating takes it: its answer, its defaults, or None and a match."""
        held: dict[str, LookUpFacts] = {}
        matches = []
        for look_up in self._look_ups:
            source, without = look_up.source, look_up.unavailable
            held[source] = self._read_fields(source, risk.looked_up.get(source))
            if held[source] is not None:
                continue
            if look_up.key is not None and risk.answers.held.get(look_up.key) is None:
                continue
            if without.defaults is not None:
                held[source] = self._read_fields(source, without.defaults)
            if without.outcome != "use":
                code = f"{source}_unavailable"
                matches.append(RuleMatch(finding_of(without, code=code)))
        return held, matches

    def _read_fields(self, source: str, raw: Mapping[str, object] | None) -> LookUpFacts:
        """What a look-up told, if it told everything that was promised."""
        if raw is None:
            return None
        fields = self.fields[source]
        known = {code: value for code, value in raw.items() if code in fields}
        try:
            return read_answers(tuple(fields.values()), known, at=f"/looked_up/{source}").held
        except InvalidFields:
            return None

    def as_used(self, held: Mapping[str, LookUpFacts]) -> dict[str, Mapping[str, object] | None]:
        """What rating took, in the form of the wire."""
        return {
            source: None
            if facts is None
            else {code: write(self.fields[source][code], value) for code, value in facts.items()}
            for source, facts in held.items()
        }
