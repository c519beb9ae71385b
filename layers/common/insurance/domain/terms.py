"""What a contract says beside its price: the product it is of, its covers, what was found and imposed."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from insurance.domain.money import Money
from insurance.domain.value import Value

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


class ImposedTerms(Value):
    """What an underwriter demands for taking a referred risk."""

    load: Annotated[Decimal, Field(gt=-1, le=LOAD_MAX)] | None = None
    """A share of the net premium: 0.25 makes it a quarter dearer."""
    excess: Money | None = None
    """In place of every cover's own."""
    exclusions: tuple[str, ...] = ()
    """Codes of covers that are not given."""
