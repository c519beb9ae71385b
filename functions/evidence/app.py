"""Evidence: files that tell of a loss, taken in by a form, checked, cleaned, kept sealed and lent."""

from http import HTTPStatus
from typing import Annotated

from insurance import wiring
from insurance.api.body import Request
from insurance.api.fields import Code
from insurance.api.legacy_call import Call
from insurance.api.legacy_call import LegacyApi as Api
from insurance.api.views.evidence import (
    AskedEvidenceView,
    EvidenceListView,
    EvidenceView,
    LentEvidenceView,
)
from insurance.domain.evidence.media import BYTES_MAX, MediaType
from insurance.operations.claims.read_evidence import list_evidence, read_evidence
from insurance.operations.claims.take_evidence import (
    EvidenceOffered,
    ask_for_evidence,
    receive_evidence,
)
from insurance.operations.idempotency import RecordedAnswer
from pydantic import Field, StringConstraints

products, claims, receipts = wiring.products(), wiring.stores().claims, wiring.stores().receipts
files, scanner = wiring.objects("evidence"), wiring.scanner()

api = Api(receipts.find_replay)
handler = api.entrypoint()


class EvidenceRequest(Request):
    """A file that somebody has."""

    code: Code
    """What the cover asks for (a claim names it in `missing`), or `other`."""
    media_type: MediaType
    size_bytes: Annotated[int, Field(ge=1, le=BYTES_MAX)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    """What the file is called where it comes from."""

    def offered(self) -> EvidenceOffered:
        return EvidenceOffered(**dict(self))


class ReceiptRequest(Request):
    """The file was sent."""


@api.command(
    "/v1/claims/{claim_id}/evidence",
    scope="claims:write",
    status=HTTPStatus.CREATED,
    policyholders=True,
    summary="Announce a file: how to send it",
)
def post_evidence(
    claim_id: str, request: EvidenceRequest, call: Call
) -> AskedEvidenceView | RecordedAnswer:
    """The form takes this very file for ten minutes. Announced again, it is given a new one."""
    return call.once(
        lambda receipt: ask_for_evidence(
            claim_id,
            request.offered(),
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            objects=files,
            receipt=receipt,
        ),
        shows=lambda asked: AskedEvidenceView.to(call.caller, asked),
    )


@api.command(
    "/v1/claims/{claim_id}/evidence/{evidence_id}/receipt",
    scope="claims:write",
    policyholders=True,
    summary="Have a file that was sent read, checked and kept",
)
def post_receipt(
    claim_id: str, evidence_id: str, request: ReceiptRequest, call: Call
) -> EvidenceView | RecordedAnswer:
    return call.once(
        lambda receipt: receive_evidence(
            claim_id,
            evidence_id,
            expected_revision=call.expected_revision,
            caller=call.caller,
            products=products,
            claims=claims,
            objects=files,
            scanner=scanner,
            receipt=receipt,
        ),
        shows=lambda evidence: EvidenceView.to(call.caller, evidence),
    )


@api.query(
    "GET",
    "/v1/claims/{claim_id}/evidence",
    scope="claims:read",
    policyholders=True,
    summary="List the evidence of a claim",
)
def get_evidence_of_claim(claim_id: str, call: Call) -> EvidenceListView:
    found = list_evidence(claim_id, caller=call.caller, claims=claims)
    return EvidenceListView(items=[EvidenceView.to(call.caller, each) for each in found])


@api.query(
    "GET",
    "/v1/claims/{claim_id}/evidence/{evidence_id}",
    scope="claims:read",
    policyholders=True,
    summary="Read evidence: what became of it, and a link to the file",
)
def get_evidence(claim_id: str, evidence_id: str, call: Call) -> LentEvidenceView:
    lent = read_evidence(
        claim_id,
        evidence_id,
        caller=call.caller,
        claims=claims,
        objects=files,
        now=call.received_at,
    )
    return LentEvidenceView.to(call.caller, lent)
