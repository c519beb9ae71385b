"""Jurisdictions: what the law of a place asks of an insurer, as data."""

from insurance.domain.jurisdiction.jurisdiction import (
    JURISDICTIONS,
    Channel,
    Jurisdiction,
    NoticeKind,
    NoticeRule,
    local_midnight,
)

__all__ = [
    "JURISDICTIONS",
    "Channel",
    "Jurisdiction",
    "NoticeKind",
    "NoticeRule",
    "local_midnight",
]
