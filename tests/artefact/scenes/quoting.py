"""Scenes of quoting: one HTTP event each."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from insurance.domain.core import identity
from insurance.domain.core.identity import Mode
from insurance.scanning import EICAR

from tests.artefact.backend import ISSUER
from tests.artefact.scenes.common import (
    ACCEPTED,
    ADA_SIGNED_IN,
    GBP,
    HANDLER,
    HARBOUR,
    ISSUED,
    MEADOW,
    POLICY,
    QUOTE,
    REFERRED,
    RISK,
    SHARED,
    UNDERWRITER,
    UNKNOWN,
    Json,
    Scene,
    quote_id_of,
    risk,
)


def uploads_scenes() -> Iterator[Scene]:
    """The same by an upload, and changes of a policy by one; an upload with malware."""

    def announced(name: str, file: bytes, given: tuple[str, ...] = (), **when: Any) -> Scene:
        body = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
        form: Json = {"varies": ("/body/upload",), "key": "-", "sends": file}
        return Scene(name, "POST /v1/quotes/uploads", HARBOUR, body, given, **form, **when)

    def named(file: bytes) -> Json:
        mark = sha256(file).hexdigest()
        return {"upload_id": identity.upload_id_for(Mode.TEST, HARBOUR["principal"], mark)}

    without = {name: value for name, value in RISK.items() if name != "answers"}
    fleet = json.dumps({"answers": RISK["answers"]}).encode()
    post, whole, infected = "POST /v1/quotes", "quoting/upload", "quoting/upload_malware"
    yield announced(whole, fleet)
    yield Scene("quoting/quote_uploaded", post, HARBOUR, without | named(fleet), (whole,))
    preview = f"{post}/preview"
    yield Scene(
        *("quoting/preview_uploaded", preview, HARBOUR, without | named(fleet), (whole,)), key="-"
    )
    yield announced(infected, EICAR)
    bad = without | named(EICAR)
    yield Scene("quoting/quote_with_malware", post, HARBOUR, bad, (infected,))

    changes = json.dumps({"answers": {"annual_mileage": 12_000}}).encode()
    later, of_policy = {"at": "2027-02-01T09:00:00Z"}, {"policy_id": POLICY}
    asked: Json = {"variables": of_policy, **later}
    changed, place = "quoting/upload_of_changes", "POST /v1/policies/{policy_id}"
    yield announced(changed, changes, ISSUED, **later)
    before, end = (*ISSUED, changed), {"effective_on": "2027-06-01"}
    yield Scene(
        *("policy_servicing/endorse_uploaded", f"{place}/endorsements", HARBOUR),
        *(end | named(changes), before),
        **asked,
    )
    passed = {"reason": "divorce", "holder": {"name": "Ada Byron"}, **named(changes)}
    yield Scene(
        *("policyholder_changes/transfer_uploaded", f"{place}/transfers", HARBOUR),
        *(passed | {"consents": ["holder", "new_holder"]}, before),
        **asked,
    )


def quoting_scenes() -> Iterator[Scene]:
    post, quote = "POST /v1/quotes", {"quote_id": QUOTE}
    get, decide = "GET /v1/quotes/{quote_id}", "POST /v1/quotes/{quote_id}/referral-decision"
    yield Scene("quoting/quote", post, HARBOUR, RISK)
    yield Scene("quoting/quote_again", post, HARBOUR, RISK, ("quoting/quote",), key="quote")
    yield Scene("quoting/quote_again_after_acceptance", post, HARBOUR, RISK, ACCEPTED, key="quote")
    changed = risk(annual_mileage=9000)
    yield Scene("quoting/key_reused", post, HARBOUR, changed, ("quoting/quote",), key="quote")
    valuable = risk(vehicle_value={"amount": 6000000, "currency": GBP})
    yield Scene("quoting/quote_referred", post, HARBOUR, valuable)
    young = risk(drivers=[{"age": 16, "licence_years": 0, "convictions": 0}])
    yield Scene("quoting/quote_declined", post, HARBOUR, young)
    yield Scene("quoting/quote_with_a_bad_answer", post, HARBOUR, risk(annual_mileage="far"))
    yield Scene("quoting/quote_with_unknown_field", post, HARBOUR, {**RISK, "colour": "red"})
    twice = '{"product":"personal_motor","product":"personal_motor"}'
    yield Scene("quoting/quote_naming_a_field_twice", post, HARBOUR, twice)
    yield Scene("quoting/quote_without_key", post, HARBOUR, RISK, key="-")
    # Nobody has said who calls: the gateway never sends this, and whatever comes of it is our fault.
    yield Scene("quoting/quote_of_nobody", post, {}, RISK)
    yield Scene("quoting/preview", "POST /v1/quotes/preview", HARBOUR, RISK, key="-")
    yield from uploads_scenes()
    given = ("quoting/quote",)
    yield Scene("quoting/read", get, HARBOUR, None, given, quote)
    yield Scene("quoting/read_of_another_partner", get, MEADOW, None, given, quote)
    explain = "GET /v1/quotes/{quote_id}/explanation"
    yield Scene("quoting/explain", explain, HARBOUR, None, given, quote)
    accept = "POST /v1/quotes/{quote_id}/acceptance"
    yield Scene("quoting/accept", accept, HARBOUR, {}, given, quote)
    stale = {"If-Match": '"7-quote"'}
    yield Scene("quoting/accept_a_stale_quote", accept, HARBOUR, {}, given, quote, headers=stale)
    referred, waiting = {"quote_id": REFERRED}, ("quoting/quote_referred",)
    take = {"decision": "accept", "reason": "Stands in a locked garage.", "load": "0.25"}
    yield Scene("quoting/accept_referral", decide, UNDERWRITER, take, waiting, referred)
    yield Scene("quoting/decide_without_the_role", decide, HANDLER, take, waiting, referred)


def issuance_scenes() -> Iterator[Scene]:
    post, body, policy = "POST /v1/policies", {"quote_id": QUOTE}, {"policy_id": POLICY}
    yield Scene("policy_issuance/issue", post, HARBOUR, body, ACCEPTED)
    unaccepted = "policy_issuance/issue_before_acceptance"
    yield Scene(unaccepted, post, HARBOUR, body, ("quoting/quote",))
    yield Scene("policy_issuance/issue_twice", post, HARBOUR, body, ISSUED)
    yield Scene("policy_issuance/issue_unknown", post, HARBOUR, {"quote_id": UNKNOWN})
    get = "GET /v1/policies/{policy_id}"
    yield Scene("policy_issuance/read", get, HARBOUR, None, ISSUED, policy)
    events = "GET /v1/policies/{policy_id}/events"
    sealed = ("/body/items/*/hash", "/body/items/*/previous_hash", "/body/items/*/facts")
    yield Scene(
        *("policy_issuance/events", events, HARBOUR, None, ISSUED, policy),
        query={"limit": "10"},
        varies=sealed,
    )


def screening_scenes() -> Iterator[Scene]:
    """A policyholder whose name is on the bundled list."""
    listed = {**RISK, "policyholder": {"name": "Viktor Malenkov-Drago"}}
    yield Scene("quoting/quote_listed", "POST /v1/quotes", HARBOUR, listed)
    quote_id = quote_id_of("quote_listed")
    quote, given = {"quote_id": quote_id}, ("quoting/quote_listed",)
    accept = "POST /v1/quotes/{quote_id}/acceptance"
    yield Scene("quoting/accept_listed", accept, HARBOUR, {}, given, quote)
    accepted = (*given, "quoting/accept_listed")
    yield Scene("policy_issuance/issue_listed", "POST /v1/policies", HARBOUR, quote, accepted)
    held = (*accepted, "policy_issuance/issue_listed")
    waiting, case = "GET /v1/screenings", {"screening_id": identity.screening_id_for(quote_id)}
    yield Scene("policy_issuance/screenings", waiting, UNDERWRITER, None, held)
    decide = "POST /v1/screenings/{screening_id}/decision"
    clear = {"decision": "clear", "reason": "Born in 1991, the listed person in 1954."}
    yield Scene("policy_issuance/clear_listed", decide, UNDERWRITER, clear, held, case)
    cleared = (*held, "policy_issuance/clear_listed")
    again = "policy_issuance/issue_cleared"
    yield Scene(again, "POST /v1/policies", HARBOUR, quote, cleared)
    run, whole = "POST /v1/screening-runs", {"after": ""}
    yield Scene("policy_issuance/screen_book", run, UNDERWRITER, whole, ISSUED, key="-")


def sharing_scenes() -> Iterator[Scene]:
    give, policy = "POST /v1/policies/{policy_id}/access", {"policy_id": POLICY}
    ada = {"issuer": ISSUER, "subject": ADA_SIGNED_IN}
    yield Scene("policy_servicing/give_access", give, HARBOUR, ada, ISSUED, policy)
    theirs = "policy_servicing/give_access_to_another_partners_policy"
    yield Scene(theirs, give, MEADOW, ada, ISSUED, policy)
    taken = f"{give}/withdrawal"
    yield Scene("policy_servicing/withdraw_access", taken, HARBOUR, ada, SHARED, policy)
