"""Scenes of the audit: roots, the proof of an event, and the search for broken links."""

from collections.abc import Iterator

from tests.artefact.scenes.common import (
    AUDITOR,
    FINANCE,
    HARBOUR,
    MEADOW,
    PAID,
    POLICY,
    ROOTS_MADE,
    TOLD,
    Json,
    Scene,
)


def signed(place: str) -> tuple[str, ...]:
    """What differs from one signing to the next, and from one stored shape to another: the day, and what is hashed."""
    return (
        *(f"{place}/document/{name}" for name in ("day", "previous", "root")),
        *(f"{place}/{name}" for name in ("signature", "public_key")),
    )


def audit_scenes() -> Iterator[Scene]:
    """A root was made of what happened to a policy and its claim."""
    told: Json = {"given": (*PAID, TOLD, ROOTS_MADE)}
    roots, checked = "GET /v1/audit/roots", "GET /v1/audit/verification"
    yield Scene("audit/roots", roots, HARBOUR, varies=signed("/body/items/*"), **told)
    yield Scene("audit/verified", checked, AUDITOR, **told)
    yield Scene("audit/verified_policy", checked, AUDITOR, query={"stream": POLICY}, **told)
    yield Scene("audit/verified_nothing", checked, AUDITOR, query={"stream": POLICY})
    yield Scene("audit/verified_without_the_role", checked, FINANCE)
    proof = "GET /v1/events/{stream}/{sequence}/proof"
    one: Json = {"variables": {"stream": POLICY, "sequence": "1"}}
    hashed = tuple(f"/body/{name}" for name in ("hash", "content", "leaf", "event_path", "path"))
    varies = (*hashed, *signed("/body/root"))
    yield Scene("audit/proof", proof, HARBOUR, varies=varies, **one, **told)
    yield Scene("audit/proof_of_another", proof, MEADOW, **one, **told)
    yield Scene("audit/proof_too_early", proof, HARBOUR, given=PAID, **one)
