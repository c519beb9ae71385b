"""Renewal: how a risk changes from one term to the next, and whom one would not renew."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from insurance.domain.product.definition.questions import Question, write
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.expression import Nested, compiled
from insurance.domain.product.language.function_builder import FunctionBuilder, present
from insurance.domain.product.language.kinds import Kind, Term, Type, at_scale
from insurance.domain.product.language.scope import RatingInput, Scope
from insurance.domain.product.language.terms import rounded
from insurance.domain.product.results import Finding


class _Change(NamedTuple):
    code: str
    field: str
    run: Callable[[RatingInput], Any]


class Renewals:
    """Changes are applied in their order, each on the answers that the one before it left."""

    def __init__(self, plain: Mapping[str, Any], scope: Scope) -> None:
        self._scope = scope
        self.invite_days: int = plain.get("invite_days", 21)
        self.fair: bool = bool(plain.get("fair", False))
        """Never dearer than the same risk would be as new business (UK home and motor)."""
        self._changes = [
            self._change(change, f"/renewal/changes/{place}")
            for place, change in enumerate(plain.get("changes", ()))
        ]
        self._rules = [
            self._rule(rule, f"/renewal/rules/{place}")
            for place, rule in enumerate(plain.get("rules", ()))
        ]

    def _rule(
        self, rule: Mapping[str, Any], path: str
    ) -> tuple[Finding, Callable[[RatingInput], Any]]:
        outcome = rule.get("outcome", "decline")
        if outcome not in {"decline", "refer", "inform"}:
            raise refuse(f"{path}/outcome", outcome, "decline, refer or inform")
        builder = FunctionBuilder(self._scope)
        when = builder.condition(rule["when"], f"{path}/when")
        asked = present(builder.sources)
        builder.write(f"return {asked} and {when}" if asked else f"return {when}")
        finding = Finding(
            rule["code"], outcome, rule["reason"], rule.get("authority", "underwriter")
        )
        return finding, builder.build()

    def _change(self, plain: Mapping[str, Any], path: str) -> _Change:
        """`answer` is a question, or `list.field`: then each item is changed in turn."""
        code, _, field = plain["answer"].partition(".")
        question = self._question(code, field, f"{path}/answer")
        builder = FunctionBuilder(self._scope)
        listed = self._scope.questions[code]
        item = plain.get("as", "item")
        if field:
            kind = Type(Kind.RECORD, fields=listed.kind.fields)
            self._each(builder, plain, question, path, (f"e.answers[{code!r}]", item, kind))
        elif "for_each" in plain:
            many = builder.expression(plain["for_each"], f"{path}/for_each")
            if many.type.kind is not Kind.LIST:
                raise refuse(f"{path}/for_each", many.type, "a list")
            self._fold(builder, plain, question, path, many)
        else:
            to = self._fitted(builder.expression(plain["to"], f"{path}/to"), question, path)
            when = self._when(builder, builder, plain, path)
            builder.write(f"return {to} if {when} else e.answers[{code!r}]")
        return _Change(code, field, builder.build())

    def _each(
        self,
        builder: FunctionBuilder,
        plain: Mapping[str, Any],
        question: Question,
        path: str,
        loop: tuple[str, str, Type],
    ) -> None:
        many, item, kind = loop
        names = Nested(builder, {item: Term("each", kind)})
        to = self._fitted(compiled(plain["to"], names, f"{path}/to"), question, path)
        when = self._when(builder, names, plain, path)
        builder.write(f"return [{{**each, {question.code!r}: {to}}} if {when} else each")
        builder.write(f"        for each in {many}]")

    def _fold(
        self,
        builder: FunctionBuilder,
        plain: Mapping[str, Any],
        question: Question,
        path: str,
        many: Term,
    ) -> None:
        """The answer changed once for each item: a coefficient raised by every claim."""
        builder.write(f"running = e.answers[{question.code!r}]")
        name = plain.get("as", "item")
        each = Term("each", Type(Kind.RECORD, fields=many.type.fields))
        names = Nested(builder, {name: each, question.code: Term("running", question.kind)})
        to = self._fitted(compiled(plain["to"], names, f"{path}/to"), question, path)
        when = self._when(builder, names, plain, path)
        with builder.block(f"for each in {many.code}:"):
            builder.write(f"running = {to} if {when} else running")
        builder.write("return running")

    def _when(
        self,
        builder: FunctionBuilder,
        names: FunctionBuilder | Nested,
        plain: Mapping[str, Any],
        path: str,
    ) -> str:
        when = "True"
        if "when" in plain:
            term = compiled(plain["when"], names, f"{path}/when")
            if term.type.kind is not Kind.BOOL:
                raise refuse(f"{path}/when", term.type, "yes or no")
            when = term.code
        asked = present(builder.sources)
        return f"({asked}) and {when}" if asked else when

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

    def _fitted(self, term: Term, question: Question, path: str) -> str:
        """The new answer at the question's scale, kept inside its bounds."""
        kind = question.kind
        same = term.type.kind is kind.kind or (kind.numeric and term.type.literal)
        if not same or (term.type.optional and not kind.optional):
            raise refuse(f"{path}/to", term.type, str(kind))
        if not kind.numeric:
            return term.code
        code = at_scale(rounded(term, kind.scale, "half_up"), kind.scale)
        if kind.high is not None:
            code = f"min({code}, {int(kind.high.scaleb(kind.scale))})"
        if kind.low is not None:
            code = f"max({code}, {int(kind.low.scaleb(kind.scale))})"
        return code

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
