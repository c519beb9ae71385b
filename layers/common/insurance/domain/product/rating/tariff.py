"""A product's compiled tariff: steps, net premium, charges, total.

Every cover has an account, and there may be one that covers share. The net premium is rounded
once, then each charge on its base. What comes back holds every operand and every running value, so
the trace costs nothing until somebody asks for it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from insurance.domain.contract.premium import (
    CoverPremium,
    LineKind,
    LineRefund,
    Premium,
    PremiumLine,
    usual_refund,
)
from insurance.domain.core.money import Money, split
from insurance.domain.product.definition import model
from insurance.domain.product.faults import refuse
from insurance.domain.product.language.function_builder import FunctionBuilder
from insurance.domain.product.language.kinds import at_scale
from insurance.domain.product.language.scope import NameScope, RatingInput
from insurance.domain.product.language.terms import rounded
from insurance.domain.product.rating.accounts import SHARED, Chain
from insurance.domain.product.rating.rounding import PremiumRounding
from insurance.domain.product.rating.steps import StepWriter


class CompiledCharge(NamedTuple):
    """A charge as a price shows it."""

    kind: LineKind
    code: str
    name: str
    refund: LineRefund | None
    """None: what is usual for its kind."""
    rate_scale: int | None
    """None for a flat amount."""
    included: bool


class Tariff:
    """From a risk to a price.

    Raises:
        InvalidProduct: The first fault of its steps or charges.
    """

    def __init__(self, rating: model.Rating, scope: NameScope, rounding: PremiumRounding) -> None:
        self._rounding = rounding
        self.shared_by = _weights(rating, scope)
        self._charges: list[CompiledCharge] = []
        builder = FunctionBuilder(scope)
        chain = Chain(builder, builder)
        writer = StepWriter(scope, builder, self.shared_by)
        for step in rating.steps:
            writer.step(chain, step)
        if not chain.accounts:
            raise refuse(rating.at("steps"), "no base", "a first step with a base")
        self.slots = tuple(chain.slots)
        self.accounts = tuple(chain.accounts)
        self._finish(chain, rating)
        self.sources = frozenset(builder.sources)
        """The look-ups without which there is no price."""
        self.source = builder.source("e, num, den")
        self.run: Callable[[RatingInput, int, int], tuple[Any, ...]] = builder.build("e, num, den")

    def _finish(self, chain: Chain, rating: model.Rating) -> None:
        """Net premium, charges, total, in whole minor units."""
        builder, exponent = chain.builder, self._rounding.exponent
        scale = max(exponent, *(account.scale for account in chain.accounts.values()))
        parts = [account.at(scale) for account in chain.accounts.values()]
        builder.write(f"parts = ({', '.join(parts)},)")
        unit = f"{10 ** (scale - exponent) * self._rounding.unit} * den"
        mode = self._rounding.mode
        if self._rounding.by_cover:
            builder.write(f"parts = tuple({mode}(part * num, {unit}) for part in parts)")
            builder.write(f"net = sum(parts){self._rounding.raised}")
        else:
            whole = " + ".join(parts)
            builder.write(f"whole = ({whole}) * num")
            builder.write(f"unit = {unit}")
            builder.write(f"net = {self._rounding.code('whole', 'unit')}{self._rounding.raised}")
        lines = {"net": "net"}
        for charge in rating.charges:
            self._charge(builder, charge, lines)
        commission = "None"
        if rating.commission is not None:
            rate = builder.rate(rating.commission, rating.at("commission"))
            commission = f"{mode}(net * {rate.code}, {10**rate.type.scale})"
        amounts = ", ".join(lines[charge.code] for charge in self._charges)
        rates = ", ".join(f"r_{charge.code}" for charge in self._charges)
        total = " + ".join(lines.values())
        record = ", ".join(chain.record)
        builder.write(
            f"return net, ({amounts}{',' if amounts else ''}), ({rates}{',' if rates else ''}), "
            f"{total}, {commission}, parts, ({record},)"
        )

    def _charge(
        self, builder: FunctionBuilder, charge: model.Charge, lines: dict[str, str]
    ) -> None:
        """A tax, levy or fee: a rate on its base, or an amount."""
        code, rounding = charge.code, self._rounding
        if code in lines:
            raise refuse(charge.at("code"), code, "a code of its own")
        scale: int | None = None
        builder.write(f"c_{code} = 0; r_{code} = None")
        when = "True"
        if charge.when is not None:
            when = builder.condition(charge.when, charge.at("when"))
        with builder.block(f"if {when}:"):
            if charge.rate is not None and charge.amount is None:
                rate = builder.rate(charge.rate, charge.at("rate"))
                scale = rate.type.scale
                builder.write(f"r_{code} = {rate.code}")
                whole = f"({10**scale} + r_{code})" if charge.included else f"{10**scale}"
                builder.write(f"whole = {_base(charge, lines)} * r_{code}")
                builder.write(f"unit = {whole} * {rounding.unit}")
                builder.write(f"c_{code} = {rounding.code('whole', 'unit')}{rounding.raised}")
            elif charge.amount is not None and charge.rate is None:
                amount = builder.amount(charge.amount, charge.at("amount"))
                amount = rounded(amount, rounding.exponent, rounding.mode)
                builder.write(f"c_{code} = {at_scale(amount, rounding.exponent)}")
            else:
                expected = "one of rate and amount"
                raise refuse(charge.path, "a rate and an amount, or neither", expected)
            if charge.included:
                builder.write(f"net -= c_{code}")
        lines[code] = f"c_{code}"
        self._charges.append(_compiled(charge, code, scale))

    def premium(self, result: tuple[Any, ...], given: RatingInput) -> Premium:
        """A rating's result as money, the net premium shared out to its covers."""
        net, amounts, rates, total, commission, parts, _ = result
        currency = self._rounding.currency
        return Premium(
            net=Money(amount=net, currency=currency),
            lines=tuple(
                [
                    PremiumLine(
                        kind=charge.kind,
                        code=charge.code,
                        name=charge.name,
                        amount=Money(amount=charged, currency=currency),
                        refund=charge.refund,
                    )
                    for charge, charged, rate in zip(self._charges, amounts, rates, strict=True)
                    if rate is not None or charged
                ]
            ),
            by_cover=tuple(
                [
                    CoverPremium(cover=cover, amount=Money(amount=share, currency=currency))
                    for cover, share in self._by_cover(net, parts, given).items()
                ]
            ),
            total=Money(amount=total, currency=currency),
            commission=None if commission is None else Money(amount=commission, currency=currency),
        )

    def _by_cover(self, net: int, parts: Sequence[int], given: RatingInput) -> dict[str, int]:
        """The net premium by account, then the shared one by weight over the covers in force."""
        weights = [max(part, 0) for part in parts]
        shares = split(net, weights if any(weights) else [1, *(0 for _ in weights[1:])])
        by_cover: dict[str, int] = {}
        for account, share in zip(self.accounts, shares, strict=True):
            if account != SHARED:
                if account in given.selected or share:
                    by_cover[account] = by_cover.get(account, 0) + share
                continue
            held = {cover: w for cover, w in self.shared_by.items() if cover in given.selected}
            held = held if any(held.values()) else self.shared_by
            for cover, part in zip(held, split(share, list(held.values())), strict=True):
                by_cover[cover] = by_cover.get(cover, 0) + part
        return by_cover


def _base(charge: model.Charge, lines: Mapping[str, str]) -> str:
    """What a rate is taken of."""
    for place, base in enumerate(charge.on):
        if base not in lines:
            expected = f"net or a charge before: {[*lines]}"
            raise refuse(f"{charge.at('on')}/{place}", base, expected)
    return f"({' + '.join(lines[base] for base in charge.on)})"


def _weights(rating: model.Rating, scope: NameScope) -> dict[str, int]:
    for cover in rating.shared_by:
        if cover not in scope.covers:
            raise refuse(f"{rating.at('shared_by')}/{cover}", cover, "the code of a cover")
    return dict(rating.shared_by)


def _compiled(charge: model.Charge, code: str, rate_scale: int | None) -> CompiledCharge:
    kind, refund = LineKind(charge.kind), LineRefund(charge.refunded)
    return CompiledCharge(
        kind=kind,
        code=code,
        name=charge.title,
        refund=None if refund is usual_refund(kind) else refund,
        rate_scale=rate_scale,
        included=charge.included,
    )
