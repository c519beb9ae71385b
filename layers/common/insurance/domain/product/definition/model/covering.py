"""The covers of a product, and the rules on which a risk is accepted."""

from typing import Annotated, Literal

from insurance.domain.product.definition.model.claiming import Aggregate, CoverClaim, Trigger
from insurance.domain.product.definition.model.part import (
    Code,
    Expression,
    Keywords,
    Part,
    Text,
    spelt_out,
)


class Cover(Part):
    """One cover: who can have it, up to how much, less how much, and how it is claimed on."""

    code: Code
    name: Text = ""
    description: Text = ""
    section: Text = ""
    """The heading that it stands under in documents."""
    optional: bool = False
    """Whether the customer chooses it; others belong to every policy."""
    when: Expression | None = None
    """Who can have it."""
    not_available: Text = "This cover is not available for these answers."
    """What is said to somebody who chooses it and cannot have it."""
    limit: Expression | None = None
    excess: Expression | None = None
    excess_note: Text = ""
    """What is said of an excess that depends on the loss."""
    waiting_days: Expression | None = None
    """Days for which the cover is held before it pays."""
    waiting_count: Literal["calendar", "business"] | None = None
    """Which days are waited; `calendar` unless it is said."""
    waiting_from: Literal["cover", "policy"] | None = None
    """From when: when the cover was added (the default), or the policy's first term began."""
    trigger: Trigger | None = None
    """What must fall in the term; without it, what the product's claims say."""
    retroactive_date: Expression | None = None
    """Nothing that happened before it is covered."""
    extended_reporting_days: Annotated[int, Keywords(minimum=0, maximum=3660)] = 0
    """Of a cover on claims made: how long after the term a claim may still be made."""
    wording: Text = ""
    """The clause of the wording that a refusal cites."""
    aggregates: Annotated[tuple[Aggregate, ...], Keywords(maxItems=20)] = ()
    """Limits and deductibles that the claims on this cover share."""
    claim: CoverClaim = CoverClaim.nothing()

    @property
    def title(self) -> str:
        return self.name or spelt_out(self.code)


class UnderwritingRule(Part):
    """One rule on which a risk is declined, referred, priced or told of."""

    code: Code
    outcome: Literal["decline", "refer", "exclude", "load", "inform"]
    when: Expression
    reason: Text
    authority: Text = "underwriter"
    """The role that may accept a referral."""
    priority: Annotated[int, Keywords(minimum=-1000, maximum=1000)] = 0
    """Findings are shown from the highest to the lowest."""
    blocks: Literal["quote", "bind", "issue"] = "quote"
    """The step that a referral holds up until it is decided."""
    expires_days: Annotated[int, Keywords(minimum=1, maximum=3660)] | None = None
    """How long a decision on the referral holds."""
    covers: Annotated[tuple[Code, ...], Keywords(minItems=1, maxItems=60)] = ()
    """Of `exclude`: the covers that are not given."""
    load: Expression | None = None
    """Of `load`: the share that comes on top of the net premium."""
