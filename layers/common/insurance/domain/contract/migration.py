"""Migration: where a policy was before it came here, and how it stood on the day of the change."""

from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.contract.premium import Premium
from insurance.domain.contract.terms import CoverTerms
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value

CHANGES_MAX: Final = 20
SourceNumber = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z./_:+-]*$")
]
"""The number that the policy had there: people go on calling it by this."""


class MigratedChange(Value):
    """An endorsement that a policy had there."""

    effective_at: AwareDatetime
    options: tuple[str, ...]
    looked_up: dict[str, Any]
    covers: tuple[CoverTerms, ...]
    premium: Premium
    """From then on, for a whole term."""
    charged: Premium
    """What was charged for it, or given back."""


class Migration(Value):
    """What a policy brings along from the system that it comes from."""

    source: str
    """The source of data that it came by."""
    batch_id: str
    number: SourceNumber
    issued_at: AwareDatetime
    """When it was first issued."""
    cut_over_at: AwareDatetime
    """From when our books have it: what was paid, and the taxes and commission that were settled, are the old ones'."""
    plan: str
    """The plan by which it is paid."""
    paid: Money
    """Premium that came in before."""
    changes: Annotated[tuple[MigratedChange, ...], Field(max_length=CHANGES_MAX)] = ()
    """Of a policy that waits for its cut-over: the endorsements that it had, in order of effect."""
    brought: int = 0
    """Of a policy that is ours: how many of its transactions it brought along."""
