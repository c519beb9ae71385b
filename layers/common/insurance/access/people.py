"""Persons who sign in through a portal: known by a fingerprint, never by name."""

from __future__ import annotations

import hashlib
import json
from typing import Literal


def person_id(mode: Literal["live", "test"], *, partner: str, issuer: str, subject: str) -> str:
    """The id of a subject of an issuer at a partner. The same subject elsewhere is another person."""
    who = json.dumps(["person", mode, partner, issuer, subject]).encode()
    prefix = "per_test_" if mode == "test" else "per_"
    return prefix + hashlib.sha256(who).hexdigest()[:32]


def developer_id(subject: str) -> str:
    """The id of a person of a partner's team, whom our own user pool knows by this subject."""
    return "dev_" + hashlib.sha256(json.dumps(["developer", subject]).encode()).hexdigest()[:32]
