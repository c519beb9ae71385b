"""Migration: where a policy was before it came here, and how it stood on the day of the change."""

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from insurance.domain.core.money import Money
from insurance.domain.core.value import Value

SourceNumber = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z./_:+-]*$")
]
"""The number that the policy had there: people go on calling it by this."""


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
