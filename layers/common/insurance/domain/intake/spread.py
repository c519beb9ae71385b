"""How the values of a batch are spread, and what is said of it."""

from insurance.domain.core.value import Value
from insurance.domain.intake.document import Watch
from insurance.domain.intake.row import Action


class Drift(Value):
    """What a rule about a whole file found: its values are others than those of the batches before."""

    rule: str
    field: str
    watch: Watch
    action: Action
    measured: str
    """The index, the difference of shares, or how many codes are new."""
    codes: tuple[str, ...] = ()
    """New ones, of the mapping's own list."""


type Bins = dict[str, dict[str, int]]
"""How the values of watched fields are spread: rows by bin of a number, or by code. They tell nobody's value."""


def added_bins(first: Bins, second: Bins) -> Bins:
    """Both together."""
    return {
        field: {
            key: first.get(field, {}).get(key, 0) + second.get(field, {}).get(key, 0)
            for key in sorted(first.get(field, {}).keys() | second.get(field, {}).keys())
        }
        for field in sorted(first.keys() | second.keys())
    }
