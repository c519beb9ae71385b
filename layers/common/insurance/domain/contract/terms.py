"""What a contract says beside its price: the product it is of, its covers, what was found and imposed."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Annotated

from pydantic import AwareDatetime, Field

from insurance.domain.core.money import Money
from insurance.domain.core.value import Value

LOAD_MAX = Decimal(10)


class ProductRef(Value):
    """One version of one product: what it says never changes."""

    code: str
    version: str
    content: str = ""
    """The address of a published definition: the SHA-256 of its files. Empty: bundled with the code."""


class CoverTerms(Value):
    """One cover as it is sold: what it pays up to, and what stays with the insured."""

    code: str
    name: str
    limit: Money | None = None
    excess: Money | None = None
    excess_note: str | None = None
    """In words, where the excess depends on the loss."""


class Finding(Value):
    """What underwriting found: whether it declines, refers, excludes, loads or informs, and why."""

    code: str
    outcome: str
    reason: str
    authority: str = ""
    """Of a referral: the role of whoever may take it on."""
    expires_days: int | None = None
    """Of a referral: how long its acceptance stands."""
    blocks: str = "quote"
    """Of a referral: the step that it holds up until it is decided: `quote`, `bind` or `issue`."""
    answered: bool = False
    """Of a referral: somebody with authority has taken the risk in spite of it."""

    @property
    def open(self) -> bool:
        return self.outcome == "refer" and not self.answered


class ImposedTerms(Value):
    """What an underwriter demands for taking a referred risk."""

    load: Annotated[Decimal, Field(gt=-1, le=LOAD_MAX)] | None = None
    """A share of the net premium: 0.25 makes it a quarter dearer."""
    excess: Money | None = None
    """In place of every cover's own."""
    exclusions: tuple[str, ...] = ()
    """Codes of covers that are not given."""


class ProRata(StrEnum):
    """What the premium of a reinstatement goes by."""

    AMOUNT = "amount"
    """So much of it as is reinstated of the limit, whenever that is."""
    AMOUNT_AND_TIME = "amount_and_time"
    """The same, for the part of the term that is left at the loss."""
    NONE = "none"
    """All of it, as soon as anything is used of the limit."""


class Reinstatement(Value):
    """The terms on which a limit that a loss used stands again, for a premium."""

    code: str
    """Of the limit."""
    name: str
    limit: Money
    """As it stands at once."""
    repeats: Annotated[int, Field(ge=1)]
    """How often it is reinstated."""
    rate: Decimal
    """Of the premium, for the whole limit."""
    pro_rata: ProRata
    cover: str | None = None
    """Whose premium; None: the policy's, where covers share the limit."""
    priced_at: AwareDatetime
    """The moment on whose terms the loss was judged: its price rules, and the time left then."""

    def of_used(self, used: int) -> Money:
        """What is reinstated when so much is used, in minor units."""
        return self.limit.replace(amount=min(used, self.limit.amount * self.repeats))

    def times(self, reinstated: Money) -> Fraction:
        """How many times the premium is owed for this, before its rate."""
        exact = Fraction(reinstated.amount, self.limit.amount)
        return Fraction(ceil(exact)) if self.pro_rata is ProRata.NONE else exact
