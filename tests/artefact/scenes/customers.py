"""Scenes of customers: registered, named by quotes, merged, and erased."""

from collections.abc import Iterator

from insurance.domain.core import identity
from insurance.domain.core.identity import Mode

from tests.artefact.scenes.common import (
    ADA,
    BEN,
    CALL_CENTRE,
    CLAIMED_AT,
    ERASED_CUSTOMER,
    HARBOUR,
    ISSUED,
    MEADOW,
    NOT_KEPT_AT,
    PARTY,
    POLICY,
    PRIVACY,
    RISK,
    UNDERWRITER,
    Json,
    Scene,
)

REGISTER, ANOTHER = "customers/register", "customers/register_another"


def party_id_of(key: str) -> str:
    return identity.new_party_id(Mode.TEST, HARBOUR["principal"], key)


CUSTOMER, SAME = party_id_of("register"), party_id_of("register_another")


def customers_scenes() -> Iterator[Scene]:
    """A customer from registration to erasure."""
    person: Json = ADA | {"phone": "+441632960001", "language": "en-GB"}
    register = "POST /v1/parties"
    of_customer = {"party_id": CUSTOMER}
    yield Scene(REGISTER, register, HARBOUR, person)
    yield Scene("customers/register_again", register, HARBOUR, person, (REGISTER,), key="register")
    yield Scene(ANOTHER, register, HARBOUR, ADA)
    ours: Json = ADA | {"reference": "C-4712"}
    by_index_key: Json = {"varies": ("/body/id",)}  # which is made at random
    yield Scene("customers/register_with_reference", register, HARBOUR, ours, **by_index_key)
    of_risk = {name: value for name, value in RISK.items() if name != "policyholder"}
    known: Json = of_risk | {"party_id": CUSTOMER}
    yield Scene(ERASED_CUSTOMER[1], "POST /v1/quotes", HARBOUR, known, (REGISTER,))
    named: Json = of_risk | {"policyholder": ADA | {"reference": "C-4711"}}
    by_reference = "quoting/quote_by_reference"
    differs: Json = {"varies": ("/body/party_id",)}  # the key of the index is made at random
    yield Scene(by_reference, "POST /v1/quotes", HARBOUR, named, **differs)
    again: Json = of_risk | {"policyholder": {"reference": "C-4711"}}
    known_reference = "quoting/quote_by_known_reference"
    made = (by_reference,)
    yield Scene(known_reference, "POST /v1/quotes", HARBOUR, again, made, **differs)
    other: Json = known | {"policyholder": ADA | {"email": "ada@example.com"}}
    differing = "quoting/quote_with_other_details"
    yield Scene(differing, "POST /v1/quotes", HARBOUR, other, (REGISTER,))
    read = "GET /v1/parties/{party_id}"
    contracts = (REGISTER, ERASED_CUSTOMER[1])
    yield Scene("customers/read", read, HARBOUR, None, contracts, of_customer)
    yield Scene("customers/read_first", read, HARBOUR, None, ISSUED, {"party_id": PARTY})
    of_another = "customers/read_of_another_partner"
    yield Scene(of_another, read, MEADOW, None, (REGISTER,), of_customer)
    yield from _record_scenes(of_customer)
    yield from _erasure_scenes(of_customer)


def _record_scenes(of_customer: dict[str, str]) -> Iterator[Scene]:
    consent, same = {"purpose": "email_marketing", "given": False}, {"party_id": SAME}
    route = "POST /v1/parties/{party_id}/"
    yield Scene("customers/consent", route + "consents", HARBOUR, consent, (REGISTER,), of_customer)
    demand = {"kind": "objection", "in_force": True, "reason": "No letters, please."}
    objecting = "customers/object"
    yield Scene(objecting, route + "restrictions", HARBOUR, demand, (REGISTER,), of_customer)
    both, merge = (REGISTER, ANOTHER), "customers/merge"
    yield Scene(merge, route + "merges", HARBOUR, same, both, of_customer)
    yield from _correction_scenes(of_customer)
    to_known: Json = {
        "reason": "divorce",
        "party_id": CUSTOMER,
        "consents": ["holder", "new_holder"],
    }
    transfer, passed = "POST /v1/policies/{policy_id}/transfers", (*ISSUED, REGISTER)
    known = "policyholder_changes/transfer_to_a_known_customer"
    yield Scene(known, transfer, HARBOUR, to_known, passed, {"policy_id": POLICY}, at=CLAIMED_AT)
    yield from _match_scenes(of_customer)
    undone = "customers/undo_merge"
    yield Scene(undone, route + "merge-reversals", HARBOUR, same, (*both, merge), of_customer)


