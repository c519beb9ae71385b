"""The covers of a product: who can have them, up to how much, less how much."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from insurance.domain.contract.terms import CoverTerms
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.core.money import Currency, Money
from insurance.domain.product.definition import model
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.expression import mentions
from insurance.domain.product.language.function_builder import FunctionBuilder, present
from insurance.domain.product.language.kinds import at_scale
from insurance.domain.product.language.scope import NameScope, RatingInput
from insurance.domain.product.language.terms import rounded

COVERS_MAX: Final = 50


class CoverOnOffer(NamedTuple):
    """A cover as it is advertised, before anything is known of the risk."""

    code: str
    name: str
    optional: bool
    description: str
    section: str
    not_available: str
    """Why it cannot be had when its condition does not hold."""


class Covers:
    """Compiled: which covers can be had, and their limits and excesses."""

    def __init__(self, covers: Sequence[model.Cover], scope: NameScope) -> None:
        self.on_offer = tuple(
            CoverOnOffer(
                cover.code,
                cover.title,
                cover.optional,
                cover.description,
                cover.section,
                cover.not_available,
            )
            for cover in covers
        )
        self._optional = {cover.code: cover for cover in self.on_offer if cover.optional}
        self._notes = {cover.code: cover.excess_note for cover in covers}
        self.can_be_had = self._build_available(covers, scope)
        self._terms, self.on_loss = self._build_terms(covers, scope)

    def _build_available(
        self, covers: Sequence[model.Cover], scope: NameScope
    ) -> Callable[[RatingInput], Sequence[bool]]:
        """Whether each cover can be had; it can where a look-up that would say is missing."""
        builder = FunctionBuilder(scope)
        codes = []
        for cover in covers:
            if cover.when is None:
                codes.append("True")
                continue
            with builder.apart() as sources:
                code = builder.condition(cover.when, cover.at("when"))
            all_present = present(sources)
            codes.append(f"(not ({all_present}) or {code})" if all_present else code)
        builder.write(f"return ({', '.join(codes)},)")
        return builder.build()

    def _build_terms(
        self, covers: Sequence[model.Cover], scope: NameScope
    ) -> tuple[Callable[[RatingInput], Sequence[tuple[int | None, int | None]]], frozenset[str]]:
        """Limit and excess of each cover; an excess that asks about the loss is left to it."""
        builder = FunctionBuilder(scope)
        codes, on_loss = [], set()
        for cover in covers:
            limit = self._amount(builder, cover, "limit")
            excess = "None"
            asked_codes = {ask.code for ask in cover.claim.asks}
            if mentions(cover.excess, asked_codes | {"claimed", "loss", "cause", "item"}):
                on_loss.add(cover.code)
            else:
                excess = self._amount(builder, cover, "excess")
            codes.append(f"({limit}, {excess})")
        builder.write(f"return ({', '.join(codes)},)")
        return builder.build(), frozenset(on_loss)

    def _amount(self, builder: FunctionBuilder, cover: model.Cover, name: str) -> str:
        source = cover.limit if name == "limit" else cover.excess
        asked_codes = {ask.code for ask in cover.claim.asks}
        if source is None or mentions(source, asked_codes | {"item", "claimed", "cause"}):
            return "None"
        exponent = builder.scope.exponent
        with builder.apart() as sources:
            term = rounded(builder.amount(source, cover.at(name)), exponent, "half_up")
        code = at_scale(term, exponent)
        asked_first = present(sources)
        guard = f"{cover.code!r} in e.selected"
        if asked_first:
            guard += f" and {asked_first}"
        return f"({code} if {guard} else None)"

    def available(self, given: RatingInput) -> dict[str, bool]:
        return dict(zip((c.code for c in self.on_offer), self.can_be_had(given), strict=True))

    def choose(self, given: RatingInput, chosen: Sequence[str], *, lenient: bool) -> frozenset[str]:
        """The covers in force: those that belong to everybody, and the chosen that can be had.

        Raises:
            InvalidFields: A chosen cover does not exist, is not optional or, unless lenient, cannot
                be had.
        """
        available, optional = self.available(given), self._optional
        faults = []
        for place, code in enumerate(chosen):
            pointer = f"/covers/{place}"
            if code not in optional:
                hint = did_you_mean(str(code), optional)
                faults.append(FieldFault(pointer, "unknown", f"Not an optional cover. {hint}"))
            elif not available[code] and not lenient:
                faults.append(FieldFault(pointer, "not-available", optional[code].not_available))
        if faults:
            raise InvalidFields(faults)
        return frozenset(
            code
            for code, can in available.items()
            if can and (code not in optional or code in chosen)
        )

    def terms(
        self, given: RatingInput, currency: Currency, excess: Money | None
    ) -> tuple[CoverTerms, ...]:
        """The terms of the covers in force; an excess imposed replaces each cover's own."""
        found = []
        for cover, (limit, own) in zip(self.on_offer, self._terms(given), strict=True):
            if cover.code not in given.selected:
                continue
            own_excess = None if own is None else Money(amount=own, currency=currency)
            note = self._notes[cover.code]
            if excess is not None and (own is not None or cover.code in self.on_loss):
                own_excess, note = excess, "As imposed by the underwriter."
            found.append(
                CoverTerms(
                    code=cover.code,
                    name=cover.name,
                    limit=None if limit is None else Money(amount=limit, currency=currency),
                    excess=own_excess,
                    excess_note=note or None,
                )
            )
        return tuple(found)


def cover_codes(covers: Sequence[model.Cover]) -> list[str]:
    """The codes of covers, in their order.

    Raises:
        InvalidProduct: Two are the same, or there are none or too many.
    """
    codes: list[str] = []
    for cover in covers:
        if cover.code in codes:
            raise refuse(cover.at("code"), cover.code, "a code of its own")
        codes.append(cover.code)
    if not 0 < len(codes) <= COVERS_MAX:
        raise refuse("/covers", f"{len(codes)} covers", f"1 to {COVERS_MAX}")
    return codes
