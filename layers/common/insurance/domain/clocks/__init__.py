"""Regulators' clocks: what must be done by when, as each jurisdiction has it."""

from insurance.domain.clocks.clock import Clock, next_due, overdue, ticking
from insurance.domain.clocks.jurisdictions import jurisdiction_of

__all__ = ["Clock", "jurisdiction_of", "next_due", "overdue", "ticking"]
