"""Complaints: from receipt to the final response, redress and the ombudsman."""

from insurance.domain.complaint.categories import Category, Outcome, RootCause
from insurance.domain.complaint.complaint import Complainant, Complaint, FinalResponse
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.complaint.lifecycle import Status, Step
from insurance.domain.complaint.redress import Redress, RedressDecision

__all__ = [
    "Category",
    "Complainant",
    "Complaint",
    "ComplaintEventType",
    "FinalResponse",
    "Outcome",
    "Redress",
    "RedressDecision",
    "RootCause",
    "Status",
    "Step",
]
