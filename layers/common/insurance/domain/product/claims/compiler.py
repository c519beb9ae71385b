"""Compiles what one cover says of claims: expressions over the policy, the facts and the loss."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from insurance.domain.core.money import Currency
from insurance.domain.product.definition import model
from insurance.domain.product.definition.questions import Question
from insurance.domain.product.faults import refuse
from insurance.domain.product.language import kinds
from insurance.domain.product.language.expression import mentions
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import BOOL, DATE, TEXT, Kind, Term, Type, at_scale
from insurance.domain.product.language.scope import NameScope, RatingInput
from insurance.domain.product.language.terms import expect, rounded

type Facts = dict[str, Any]
"""The facts of a claim, typed like answers, and the amounts known so far."""

type Figure = Callable[[RatingInput], int | None]
"""An amount in minor units; None where a look-up is missing."""

RESERVED: Final = frozenset(
    {"claimed", "loss", "limit", "excess", "item", "payee_is_stranger", "payee_other_claims"}
)
"""Names that a claim has of itself: no asked fact is called so."""


class ClaimCompiler:
    """The names of one cover's claims, and functions made of its expressions.

    Raises:
        InvalidProduct: A fact has a reserved code, or `item` is no list that is asked.
    """

    def __init__(
        self,
        cover: model.Cover,
        asks: tuple[Question, ...],
        scope: NameScope,
        currency: Currency,
        facts_of_all: frozenset[str],
    ) -> None:
        """`facts_of_all` are the facts that any cover of the product asks."""
        self.cover, self.asks, self.scope, self.currency = cover, asks, scope, currency
        self.names = self._names()
        self._foreign = facts_of_all - set(self.names)

    def _names(self) -> dict[str, Term]:
        """What a claim adds to the names: its facts, its item, and the amounts known so far."""
        cents, claim = kinds.money(self.currency.exponent), self.cover.claim
        names = {
            "claimed": Term("e.facts['claimed']", cents._replace(low=Decimal(0))),
            "loss": Term("e.facts['loss']", cents._replace(low=Decimal(0))),
            "limit": Term("e.facts['limit']", cents),
            "excess": Term("e.facts['excess']", cents),
            "cause": Term("e.facts['cause']", TEXT._replace(choices=claim.causes)),
            "occurred": Term("e.facts['occurred']", DATE._replace(optional=True)),
            "reported": Term("e.facts['reported']", DATE._replace(optional=True)),
            "payee_is_stranger": Term("e.facts['payee_is_stranger']", BOOL),
            "payee_other_claims": Term(
                "e.facts['payee_other_claims']", kinds.number(low=Decimal(0))
            ),
        }
        for ask in self.asks:
            if ask.code in RESERVED:
                raise refuse(claim.at("asks"), ask.code, "a code of its own")
            names[ask.code] = Term(f"e.facts[{ask.code!r}]", ask.kind)
        if claim.item is not None:
            listed = self.scope.questions.get(claim.item)
            if listed is None or listed.type != "list":
                raise refuse(claim.at("item"), claim.item, "a list that is asked")
            names["item"] = Term("e.facts['item']", Type(Kind.RECORD, fields=listed.kind.fields))
        return names

    def builder(self) -> FunctionBuilder:
        """A function that may name all that a claim knows."""
        return FunctionBuilder(self.scope, self.names)

    def is_foreign(self, source: object) -> bool:
        """Whether an expression of the whole product asks for a fact that only other covers ask."""
        return mentions(source, self._foreign)

    def amount(self, source: object, path: str, builder: FunctionBuilder | None = None) -> Figure:
        """An amount, rounded to the minor unit."""
        builder = builder or self.builder()
        exponent = self.currency.exponent
        term = rounded(builder.amount(source, path), exponent, "half_up")
        builder.finish(at_scale(term, exponent))
        return builder.build()

    def figure(self, name: str) -> Figure:
        """Limit or excess for this loss; None where the cover has none.

        A question of that name is meant where one is asked, as before there is a loss.
        """
        source = self.cover.limit if name == "limit" else self.cover.excess
        if source is None:
            return lambda given: None  # noqa: ARG005 - the form of a compiled function
        own = self.scope.own | ({"limit", "excess"} if name == "limit" else {name})
        names = {each: term for each, term in self.names.items() if each not in own}
        builder = FunctionBuilder(self.scope, names)
        return self.amount(source, self.cover.at(name), builder)

    def condition(self, source: object, path: str) -> Callable[[RatingInput], bool | None]:
        builder = self.builder()
        builder.finish(builder.condition(source, path))
        return builder.build()

    def day(self, source: object, path: str) -> Callable[[RatingInput], Any]:
        builder = self.builder()
        term = expect(builder.expression(source, path), (Kind.DATE,), path, "a date")
        builder.finish(term.code)
        return builder.build()
