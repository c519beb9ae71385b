"""How long what a row says is kept after the end of its batch, where nobody erases it before."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from insurance.domain.intake.source import RowKind

KEPT_FOR: Final[Mapping[RowKind, timedelta]] = MappingProxyType(
    dict.fromkeys(RowKind, timedelta(days=30))
)
"""Our own standard for each kind: what was taken stands elsewhere, under the law's own periods (`jurisdiction/retention`),
and what was not taken is no record of insurance. GDPR, art. 5(1)(e): no longer than is needed."""
