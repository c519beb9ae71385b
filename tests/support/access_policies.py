"""An access policy that two people brought into force, over HTTP."""

from typing import Any

from insurance import wiring

from tests.support.calls import staff
from tests.support.platform import Platform

type Json = dict[str, Any]

SCOPES = "controls:write coverwright/controls:read"
WRITER, APPROVER = staff("ann", "operator", SCOPES), staff("ben", "compliance", SCOPES)


def policy_in_force(platform: Platform, code: str, *rules: Json) -> None:
    """Written by one person and approved by another; a minute has passed since."""
    path = f"/v1/access-policies/{code}"
    wanted = {"zone": "Europe/London", "rules": list(rules)}
    platform.post(f"{path}/draft", wanted, by=WRITER, clock=None)
    for step, by in (("submit", WRITER), ("approve", APPROVER)):
        told = {"step": step, "reason": "agreed"}
        platform.post(f"{path}/steps", told, by=by, clock=None, key=f"{code}-{step}")
    with platform.surroundings():
        wiring.stores().access_rules._known.clear()
