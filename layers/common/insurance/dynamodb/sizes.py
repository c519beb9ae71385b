"""What fits into an item and into a transaction of DynamoDB."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from insurance.domain.core.errors import TooLargeToStore

ITEM_BYTES_MAX: Final = 390_000
"""Of the texts and bodies that a write stores in an item. DynamoDB takes 409,600 bytes; the rest is for
names, numbers and columns that stand there already."""
TRANSACTION_BYTES_MAX: Final = 3_900_000
"""Of the same in all writes of a transaction. DynamoDB takes 4 MB."""


def check_sizes(requests: Sequence[Mapping[str, Any]]) -> None:
    """Check that the writes of a transaction fit.

    Raises:
        TooLargeToStore: One does not fit into an item, or all of them into a transaction.
    """
    sizes = [_size(request) for request in requests]
    if max(sizes) > ITEM_BYTES_MAX:
        raise TooLargeToStore(max(sizes), ITEM_BYTES_MAX)
    if sum(sizes) > TRANSACTION_BYTES_MAX:
        raise TooLargeToStore(sum(sizes), TRANSACTION_BYTES_MAX)


def _size(request: Mapping[str, Any]) -> int:
    stored = request.get("Item") or request.get("ExpressionAttributeValues") or {}
    return sum(len(value.get("B") or value.get("S") or b"") for value in stored.values())
