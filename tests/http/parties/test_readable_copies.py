"""An erasure takes back what was given out behind links: documents, evidence and exports, at once."""

from typing import Any

from tests.support import loopback
from tests.support.backend import Backend
from tests.support.calls import BANK, LOSS_CLOCK, PRIVACY
from tests.support.evidence import sent
from tests.support.personal_data import found_in
from tests.support.pictures import photograph
from tests.support.platform import Platform

LONG_AFTER = "2045-01-01T00:00:00Z"
"""When no rule of retention keeps anything of these policies."""


def settled_with_evidence(handlers: Platform) -> tuple[Any, str]:
    """A paid claim, and the path of its file."""
    claim = handlers.notified()
    path = f"/v1/claims/{claim['id']}"
    evidence = sent(handlers, f"{path}/evidence", photograph())
    settled = handlers.post(f"{path}/settlement", clock=LOSS_CLOCK)
    report = {
        "instruction_id": settled["payments"][0]["instruction_id"],
        "outcome": "paid",
        "bank_reference": "BK-1",
        "executed_at": "2027-01-11T10:00:00Z",
    }
    handlers.post("/v1/bank-reports", report, by=BANK, clock=LOSS_CLOCK)
    return claim, f"{path}/evidence/{evidence['id']}"


def given_out(handlers: Platform, claim: Any, evidence: str) -> list[str]:
    """Links to a document, the claim's file, and both files of an export."""
    party = f"/v1/parties/{claim['policy_id'].replace('pol_', 'pty_')}"
    handlers.post(f"{party}/data-requests", {"kind": "access"}, clock=LOSS_CLOCK)
    export = {"request": 1, "proof": "identity_document", "reference": "passport"}
    made = handlers.call("POST", f"{party}/data-exports", export, by=PRIVACY, clock=LOSS_CLOCK)
    documents = f"/v1/policies/{claim['policy_id']}/documents"
    return [
        handlers.call("GET", evidence).body["link"]["url"],
        handlers.post(documents, {"kind": "schedule"})["link"]["url"],
        *(file["url"] for file in made.body["files"]),
    ]


def test_links_read_nothing_any_more_once_the_person_was_erased(
    handlers: Platform, backend: Backend
):
    other, others_file = settled_with_evidence(handlers)
    claim, file = settled_with_evidence(handlers)
    party_id = claim["policy_id"].replace("pol_", "pty_")
    links, kept = given_out(handlers, claim, file), given_out(handlers, other, others_file)
    assert [loopback.get(link).status_code for link in links] == [200] * 4
    assert found_in([row[2] for row in backend.store.execute("SELECT * FROM objects")])

    erased = handlers.call(
        "POST",
        f"/v1/parties/{party_id}/erasure",
        {"reason": "requested"},
        by=PRIVACY,
        clock=LONG_AFTER,
    )

    assert erased.status == 200, erased.text
    assert [loopback.get(link).status_code for link in links] == [404] * 4
    assert [loopback.get(link).status_code for link in kept] == [200] * 4
    rows = backend.store.execute("SELECT key, body FROM objects").fetchall()
    assert [key for key, _ in rows if party_id in key] == []
    assert handlers.call("GET", file).code == "already-erased"
