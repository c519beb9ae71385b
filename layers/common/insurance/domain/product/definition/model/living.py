"""The life of a policy as it is written: days, fees, notice, changes, instalments, renewal."""

from typing import Annotated, Literal

from insurance.domain.product.definition.model.part import (
    Code,
    Expression,
    Figure,
    Keywords,
    Part,
    Text,
    spelt_out,
)


class Notice(Part):
    jurisdiction: Annotated[str, Keywords(maxLength=20)]
    """Whose notice must be served before the insurer ends cover."""


class Cancellation(Part):
    """What a cancellation by somebody, for a reason, gives back."""

    by: Literal["policyholder", "insurer"]
    reason: Text | None = None
    """A row for one reason goes before the row for any."""
    method: Literal["pro_rata", "short_rate", "none", "formula"]
    fee: Figure = 0
    minimum_earned: Figure = 0
    """What is kept at least: a share up to 1, or an amount above."""
    retained: Figure = 0
    """A share of the unearned premium that is kept."""
    table: Code | None = None
    """A rate table, asked by days in force: the share of the term's price that is kept."""
    formula: Expression | None = None
    """The same share as an expression over `days_in_force` and `days_in_term`."""


class Adjustment(Part):
    """What a change in the middle of a term costs."""

    reprice_on: Literal["contract", "current"] = "contract"
    """The version that prices the change: the contract's, or the one that is sold now."""
    method: Literal["pro_rata", "none"] = "pro_rata"
    """`none`: its fee alone."""
    fee: Figure = 0
    rounding: Literal["sum", "line"] = "sum"
    """Whether the sum is rounded, or each line."""


class BrokerChange(Part):
    """Whose the commission is, once a policy passes to another broker in the middle of a term."""

    commission: Literal["by_time", "premium_due", "agreed"] = "by_time"
    """What moves to the new broker: what is for the time left, what is of premium not due before, or `share`."""
    share: Figure | None = None
    """Of `agreed`: the new broker's share of the commission for the time that is left, from 0 to 1."""
    share_min: Figure | None = None
    """Of `agreed`: the least share that a transfer may state instead; without it, `share`."""
    share_max: Figure | None = None
    """Of `agreed`: the largest share that a transfer may state instead; without it, `share`."""


class InstalmentPlan(Part):
    """A way to pay beside paying at once."""

    code: Code
    name: Text = ""
    count: Annotated[int, Keywords(minimum=1, maximum=366)]
    charge_rate: Figure = 0
    """Of the sum: the price of paying later."""
    odd_units: Literal["first", "last", "spread_last", "write_off"] = "first"
    """Which instalment takes what does not divide."""

    @property
    def title(self) -> str:
        return self.name or spelt_out(self.code)


class Life(Part):
    quote_validity_days: Annotated[int, Keywords(minimum=1, maximum=3660)] = 30
    cooling_off_days: Annotated[int, Keywords(minimum=0, maximum=3660)] = 14
    grace_days: Annotated[int, Keywords(minimum=0, maximum=3660)] = 0
    """How late premium may be before lapse is announced."""
    premium_set_off: bool = True
    """Whether overdue premium is deducted from what a claim pays the policyholder."""
    reinstatement_days: Annotated[int, Keywords(minimum=0, maximum=3660)] = 0
    """How long after its end cover may be brought back; 0: never."""
    notice: Notice | None = None
    cancellation: Annotated[tuple[Cancellation, ...], Keywords(maxItems=200)] = ()
    """Without a row for somebody nobody of that kind can cancel."""
    adjustment: Adjustment = Adjustment.nothing()
    broker_change: BrokerChange = BrokerChange.nothing()
    instalments: Annotated[tuple[InstalmentPlan, ...], Keywords(maxItems=200)] = ()


class AnswerChange(Part):
    """How an answer changes from one term to the next."""

    answer: Annotated[str, Keywords(pattern="^[a-z][a-z0-9_]{0,39}([.][a-z][a-z0-9_]{0,39})?$")]
    """A question, or `list.field`: then each item is changed."""
    to: Expression
    when: Expression | None = None
    for_each: Text | None = None
    """A list, for instance `claims`: the answer is changed once for each of its items."""
    as_: Code = "item"
    """What the item is called."""


class RenewalRule(Part):
    """A rule on which a renewal is not offered, referred or told of."""

    code: Code
    outcome: Literal["decline", "refer", "inform"] = "decline"
    when: Expression
    reason: Text
    authority: Text = "underwriter"


class Renewal(Part):
    invite_days: Annotated[int, Keywords(minimum=0, maximum=366)] = 21
    """How long before the term ends the next one is offered."""
    fair: bool = False
    """Never dearer than the same risk as new business (UK home and motor)."""
    changes: Annotated[tuple[AnswerChange, ...], Keywords(maxItems=200)] = ()
    rules: Annotated[tuple[RenewalRule, ...], Keywords(maxItems=200)] = ()
