"""Quotes as the search index gets them from their own table."""

from insurance.domain.quote.quote import Quote
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import is_former_mark
from insurance.dynamodb.kinds import AGGREGATE
from insurance.operations.delivery.ports import StoredFacts


def read_stored_quote(item: Item) -> StoredFacts | None:
    """What an item of the table holds, its personal facts still sealed; None: it is no quote."""
    if is_former_mark(item["id"]["S"]):
        return None
    item = AGGREGATE.current(item)
    return StoredFacts(
        id=item["id"]["S"],
        sequence=int(item["revision"]["N"]),
        facts=Quote.VERSIONS.current(codec.unpack(item["body"]["B"]), "quote"),
        sealed=item["sealed"]["B"] if "sealed" in item else b"",
    )
