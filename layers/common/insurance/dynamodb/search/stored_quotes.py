"""Quotes as the search index gets them from their own table."""

from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import is_former_mark
from insurance.operations.delivery.ports import StoredFacts


def read_stored_quote(item: Item) -> StoredFacts | None:
    """What an item of the table holds, its personal facts still sealed; None: it is no quote."""
    if is_former_mark(item["id"]["S"]):
        return None
    return StoredFacts(
        id=item["id"]["S"],
        sequence=int(item["revision"]["N"]),
        facts=codec.unpack(item["body"]["B"]),
        sealed=item["sealed"]["B"] if "sealed" in item else b"",
    )
