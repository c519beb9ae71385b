"""Scenes of documents: one HTTP event each."""

import hashlib
from collections.abc import Iterator

from insurance.domain.core import identity
from insurance.scanning import EICAR

from tests.artefact.scenes.common import (
    CLAIM,
    CLAIMED_AT,
    HARBOUR,
    ISSUED,
    MEADOW,
    NOTIFIED,
    PET_CLAIM,
    PET_NOTIFIED,
    POLICY,
    Json,
    Scene,
)
from tests.support.hostile_pdfs import SCRIPT, pdf_of
from tests.support.pictures import photograph


def documents_scenes() -> Iterator[Scene]:
    """Ids and stored files hang on the party's key, links on the moment; the files are the same."""
    make, listed = (
        "POST /v1/policies/{policy_id}/documents",
        "GET /v1/policies/{policy_id}/documents",
    )
    policy: Json = {"variables": {"policy_id": POLICY}, "at": "2027-02-03T09:00:00Z"}
    varies = ("/body/document/id", "/body/document/stored_sha256", "/body/link")
    schedule = {"kind": "schedule", "as_at": "2027-01-01T00:00:00Z"}
    yield Scene("documents/schedule", make, HARBOUR, schedule, ISSUED, varies=varies, **policy)
    made = (*ISSUED, "documents/schedule")
    yield Scene("documents/schedule_again", make, HARBOUR, schedule, made, varies=varies, **policy)
    endorsed = (*ISSUED, "policy_servicing/endorse")
    known = {**schedule, "known_at": "2026-12-01T00:00:00Z"}
    yield Scene(
        *("documents/schedule_as_known", make, HARBOUR, known, endorsed), varies=varies, **policy
    )
    for kind, given in (
        ("certificate", ISSUED),
        ("endorsement_letter", endorsed),
        ("cancellation_letter", (*ISSUED, "policy_servicing/cancel")),
        ("notice_letter", (*ISSUED, "policy_servicing/give_notice")),
        ("renewal_letter", (*ISSUED, "policy_servicing/renew")),
    ):
        letter = {"kind": kind, "as_at": schedule["as_at"]}
        asked = policy | ({"at": "2027-11-16T09:00:00Z"} if kind == "renewal_letter" else {})
        yield Scene(f"documents/{kind}", make, HARBOUR, letter, given, varies=varies, **asked)
    nothing = "documents/letter_about_nothing"
    yield Scene(nothing, make, HARBOUR, {"kind": "cancellation_letter"}, ISSUED, **policy)
    of_each = ("/body/items/*/id", "/body/items/*/stored_sha256")
    yield Scene("documents/list", listed, HARBOUR, None, made, varies=of_each, **policy)
    yield Scene("documents/list_of_another_partner", listed, MEADOW, None, made, **policy)
    unknown = {"document_id": f"doc_{POLICY.partition('_')[2]}" + "0" * 10}
    yield Scene(
        *("documents/read_unknown", f"{listed}/{{document_id}}", HARBOUR, None, made),
        variables={**policy["variables"], **unknown},
        at=policy["at"],
    )


def evidence_scenes() -> Iterator[Scene]:
    """A photograph that is kept, a file that is not, one that never comes. Forms and links vary."""
    ask = "POST /v1/claims/{claim_id}/evidence"
    listed, one = "GET /v1/claims/{claim_id}/evidence", f"{ask}/{{evidence_id}}"
    read, take = one.replace("POST", "GET"), f"{one}/receipt"
    claim: Json = {"variables": {"claim_id": CLAIM}, "at": CLAIMED_AT}
    first: Json = claim | {
        "variables": {"claim_id": CLAIM, "evidence_id": identity.evidence_id_for(CLAIM, 1)}
    }
    form: Json = {"varies": ("/body/upload",)}

    def offer(file: bytes, media_type: str, **about: str) -> Json:
        digest = hashlib.sha256(file).hexdigest()
        told = {"code": "other", "media_type": media_type, "size_bytes": len(file)}
        return told | {"sha256": digest} | about

    photo, bad = photograph(), b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n"
    named = offer(photo, "image/jpeg", name="bumper.jpg")
    asked = (*NOTIFIED, "evidence/ask")
    yield Scene("evidence/ask", ask, HARBOUR, named, NOTIFIED, sends=photo, **claim, **form)
    nothing = offer(photo, "image/jpeg", code="poem")
    yield Scene("evidence/ask_of_an_unknown_kind", ask, HARBOUR, nothing, NOTIFIED, **claim)
    yield Scene("evidence/receive", take, HARBOUR, {}, asked, **first)
    received = (*asked, "evidence/receive")
    yield Scene("evidence/list", listed, HARBOUR, None, received, **claim)
    link: Json = {"varies": ("/body/link",)}
    yield Scene("evidence/read", read, HARBOUR, None, received, **first, **link)
    yield Scene("evidence/read_of_another_partner", read, MEADOW, None, received, **first)
    of_pet: Json = claim | {"variables": {"claim_id": PET_CLAIM}}
    published = "evidence/ask_on_a_published_product"
    yield Scene(published, ask, HARBOUR, named, PET_NOTIFIED, **of_pet, **form)
    late = offer(bad, "application/pdf", name="estimate.pdf")
    promised = "evidence/ask_and_send_nothing"
    yield Scene(promised, ask, HARBOUR, late, NOTIFIED, **claim, **form)
    yield Scene("evidence/receive_nothing", take, HARBOUR, {}, (*NOTIFIED, promised), **first)
    infected = "evidence/ask_and_send_malware"
    yield Scene(infected, ask, HARBOUR, late, NOTIFIED, sends=bad, **claim, **form)
    yield Scene("evidence/receive_malware", take, HARBOUR, {}, (*NOTIFIED, infected), **first)
    for kind, file in (("pdf", pdf_of()), ("script", pdf_of(b"/OpenAction" + SCRIPT))):
        told, announced = offer(file, "application/pdf"), f"evidence/ask_and_send_{kind}"
        yield Scene(announced, ask, HARBOUR, told, NOTIFIED, sends=file, **claim, **form)
        given = (*NOTIFIED, announced)
        yield Scene(f"evidence/receive_{kind}", take, HARBOUR, {}, given, **first)
