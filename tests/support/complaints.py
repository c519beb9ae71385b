"""Complaints as the tests open them, and their handlers."""

from typing import Any

from tests.support.claims import issued
from tests.support.platform import Platform

type Json = dict[str, Any]


KIM, SVEN, COMPLIANCE, BANK = "complaints-test", "supervisor-test", "compliance-test", "bank-test"


def words(about: str, **changes: Any) -> Json:
    return {
        "about": about,
        "category": "delay",
        "complainant": "Ada Merton",
        "contact": "ada@example.com",
        "text": "Nobody rang back for three weeks.",
    } | changes


def opened(
    platform: Platform, about: str | None = None, *, by: str = "harbour-test", **changes: Any
) -> str:
    """The path of a new complaint."""
    body = words(about or issued(platform), **changes)
    complaint = platform.post("/v1/complaints", body, by=by)
    return f"/v1/complaints/{complaint['id']}"
