"""The claims side of a product: its covers' claim rules, authority, and the straight-through limit."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.period import Period
from insurance.domain.product.claims.assessment import Assessment, Loss
from insurance.domain.product.claims.cover_claims import CoverClaims
from insurance.domain.product.definition import model
from insurance.domain.product.definition.answers import read_answers
from insurance.domain.product.definition.questions import Question
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.scope import NameScope, RatingInput

TIMES_STRAIGHT_THROUGH: Final = 3
"""How many of the largest claims the claims on a policy are paid straight through, where the product names no
total."""


class Authority(NamedTuple):
    """Up to which total of a claim a role may decide on a type of cost. No row, no authority."""

    role: str
    cost_type: str
    limit: Money | None


class ClaimRules:
    """Each cover's clauses are compiled when it is first claimed on."""

    def __init__(self, definition: model.Definition, scope: NameScope, currency: Currency) -> None:
        self._scope, self._currency = scope, currency
        self._claims = claims = definition.claims
        self._covers = {cover.code: cover for cover in definition.covers}
        self._facts_of_all = frozenset(
            ask.code for cover in definition.covers for ask in cover.claim.asks
        )
        self._compiled: dict[str, CoverClaims] = {}
        self.straight_through_limit = self._money(
            claims.straight_through_limit, claims.at("straight_through_limit")
        )
        self.straight_through_total = self._money(
            claims.straight_through_total, claims.at("straight_through_total")
        ) or (
            self.straight_through_limit
            and self.straight_through_limit.times(Decimal(TIMES_STRAIGHT_THROUGH))
        )
        """What the claims on a policy are paid in a term without a second person."""
        self.authority = tuple(
            Authority(row.role, row.cost_type, self._money(row.limit, row.at("limit")))
            for row in claims.authority
        )
        self.recovery_deductible = claims.recovery.deductible
        """Who comes first when a third party pays."""

    def _money(self, major: Decimal | int | str | None, path: str) -> Money | None:
        if major is None:
            return None
        try:
            return Money.of(str(major), self._currency)
        except (ValueError, ArithmeticError):
            raise refuse(path, major, f"an amount in {self._currency}") from None

    def of(self, cover: str) -> CoverClaims:
        """A cover's compiled claim rules.

        Raises:
            InvalidFields: The product has no such cover.
            InvalidProduct: What the definition says of its claims cannot be compiled.
        """
        if cover not in self._covers:
            hint = did_you_mean(cover, self._covers)
            raise InvalidFields([FieldFault("/cover", "unknown", f"Not a cover. {hint}".strip())])
        if cover not in self._compiled:
            self._compiled[cover] = CoverClaims(
                self._covers[cover], self._claims, self._scope, self._currency, self._facts_of_all
            )
        return self._compiled[cover]

    def asks(self, cover: str) -> tuple[Question, ...]:
        """The facts that a claim on a cover must tell."""
        return self.of(cover).asks

    def check_days(self, cover: str, facts: Mapping[str, object], today: date) -> None:
        """Check that no fact speaks of a day that is still to come, where the cover asks for one that has passed.

        Raises:
            InvalidFields: One does, or is no day at all; or the product has no such cover.
        """
        asks = [ask.on(today) for ask in self.asks(cover) if ask.asks_past and ask.code in facts]
        read_answers(asks, {ask.code: facts[ask.code] for ask in asks}, at="/facts")

    def told(self, cover: str, facts: Mapping[str, Any], code: str) -> object:
        """A fact as it was told, or as the cover takes it where nobody said; None if it asks none."""
        asks = self.asks(cover) if cover in self._covers else ()
        default = next((ask.default for ask in asks if ask.code == code), None)
        return facts.get(code, default)

    def item_question(self, cover: str) -> Question | None:
        """The list that a claim on this cover names an item of, if it does."""
        return self._scope.questions.get(self.of(cover).item_list)

    def authority_of(self, role: str, cost_type: str = "indemnity") -> Authority | None:
        rows = (row for row in self.authority if (row.role, row.cost_type) == (role, cost_type))
        return next(rows, None)

    def assess(
        self, loss: Loss, given: RatingInput, period: Period, imposed: ImposedTerms | None
    ) -> Assessment:
        """Every rule a claim is held to, and what is payable."""
        return self.of(loss.cover).assess(loss, given, imposed, period)

    @property
    def for_life(self) -> bool:
        """Whether claims use a limit or deductible of a policy's whole life."""
        rows = [*self._claims.aggregates]
        for cover in self._covers.values():
            rows += cover.aggregates
        return any(row.per == "life" for row in rows)
