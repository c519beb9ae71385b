"""Jurisdictions: what the law of a place asks of an insurer, as data."""

from insurance.domain.jurisdiction.jurisdiction import (
    DeadlineRule,
    DispatchChannel,
    Jurisdiction,
    NoticeKind,
    NoticeRule,
    local_midnight,
)
from insurance.domain.jurisdiction.places import ELSEWHERE, JURISDICTIONS, jurisdiction_of

__all__ = [
    "ELSEWHERE",
    "JURISDICTIONS",
    "DeadlineRule",
    "DispatchChannel",
    "Jurisdiction",
    "NoticeKind",
    "NoticeRule",
    "jurisdiction_of",
    "local_midnight",
]