def _match_scenes(of_customer: dict[str, str]) -> Iterator[Scene]:
    """Two records of one customer, whom a person names: these stand in no index."""
    both, run = (REGISTER, ANOTHER), "data_steward/run"
    look, named = "POST /v1/parties/{party_id}/match-runs", {"party_id": SAME}
    yield Scene(run, look, CALL_CENTRE, named, both, of_customer, key="-")
    of_match, done = {"match_id": identity.match_id_for(CUSTOMER, SAME)}, (*both, run)
    linked = {"status": "linked"}
    yield Scene("data_steward/list", "GET /v1/matches", CALL_CENTRE, None, done, query=linked)
    one = "GET /v1/matches/{match_id}"
    yield Scene("data_steward/read", one, CALL_CENTRE, None, done, of_match)
    yield Scene("data_steward/read_unknown", one, CALL_CENTRE, None, (), of_match)
    overview = "GET /v1/parties/{party_id}/overview"
    yield Scene("data_steward/overview", overview, CALL_CENTRE, None, done, of_customer)
    decide = "POST /v1/matches/{match_id}/decision"
    apart = {"decision": "different", "reason": "linked_by_mistake"}
    yield Scene("data_steward/part", decide, CALL_CENTRE, apart, done, of_match)
    again = {"decision": "same", "reason": "customer_said"}
    yield Scene("data_steward/link_what_is_linked", decide, CALL_CENTRE, again, done, of_match)


def _correction_scenes(of_customer: dict[str, str]) -> Iterator[Scene]:
    """A customer without a contract, then one whose policy follows."""
    correct, preview = "POST /v1/parties/{party_id}/corrections", "/preview"
    right: Json = {"email": "ada@lovelace.example", "reason": "She has another address."}
    email = "policyholder_changes/correct_email"
    yield Scene(email, correct, HARBOUR, right, (REGISTER,), of_customer)
    with_quote, quoted = "policyholder_changes/correct_with_a_quote", (REGISTER, ERASED_CUSTOMER[1])
    yield Scene(with_quote, correct, HARBOUR, right, quoted, of_customer)
    party = {"party_id": PARTY}
    moved: Json = {
        "address": {"lines": ["2 Low Road"], "postcode": "EF3 3CC", "country": "GB"},
        "effective_on": "2027-01-05",
        "reason": "She moved house.",
    }
    asked, made = "policyholder_changes/correct_preview", "policyholder_changes/correct"
    yield Scene(asked, correct + preview, HARBOUR, moved, ISSUED, party, at=CLAIMED_AT, key="-")
    yield Scene(made, correct, HARBOUR, moved, ISSUED, party, at=CLAIMED_AT)
    own, own_party = (
        "POST /v1/me/parties/{party_id}/corrections",
        "policyholder_changes/correct_own",
    )
    shown = f"{own_party}_preview"
    yield Scene(shown, own + preview, BEN, moved, ISSUED, party, at=CLAIMED_AT, key="-")
    yield Scene(own_party, own, BEN, moved, ISSUED, party, at=CLAIMED_AT)
    firm: Json = {
        "kind": "organisation",
        "name": "Harbour Bakery Ltd",
        "registration_number": "01234567",
        "email": "office@bakery.example",
    }
    company = "customers/register_company"
    yield Scene(company, "POST /v1/parties", HARBOUR, firm)
    number: Json = {"registration_number": "07654321", "reason": "Two digits were told wrong."}
    of_company = {"party_id": party_id_of("register_company")}
    for name, step, key in (("correct_company_preview", preview, "-"), ("correct_company", "", "")):
        options: Json = {"key": key} if key else {}
        path = f"policyholder_changes/{name}"
        yield Scene(path, correct + step, HARBOUR, number, (company,), of_company, **options)
    same: Json = {"email": ADA["email"], "reason": "Told again."}
    nothing = "policyholder_changes/correct_nothing"
    yield Scene(nothing, correct, HARBOUR, same, (REGISTER,), of_customer)


