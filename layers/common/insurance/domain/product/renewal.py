"""Renewal: how a risk changes from one term to the next, and whom one would not renew."""

from collections.abc import Callable
from typing import Any, NamedTuple

from insurance.domain.contract.terms import Finding
from insurance.domain.product.definition import model
from insurance.domain.product.definition.answers import write
from insurance.domain.product.definition.questions import Question
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.expression import Names, Nested, compiled
from insurance.domain.product.language.function_builder import FunctionBuilder, present
from insurance.domain.product.language.kinds import Kind, Term, Type, at_scale
from insurance.domain.product.language.scope import NameScope, RatingInput
from insurance.domain.product.language.terms import rounded
from insurance.domain.product.offer import finding_of


class _Change(NamedTuple):
    code: str
    field: str
    run: Callable[[RatingInput], Any]


class RenewalRules:
    """Changes are applied in their order, each on the answers that the one before it left."""

    def __init__(self, renewal: model.Renewal, scope: NameScope) -> None:
        self._scope = scope
        self.invite_days = renewal.invite_days
        self.fair = renewal.fair
        """Never dearer than the same risk would be as new business (UK home and motor)."""
        self._changes = [self._change(change) for change in renewal.changes]
        self._rules = [self._rule(rule) for rule in renewal.rules]

    def _rule(self, rule: model.RenewalRule) -> tuple[Finding, Callable[[RatingInput], Any]]:
        builder = FunctionBuilder(self._scope)
        builder.finish("True", builder.condition(rule.when, rule.at("when")))
        return finding_of(rule, code=rule.code), builder.build()

    def _change(self, change: model.AnswerChange) -> _Change:
        """`answer` is a question, or `list.field`: then each item is changed in turn."""
        code, _, field = change.answer.partition(".")
        question = self._question(code, field, change.at("answer"))
        if field and change.for_each is not None:
            raise refuse(change.at("for_each"), change.answer, "a question: items are changed each")
        if "as" in change.written and not field and change.for_each is None:
            raise refuse(change.at("as"), change.as_, "for_each, or an answer such as list.field")
        builder = FunctionBuilder(self._scope)
        if field:
            self._write_each(builder, change, question, self._scope.questions[code])
        elif change.for_each is not None:
            self._write_fold(builder, change, question, change.for_each)
        else:
            to = _fitted(builder.expression(change.to, change.at("to")), question, change)
            when = _condition(builder, builder, change)
            builder.write(f"return {to} if {when} else e.answers[{code!r}]")
        return _Change(code, field, builder.build())

    def _write_each(
        self,
        builder: FunctionBuilder,
        change: model.AnswerChange,
        question: Question,
        listed: Question,
    ) -> None:
        """A field of every item of a list."""
        item = Term("each", Type(Kind.RECORD, fields=listed.kind.fields))
        names = Nested(builder, {change.as_: item})
        to = _fitted(compiled(change.to, names, change.at("to")), question, change)
        when = _condition(builder, names, change)
        builder.write(f"return [{{**each, {question.code!r}: {to}}} if {when} else each")
        builder.write(f"        for each in e.answers[{listed.code!r}]]")

    def _write_fold(
        self,
        builder: FunctionBuilder,
        change: model.AnswerChange,
        question: Question,
        for_each: str,
    ) -> None:
        """The answer changed once for each item: a coefficient raised by every claim."""
        many = builder.expression(for_each, change.at("for_each"))
        if many.type.kind is not Kind.LIST:
            raise refuse(change.at("for_each"), many.type, "a list")
        builder.write(f"running = e.answers[{question.code!r}]")
        each = Term("each", Type(Kind.RECORD, fields=many.type.fields))
        names = Nested(builder, {change.as_: each, question.code: Term("running", question.kind)})
        to = _fitted(compiled(change.to, names, change.at("to")), question, change)
        when = _condition(builder, names, change)
        with builder.block(f"for each in {many.code}:"):
            builder.write(f"running = {to} if {when} else running")
        builder.write("return running")

    def _question(self, code: str, field: str, path: str) -> Question:
        known = self._scope.questions
        if code not in known:
            raise refuse(path, code, "a question", did_you_mean(code, known))
        if not field:
            return known[code]
        fields = {one.code: one for one in known[code].fields}
        if field not in fields:
            raise refuse(path, f"{code}.{field}", "a field of it", did_you_mean(field, fields))
        return fields[field]

    def findings(self, given: RatingInput) -> list[Finding]:
        return [finding for finding, run in self._rules if run(given)]

    def answers(self, given: RatingInput) -> dict[str, object]:
        """The answers of the next term, as they would be sent."""
        held = dict(given.answers)
        for change in self._changes:
            held[change.code] = change.run(given._replace(answers=held))
        return {
            code: write(self._scope.questions[code], value)
            for code, value in held.items()
            if value is not None
        }


def _condition(builder: FunctionBuilder, names: Names, change: model.AnswerChange) -> str:
    """Where the change is made: its own condition, and every look-up that it needs is there."""
    when = "True"
    if change.when is not None:
        term = compiled(change.when, names, change.at("when"))
        if term.type.kind is not Kind.BOOL:
            raise refuse(change.at("when"), term.type, "yes or no")
        when = term.code
    all_present = present(builder.sources)
    return f"({all_present}) and {when}" if all_present else when


def _fitted(term: Term, question: Question, change: model.AnswerChange) -> str:
    """The new answer at the question's scale, kept inside its bounds."""
    kind = question.kind
    same = term.type.kind is kind.kind or (kind.numeric and term.type.literal)
    if not same or (term.type.optional and not kind.optional):
        raise refuse(change.at("to"), term.type, str(kind))
    if not kind.numeric:
        return term.code
    code = at_scale(rounded(term, kind.scale, "half_up"), kind.scale)
    if kind.high is not None:
        code = f"min({code}, {int(kind.high.scaleb(kind.scale))})"
    if kind.low is not None:
        code = f"max({code}, {int(kind.low.scaleb(kind.scale))})"
    return code
