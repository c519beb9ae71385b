"""Terms of a contract beside its price: product version, covers, findings and imposed terms."""

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
    """One version of one product, which never changes."""

    code: str
    version: str
    content: str = ""
    """The address of a published definition: the SHA-256 of its files. Empty: bundled with the code."""


class CoverTerms(Value):
    """One cover as it is sold: its limit, and the excess that the insured bears."""

    code: str
    name: str
    limit: Money | None = None
    excess: Money | None = None
    excess_note: str | None = None
    """In words, where the excess depends on the loss."""


class Finding(Value):
    """One result of underwriting: decline, refer, exclude, load or inform, and the reason."""

    code: str
    outcome: str
    reason: str
    authority: str = ""
    """Of a referral: the role that may accept it; empty: an underwriter."""
    expires_days: int | None = None
    """Of a referral: for how many days its acceptance is valid."""
    blocks: str = "quote"
    """Of a referral: the step that it blocks until it is decided: `quote`, `bind` or `issue`."""
    answered: bool = False
    """Of a referral: somebody with authority has accepted it."""

    @property
    def open(self) -> bool:
        return self.outcome == "refer" and not self.answered


class ImposedTerms(Value):
    """The terms on which an underwriter accepts a referred risk."""

    load: Annotated[Decimal, Field(gt=-1, le=LOAD_MAX)] | None = None
    """A share of the net premium: 0.25 adds a quarter."""
    excess: Money | None = None
    """In place of every cover's own."""
    exclusions: tuple[str, ...] = ()
    """Codes of excluded covers."""


class PastClaim(Value):
    """A claim of the term that ends, as the price of the next term takes account of it."""

    cover: str
    counts: bool
    paid: Money
    cause: str = ""
    fault: str = ""


class ProRata(StrEnum):
    """What the premium of a reinstatement depends on."""

    AMOUNT = "amount"
    """The reinstated part of the limit."""
    AMOUNT_AND_TIME = "amount_and_time"
    """The reinstated part of the limit, and the part of the term that remains at the loss."""
    NONE = "none"
    """The whole premium, as soon as anything of the limit is used."""


class Reinstatement(Value):
    """The terms on which a limit is reinstated for a premium after a loss has used it."""

    code: str
    """Of the limit."""
    name: str
    limit: Money
    """What is available at one time."""
    repeats: Annotated[int, Field(ge=1)]
    """How often it is reinstated."""
    rate: Decimal
    """Of the premium, for the whole limit."""
    pro_rata: ProRata
    cover: str | None = None
    """The cover whose premium counts; None: the policy's, where covers share the limit."""
    priced_at: AwareDatetime
    """The instant whose terms the loss was judged on: its price and its remaining time count."""

    def of_used(self, used: int) -> Money:
        """The amount that is reinstated when this much is used, in minor units."""
        return self.limit.replace(amount=min(used, self.limit.amount * self.repeats))

    def times(self, reinstated: Money) -> Fraction:
        """How many times the premium is owed for this amount, before the rate."""
        exact = Fraction(reinstated.amount, self.limit.amount)
        return Fraction(ceil(exact)) if self.pro_rata is ProRata.NONE else exact
