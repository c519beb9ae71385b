"""Where the record of a party came from."""

from insurance.domain.core.value import Value


class PartyOrigin(Value):
    """The row of a file that a party came by."""

    source: str
    version: int
    """Of the source's mapping."""
    batch_id: str
    row: int
    """Its place in the file."""
