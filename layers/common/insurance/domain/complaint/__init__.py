"""Complaints: from receipt to the final response, redress and the ombudsman."""

from insurance.domain.complaint.categories import Category, ComplaintOutcome, RootCause
from insurance.domain.complaint.complaint import Complainant, Complaint, FinalResponse
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.complaint.lifecycle import ComplaintStatus, Step
from insurance.domain.complaint.redress import Redress, RedressDecision

__all__ = [
    "Category",
    "Complainant",
    "Complaint",
    "ComplaintEventType",
    "ComplaintOutcome",
    "ComplaintStatus",
    "FinalResponse",
    "Redress",
    "RedressDecision",
    "RootCause",
    "Step",
]
