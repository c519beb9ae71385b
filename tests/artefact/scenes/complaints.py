"""Scenes of complaints: one HTTP event each."""

from collections.abc import Iterator

from insurance.domain.core import identity

from tests.artefact.scenes.common import (
    BANK,
    CLAIM,
    CLAIMED_AT,
    COMPLIANCE,
    HANDLER,
    HARBOUR,
    ISSUED,
    KIM,
    NOTIFIED,
    POLICY,
    REDRESS,
    SUPERVISOR,
    UNKNOWN,
    Json,
    Scene,
)


def complaints_scenes() -> Iterator[Scene]:
    """One complaint about the claim, from its receipt to redress that the bank has paid."""
    complaint = identity.new_complaint_id(CLAIM, HARBOUR["principal"], "complain")
    redress, path = identity.redress_id_for(complaint, 1), "/v1/complaints/{complaint_id}"
    later: Json = {"at": CLAIMED_AT}
    one: Json = {"variables": {"complaint_id": complaint}, **later}
    words = {
        "about": CLAIM,
        "category": "delay",
        "complainant": "Ada Merton",
        "contact": "ada.merton@example.com",
        "text": "Nobody has rung me back for three weeks.",
    }
    post, received = "POST /v1/complaints", (*NOTIFIED, "complaints/complain")
    yield Scene("complaints/complain", post, HARBOUR, words, NOTIFIED, **later)
    nothing = {**words, "about": UNKNOWN}
    yield Scene("complaints/complain_of_nothing", post, HARBOUR, nothing, **later)
    of_policy = {**words, "about": POLICY, "category": "price"}
    yield Scene("complaints/complain_of_a_policy", post, HARBOUR, of_policy, ISSUED, **later)
    yield Scene("complaints/read", f"GET {path}", HARBOUR, None, received, **one)
    steps: tuple[tuple[str, str, Json, Json], ...] = (
        ("acknowledge", "acknowledgement", KIM, {}),
        ("investigate", "investigation", KIM, {}),
        ("redress", "redress", KIM, REDRESS),
        (
            "approve_redress",
            "redress/{redress_id}/approval",
            SUPERVISOR,
            {"decision": "approve", "reason": "As we do for such delays."},
        ),
        (
            "respond",
            "final-response",
            KIM,
            {"text": "We are sorry.", "outcome": "upheld", "root_cause": "process"},
        ),
    )
    given: tuple[str, ...] = received
    for name, ending, caller, body in steps:
        both = {"complaint_id": complaint}
        if "{redress_id}" in ending:
            both["redress_id"] = redress
        yield Scene(
            *(f"complaints/{name}", f"POST {path}/{ending}", caller, body, given),
            variables=both,
            **later,
        )
        given = (*given, f"complaints/{name}")
    report = {
        "instruction_id": redress,
        "outcome": "paid",
        "bank_reference": "BK-20270118-0017",
        "executed_at": "2027-01-18T10:00:00Z",
    }
    told = "POST /v1/bank-reports"
    yield Scene("payment_execution/report_redress_paid", told, BANK, report, given, **later)
    paid = (*given, "payment_execution/report_redress_paid")
    close = {"reason": "accepted"}
    yield Scene("complaints/close", f"POST {path}/closure", KIM, close, paid, **one)
    closed = (*paid, "complaints/close")
    again = {"reason": "The cheque never came."}
    yield Scene("complaints/reopen", f"POST {path}/reopening", KIM, again, closed, **one)
    ombudsman = {"reference": "FOS-2027-0042"}
    yield Scene(
        "complaints/refer", f"POST {path}/ombudsman-referral", KIM, ombudsman, closed, **one
    )
    early = "complaints/refer_too_early"
    yield Scene(early, f"POST {path}/ombudsman-referral", KIM, ombudsman, received, **one)
    yield from complaint_desk_scenes(complaint, redress)


def complaint_desk_scenes(complaint: str, redress: str) -> Iterator[Scene]:
    """Beside the straight way: who has it, notes, a payee on the list, the register."""
    path, received = "/v1/complaints/{complaint_id}", (*NOTIFIED, "complaints/complain")
    later: Json = {"at": CLAIMED_AT}
    one: Json = {"variables": {"complaint_id": complaint}, **later}
    mine = {"handler": KIM["claims"]["sub"]}
    yield Scene("complaints/assign", f"POST {path}/assignment", KIM, mine, received, **one)
    note = {"text": "Rang her; she will send the dates."}
    yield Scene("complaints/note", f"POST {path}/notes", KIM, note, received, **one)
    noted = (*received, "complaints/note")
    yield Scene("complaints/internal", f"GET {path}/internal", KIM, None, noted, **one)
    listed = {**REDRESS, "name": "Viktor Malenkov-Drago"}
    looked_into = (*received, "complaints/acknowledge", "complaints/investigate")
    yield Scene(
        *("complaints/redress_listed", f"POST {path}/redress", KIM, listed, looked_into), **one
    )
    suspect = (*looked_into, "complaints/redress_listed")
    both = {"complaint_id": complaint, "redress_id": redress}
    agreed = {"decision": "approve", "reason": "As we do for such delays."}
    yield Scene(
        "complaints/approve_listed",
        f"POST {path}/redress/{{redress_id}}/approval",
        SUPERVISOR,
        agreed,
        suspect,
        both,
        **later,
    )
    cleared = {"decision": "clear", "reason": "Born in another year."}
    yield Scene(
        "complaints/clear",
        f"POST {path}/redress/{{redress_id}}/screening",
        COMPLIANCE,
        cleared,
        (*suspect, "complaints/approve_listed"),
        both,
        **later,
    )
    month: Json = {"query": {"month": "2027-01"}, **later}
    register = "GET /v1/complaint-register"
    yield Scene("complaints/register", register, KIM, None, received, **month)
    yield Scene("complaints/register_csv", f"{register}/export", KIM, None, received, **month)
    nobody = "complaints/register_without_the_scope"
    yield Scene(nobody, register, HANDLER, None, received, **month)
    yield Scene(
        *("work_list/complaints_handler", "GET /v1/work-items", KIM, None, received),
        query={"role": "complaints_handler"},
        **later,
    )
