"""The tariff as it is written: steps over a running premium, charges on it, and rounding."""

from collections.abc import Mapping
from typing import Annotated, Literal

from insurance.domain.product.definition.model.part import (
    Code,
    Expression,
    Keywords,
    Part,
    Text,
    spelt_out,
)

type Refunded = Literal["pro_rata", "full", "none"]


class Rounding(Part):
    mode: Literal["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"] = "half_up"
    unit_minor: Annotated[int, Keywords(minimum=1, maximum=100_000)] = 1
    """In minor units: 5 where cash is rounded to 0.05."""
    place: Literal["total", "cover"] = "total"
    """Whether the net premium is rounded once, or each cover's."""


class ItemStep(Part):
    """A step for each item of a list; exactly one operation."""

    step: Code
    name: Text = ""
    when: Expression | None = None
    mode: Literal["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"] = "half_up"
    """Of `round`: the way of rounding."""
    base: Expression | None = None
    factor: Expression | None = None
    add: Expression | None = None
    load: Expression | None = None
    discount: Expression | None = None
    minimum: Expression | None = None
    maximum: Expression | None = None
    round: Annotated[int, Keywords(minimum=-6, maximum=12)] | None = None
    """Decimal places."""

    @property
    def title(self) -> str:
        return self.name or spelt_out(self.step)


class RatingStep(ItemStep):
    """A step of the tariff; exactly one operation."""

    cover: Code | None = None
    """The cover whose premium it works on, where that cover is in force."""
    covers: Annotated[tuple[Code, ...], Keywords(minItems=1, maxItems=60)] = ()
    """The covers whose premiums it works on; without them everything so far."""
    into: Code | None = None
    """Of `load`: the cover to which the load is posted."""
    for_each: Text | None = None
    """A list that is asked: `steps` are taken for each of its items."""
    as_: Code = "item"
    """What the item is called in `steps`."""
    steps: Annotated[tuple[ItemStep, ...], Keywords(minItems=1, maxItems=40)] = ()


class Charge(Part):
    """A tax, levy or fee: a rate on its base, or an amount."""

    code: Code
    kind: Literal["tax", "levy", "fee"] = "tax"
    name: Text = ""
    rate: Expression | None = None
    amount: Expression | None = None
    on: Annotated[tuple[Text, ...], Keywords(minItems=1, maxItems=20)] = ("net",)
    """What a rate is taken of: `net`, or charges before it."""
    when: Expression | None = None
    included: bool = False
    """Whether the net premium contains it, so that it is taken out."""
    refund: Literal["pro_rata", "full", "none"] | None = None
    """What a cancellation gives back; of a fee nothing, of the others pro rata, unless it is said."""

    @property
    def title(self) -> str:
        return self.name or self.code

    @property
    def refunded(self) -> Refunded:
        return self.refund or ("none" if self.kind == "fee" else "pro_rata")


class Rating(Part):
    shared_by: Annotated[
        Mapping[str, Annotated[int, Keywords(minimum=1, maximum=1_000_000)]],
        Keywords(maxProperties=60),
    ] = {}
    """Weights by which covers share one premium."""
    steps: Annotated[tuple[RatingStep, ...], Keywords(minItems=1, maxItems=200)]
    charges: Annotated[tuple[Charge, ...], Keywords(maxItems=40)] = ()
    commission: Expression | None = None
    """The producer's share of the net premium: reported, not added."""