def _erasure_scenes(of_customer: dict[str, str]) -> Iterator[Scene]:
    erase, party = "POST /v1/parties/{party_id}/erasure", {"party_id": PARTY}
    reason = {"reason": "requested"}
    hold = "GET /v1/parties/{party_id}/legal-hold"
    yield Scene("customers/legal_hold", hold, PRIVACY, None, ISSUED, party, at=CLAIMED_AT)
    on_risk = "customers/erase_on_risk"
    yield Scene(on_risk, erase, PRIVACY, reason, ISSUED, party, at=CLAIMED_AT)
    may_wait, wait = reason | {"when_permitted": True}, "customers/erase_when_permitted"
    yield Scene(wait, erase, PRIVACY, may_wait, ISSUED, party, at=CLAIMED_AT)
    withdraw, stay = "POST /v1/parties/{party_id}/erasure-withdrawal", "customers/withdraw_erasure"
    yield Scene(stay, withdraw, PRIVACY, {}, (*ISSUED, wait), party, at=CLAIMED_AT)
    yield from _data_request_scenes()
    yield Scene("customers/erase", erase, PRIVACY, reason, ISSUED, party, at=NOT_KEPT_AT)
    billed = "customers/erase_with_an_account"
    yield Scene(billed, erase, PRIVACY, reason, (*ISSUED, "billing/plan"), party, at=NOT_KEPT_AT)
    whole, given = ERASED_CUSTOMER[-1], ERASED_CUSTOMER[:-1]
    yield Scene(whole, erase, PRIVACY, reason, given, of_customer, at=NOT_KEPT_AT)
    nobody = "customers/erase_without_the_role"
    yield Scene(nobody, erase, UNDERWRITER, reason, ISSUED, party, at=CLAIMED_AT)


def _data_request_scenes() -> Iterator[Scene]:
    """What people ask for about their data waits in the privacy officer's work list."""
    record = "POST /v1/parties/{party_id}/data-requests"
    of_ada: Json = {"variables": {"party_id": PARTY}, "at": CLAIMED_AT}
    asked = {"kind": "objection", "requested_at": "2027-01-12T09:00:00Z", "text": "No letters."}
    made = "customers/request_objection"
    yield Scene(made, record, HARBOUR, asked, ISSUED, **of_ada)
    listed, given = "work_list/requests_about_data", (*ISSUED, made)
    waiting: Json = {"query": {"role": "privacy_officer"}, "at": CLAIMED_AT}
    yield Scene(listed, "GET /v1/work-items", PRIVACY, None, given, **waiting)
    answer = "POST /v1/parties/{party_id}/data-request-answers"
    said = {"request": 1, "outcome": "done", "reason": "The address was taken off every list."}
    yield Scene("customers/answer_request", answer, PRIVACY, said, given, **of_ada)
    access = {"kind": "access", "requested_at": "2027-01-12T09:00:00Z"}
    wanted = "customers/request_access"
    yield Scene(wanted, record, HARBOUR, access, ISSUED, **of_ada)
    export, proof = "POST /v1/parties/{party_id}/data-exports", {"proof": "portal_sign_in"}
    varies = tuple(
        f"/body/files/*/{name}" for name in ("url", "expires_at", "sha256", "size_bytes")
    )
    proven: Json = proof | {"request": 1}
    made = "documents/export_data"
    yield Scene(made, export, PRIVACY, proven, (*ISSUED, wanted), varies=varies, **of_ada)
