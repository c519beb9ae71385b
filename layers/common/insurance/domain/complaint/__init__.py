"""Complaints: from the first word of displeasure to the final response, redress and the ombudsman."""

from insurance.domain.complaint.complaint import (
    Category,
    Complainant,
    Complaint,
    FinalResponse,
    Outcome,
    RootCause,
)
from insurance.domain.complaint.lifecycle import Status, Step

__all__ = [
    "Category",
    "Complainant",
    "Complaint",
    "FinalResponse",
    "Outcome",
    "RootCause",
    "Status",
    "Step",
]
