"""A product version as its author wrote it."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class ProductSource(NamedTuple):
    """The document, its tables and its scenarios."""

    document: Mapping[str, Any]
    """`product.json`, of the right shape: what strangers sent has passed `files.read_source`."""
    tables: Mapping[str, str]
    """CSV texts by the name of the table."""
    scenarios: object = None
    content: str = ""
    """The address that it was published under; empty for what is bundled."""
