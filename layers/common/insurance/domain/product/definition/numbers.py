"""Numbers: how the carrier of a product forms the numbers of its policies and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insurance.domain.contract.number import CheckScheme, NumberFormat
from insurance.domain.product.faults import refuse

if TYPE_CHECKING:
    from insurance.domain.product.definition import model

POLICY_PREFIX, CLAIM_PREFIX = "POL", "CLM"


class Numbers:
    """The formats of policy and claim numbers, and what a renewal does with its policy's.

    Raises:
        InvalidProduct: Policies and claims have the same prefix: a number would not say what it is of.
    """

    def __init__(self, numbers: model.Numbers) -> None:
        self.policy = _format(numbers.policy, POLICY_PREFIX)
        self.claim = _format(numbers.claim, CLAIM_PREFIX)
        self.renewals_keep_stem = numbers.renewal == "keep_stem"
        if self.policy.prefix == self.claim.prefix:
            at = numbers.at("claim/prefix")
            raise refuse(at, self.claim.prefix, "a prefix that differs from the policy's")


def _format(written: model.NumberFormat, prefix: str) -> NumberFormat:
    return NumberFormat(
        prefix=prefix if written.prefix is None else written.prefix,
        year=written.year,
        symbols=written.symbols,
        length=written.length,
        check=CheckScheme(written.check),
        separator=written.separator,
    )
